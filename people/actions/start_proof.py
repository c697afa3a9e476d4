from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.actions.record_consent import saying
from accounts.models import User
from accounts.notices import notice_for
from core.clock import civil_date
from core.errors import DomainError
from core.identifiers import check_id_number
from core.written import name_as_written
from parties.models import Scheme
from people import platform
from people.models import PersonProof
from people.models.proof import ProofMethod
from people.notices import IDENTITY_CHECK
from people.turns import turn
from privacy.fields import sealed_values
from work.writes import Sql

TIME_TO_PROVE = timedelta(minutes=10)
# Enough for a bad line and a dark room, too few for trying faces.
PROOFS_PER_DAY = 10
_TODAY = "SELECT id FROM people_personproof WHERE user_id = %s AND started_at > %s"


def start_proof(
    *,
    user: User,
    method: str,
    name: str = "",
    id_number: str = "",
    consented: bool,
    session_secret: str,
    scheme: Scheme,
    now: datetime,
) -> PersonProof:
    """Begin to prove who is before the screen; `platform_url` of the result is where she does it.

    method: "voucher" (nothing is typed) or "face" (name and number say whom the camera expects; nothing of them is
    believed, and nothing is said about them). consented: her own tick (PIPL Art. 14, 29), kept before anybody is asked.
    session_secret: of the browser that begins; only it may finish. scheme: to whose
    pages she comes back. Calls out, so never inside a transaction. Raises
    consent_missing, method_unknown, name_missing, id_number_*, too_many_proofs, platform_no_answer.
    """
    if not consented:
        raise DomainError(
            "consent_missing", _("Please agree that we may check this with the national platform."), field="consent"
        )
    if method not in ProofMethod.values:
        raise DomainError("method_unknown", _("Please choose how you show that it is you."), field="method")
    number, kind = "", ""
    if method == ProofMethod.FACE:
        name = name_as_written(name)
        if not name:
            raise DomainError("name_missing", _("Please write the name as it stands on the ID card."), field="name")
        checked = check_id_number(id_number, today=civil_date(now))
        number, kind = checked.number, str(checked.kind)
    else:
        name = ""
    with turn(user, counted=(_TODAY, [user.pk, now - timedelta(days=1)]), now=now) as mine:
        _refuse_trying(mine.so_far)
        state = secrets.token_urlsafe(32)
        proof = PersonProof(
            number=secrets.token_hex(16),
            user=user,
            method=method,
            state_digest=digest(state),
            session_digest=digest(session_secret),
            nonce=secrets.token_hex(16),
            started_at=now,
            expires_at=now + TIME_TO_PROVE,
        )
        mine.end(proof, beside=[_consent(user, now)])
    proof.platform_url = platform.begin_proof(
        proof, scheme=scheme, state=state, name=name, id_number=number, id_type=kind
    )
    PersonProof.objects.filter(pk=proof.pk).update(**sealed_values(proof, {"platform_url": proof.platform_url}))
    return proof


def digest(secret: str) -> str:
    """Of a random secret of 128 bits or more: nothing to guess, so no key is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _refuse_trying(begun: int) -> None:
    if begun >= PROOFS_PER_DAY:
        raise DomainError(
            "too_many_proofs",
            _("You have tried this many times today. Please continue tomorrow, or call the service line."),
            status=429,
        )


def _consent(user: User, now: datetime) -> Sql:
    notice = notice_for(IDENTITY_CHECK)
    assert notice is not None  # registered when the room is loaded
    return saying(user, IDENTITY_CHECK, notice.version, notice.sha256, granted=True, now=now)
