from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from core import guards
from core.actors import Actor
from core.errors import Conflict
from nhsa import ProvenPerson
from parties.models import Scheme
from people import platform
from people.actions.start_proof import digest
from people.errors import NotConfirmed
from people.lifecycle import OPEN_PROOF_STATES, PersonProofState
from people.models import Person, PersonProof
from privacy.fields import BlindIndexField
from work.asked import asked
from work.lifecycle import transition

# Time to read the question that may follow ("another number stands for you"), not to leave the phone on a table.
PROOF_GOOD_FOR = timedelta(minutes=15)
FORGOTTEN: dict[str, Any] = {"name": "", "id_number": "", "psn_no": "", "mobile": "", "nonce": "", "platform_url": ""}


def finish_proof(
    *, user: User, session_secret: str, state: str, ticket: str, scheme: Scheme, now: datetime
) -> PersonProof:
    """The browser came back from the platform: exchange its ticket, server to server. STARTED → PROVED.

    state: the secret in the address it came back to, session_secret: the one of its session; both must be of the very
    proof, so that nobody finishes what another person confirmed, nor is made to finish another's. Coming back twice
    gives the same proof. scheme: the one on whose pages it was begun and to which she comes back. Calls out. Raises
    not_confirmed, whatever the reason, and platform_no_answer (try again).
    """
    proof = _begun_with.first(state_digest=digest(state))
    if proof is None or not _began_here(proof, user, session_secret):
        raise NotConfirmed()
    if proof.state in (PersonProofState.PROVED, PersonProofState.USED):
        return proof
    if proof.state != PersonProofState.STARTED or is_late(proof, now):
        raise NotConfirmed()
    try:
        found = platform.redeem_proof(proof, ticket, scheme=scheme)
    except NotConfirmed:
        end_proof(proof, PersonProofState.REFUSED, actor=user.actor(), now=now)
        raise
    return _keep(proof, found, user.actor(), now)


@asked
def _begun_with(state_digest: Any) -> QuerySet[PersonProof]:
    return PersonProof.objects.filter(state_digest=state_digest)


def _began_here(proof: PersonProof, user: User, session_secret: str) -> bool:
    if guards.on("people.proof_of_this_account") and proof.user_id != user.pk:
        return False
    if not guards.on("people.proof_of_this_session"):
        return True
    return bool(session_secret) and hmac.compare_digest(proof.session_digest, digest(session_secret))


def is_late(proof: PersonProof, now: datetime) -> bool:
    return guards.on("people.proof_is_fresh") and now >= proof.expires_at


def _keep(proof: PersonProof, found: ProvenPerson, actor: Actor, now: datetime) -> PersonProof:
    try:
        with transaction.atomic():
            return transition(
                proof,
                PersonProofState.PROVED,
                actor=actor,
                now=now,
                name=found.name,
                id_type=found.id_type,
                id_number=found.id_number,
                psn_no=found.psn_no,
                mobile=found.mobile,
                person_index=BlindIndexField.of(Person, "psn_no_index", found.psn_no),
                platform_no=found.platform_no,
                proved_at=now,
                expires_at=now + PROOF_GOOD_FOR,
            )
    except Conflict:  # the same address opened twice at once: the other was first, with the same answer
        proof.refresh_from_db()
        if proof.state != PersonProofState.PROVED:
            raise NotConfirmed() from None
        return proof


@transaction.atomic
def end_proof(proof: PersonProof, state: PersonProofState, *, actor: Actor, now: datetime) -> None:
    """REFUSED or EXPIRED, once: what was under way or unused is over, and what it knew is forgotten."""
    locked = PersonProof.objects.select_for_update().get(pk=proof.pk)
    if locked.state in OPEN_PROOF_STATES:
        transition(locked, state, actor=actor, now=now, ended_at=now, **FORGOTTEN)


def expire_proofs(*, now: datetime, limit: int = 500) -> int:
    """Proofs begun or given and not used in time. Returns how many."""
    due: QuerySet[PersonProof] = PersonProof.objects.filter(state__in=OPEN_PROOF_STATES, expires_at__lte=now)
    late = list(due.order_by("expires_at")[:limit])
    for proof in late:
        end_proof(proof, PersonProofState.EXPIRED, actor=Actor.system("proof-sweeper"), now=now)
    return len(late)
