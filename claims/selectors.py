"""Read models of this room. Ownership is decided here: a stranger's claim is "not found", never "forbidden"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from claims.checklist import CHECKLISTS, DocumentKind, Requirement, missing_kinds
from claims.lifecycle import DESK_CLAIM_STATES, ClaimState, DocumentState
from claims.models import AutomaticCheck, Claim, ClaimDocument, Decision, MaterialsRequest, PayoutProposal, YearAccount
from core import clock
from core.actors import Actor, reached
from core.errors import NotFound
from core.workdays import workdays_left
from people.models import Person
from people.relations import ADULT_FROM_AGE
from people.selectors import Capacity, acted_for, capacity_for

if TYPE_CHECKING:
    from payments.models import Transfer

# Who reads at the desk; the residents' pages ask for another permission.
DESK = "claims.read"


def claim_not_found() -> NotFound:
    return NotFound("claim_not_found", _("We do not find this claim."))


# residents -------------------------------------------------------------------------------------------------


def _claims() -> QuerySet[Claim]:
    return Claim.objects.select_related("policy__plan_year__scheme", "insured", "bill", "claimant__person")


def _own(actor: Actor) -> Q:
    """A claim belongs to the insured person's own account and to who filed it or paid for the policy, as long as it is
    proved that they are close relatives: it tells of stays in hospital and diagnoses."""
    acted = Q(claimant_id=actor.user_id) | Q(policy__policyholder__person__user_id=actor.user_id)
    return Q(insured__user_id=actor.user_id) | acted & acted_for(actor, "insured")


def own_claims(actor: Actor) -> QuerySet[Claim]:
    """With policy, insured, bill and who filed it; drafts and withdrawn ones too."""
    return _claims().filter(_own(actor)) if actor.user_id else _claims().none()


def claims_of(actor: Actor) -> list[Claim]:
    """Newest first, withdrawn ones left out. One query."""
    return list(own_claims(actor).exclude(state=ClaimState.WITHDRAWN).order_by("-pk"))


def claim_for(actor: Actor, number: str) -> Claim:
    """The actor's own claim with policy, insured and bill; one query. Raises claim_not_found, also for a stranger's."""
    found = own_claims(actor).filter(number=number).first()
    if found is None:
        raise claim_not_found()
    return found


def filed_claim_for(actor: Actor, number: str) -> Claim:
    """As claim_for, but only who filed it may change it. Raises claim_not_found."""
    claim = claim_for(actor, number)
    if claim.claimant_id != actor.user_id:
        raise claim_not_found()
    return claim


def documents_of(claim: Claim) -> list[ClaimDocument]:
    """Papers that count, in the order they came. One query."""
    return list(claim.documents.filter(removed_at=None, state=DocumentState.READY))


def uploads_of(claim: Claim) -> list[ClaimDocument]:
    """What the resident has given and not taken back: also what is still being checked or was refused. One query."""
    return list(claim.documents.filter(removed_at=None))


def document_for(actor: Actor, document_id: UUID) -> ClaimDocument:
    """For its owner and, once handed in, for the insurer's desk. Raises claim_not_found for everybody else."""
    documents = ClaimDocument.objects.select_related("claim__policy__plan_year").filter(
        pk=document_id, removed_at=None, state=DocumentState.READY
    )
    if actor.may(DESK):
        documents = documents.filter(claim__in=desk_claims(actor))
    else:
        documents = documents.filter(claim__in=own_claims(actor).values("pk"))
    found = documents.first()
    if found is None:
        raise claim_not_found()
    return found


def allowed_payee_names(claim: Claim, *, today: date) -> list[str]:
    """Whose account may receive the money: an adult's own only; for a child also that of the relative who files the
    claim and whose kinship is proved."""
    names = [claim.insured.name]
    if claim.insured.age_on(today) >= ADULT_FROM_AGE:
        return names
    filer = Person.objects.filter(user_id=claim.claimant_id).first()
    is_kin = capacity_for(claim.claimant_id, claim.insured_id) is Capacity.KIN
    if is_kin and filer is not None and filer.name not in names:
        names.append(filer.name)
    return names


@dataclass(frozen=True)
class Paper:
    """One line of the checklist: what is needed and what is there."""

    requirement: Requirement
    documents: tuple[ClaimDocument, ...]

    @property
    def usable(self) -> tuple[ClaimDocument, ...]:
        return tuple(document for document in self.documents if document.state != DocumentState.REFUSED)

    @property
    def is_there(self) -> bool:
        """Given, though perhaps still being checked."""
        return bool(self.usable)


@dataclass(frozen=True)
class Checklist:
    """papers: what the claim type (or the insurer's notice) asks for. extra: papers given besides."""

    papers: tuple[Paper, ...]
    extra: tuple[ClaimDocument, ...]

    @property
    def missing(self) -> list[Requirement]:
        return [paper.requirement for paper in self.papers if not paper.is_there]

    @property
    def waiting(self) -> int:
        """How many are still being checked."""
        given = [document for paper in self.papers for document in paper.documents] + list(self.extra)
        return sum(document.state == DocumentState.RECEIVED for document in given)


def open_request(claim: Claim) -> MaterialsRequest | None:
    return claim.materials_requests.filter(answered_at=None).first()


def checklist_of(claim: Claim) -> Checklist:
    """At first the list of the claim's type; after a notice, what that notice asks for, counted from then on."""
    documents = uploads_of(claim)
    request = open_request(claim) if claim.state == ClaimState.MATERIALS_REQUESTED else None
    if request is not None:
        kinds = [DocumentKind(item) for item in request.items]
        requirements = [Requirement(kind) for kind in kinds]
        fresh = [document for document in documents if document.uploaded_at >= request.requested_at]
    else:
        requirements, fresh = list(CHECKLISTS[claim.claim_type]), documents
    papers = tuple(
        Paper(requirement, tuple(d for d in fresh if d.kind == requirement.kind)) for requirement in requirements
    )
    asked = {requirement.kind for requirement in requirements}
    return Checklist(papers, tuple(d for d in fresh if d.kind not in asked))


def missing_papers(claim: Claim) -> list[Requirement]:
    return missing_kinds(claim_type=claim.claim_type, present={document.kind for document in documents_of(claim)})


# decisions -------------------------------------------------------------------------------------------------


def decision_of(claim: Claim) -> Decision | None:
    """The approved decision, which alone a resident may read."""
    return claim.decisions.filter(approved_at__isnull=False, superseded_at=None).first()


def proposal_of(claim: Claim) -> Decision | None:
    """The live decision, approved or not: for the desk."""
    decisions = claim.decisions.filter(superseded_at=None).select_related("proposed_by", "approved_by")
    return decisions.first()


def decline_reason(claim: Claim) -> str:
    event = claim.events.filter(new_state=ClaimState.DECLINED).last()
    return event.reason if event else ""


def open_payout_proposal(claim: Claim) -> PayoutProposal | None:
    """What waits for a second person after the bank sent the money back."""
    live = claim.payout_proposals.filter(confirmed_at=None, dropped_at=None)
    return live.select_related("proposed_by", "decision").first()


def last_payout(claim: Claim) -> Transfer | None:
    from claims.purposes import PAYOUT
    from payments.models import Transfer

    return Transfer.objects.filter(purpose=PAYOUT, purpose_ref=claim.number).order_by("-pk").first()


# the desk --------------------------------------------------------------------------------------------------


def desk_claims(actor: Actor, *permissions: str) -> QuerySet[Claim]:
    """Claims handed in, of the insurers for which the actor reads at the desk and holds these permissions besides."""
    claims = Claim.objects.exclude(state__in=[ClaimState.DRAFT, ClaimState.WITHDRAWN])
    return reached(claims, actor, DESK, *permissions, insurer="insurer")


def desk_shows_claim(actor: Actor, claim_id: int) -> bool:
    return desk_claims(actor, "identity.reveal").filter(pk=claim_id).exists()


def desk_shows_person(actor: Actor, person_id: int) -> bool:
    """The insured of a claim at the actor's desk."""
    return desk_claims(actor, "identity.reveal").filter(insured_id=person_id).exists()


def desk_shows_account(actor: Actor, user_id: int) -> bool:
    """Who filed a claim at the actor's desk."""
    return desk_claims(actor, "identity.reveal").filter(claimant_id=user_id).exists()


def queue() -> QuerySet[Claim]:
    """What waits at the desk, first due first; everything the list shows comes in a fixed number of queries."""
    live = Decision.objects.filter(superseded_at=None).select_related("proposed_by")
    claims = Claim.objects.filter(state__in=DESK_CLAIM_STATES).select_related("insured", "bill", "reviewer")
    return claims.prefetch_related(Prefetch("decisions", live, to_attr="live_decisions"))


def desk_claim(actor: Actor, number: str) -> Claim:
    """A claim with all that the desk page shows beside documents and checks. Raises claim_not_found."""
    found = _claims().select_related("reviewer").filter(number=number, pk__in=desk_claims(actor)).first()
    if found is None:
        raise claim_not_found()
    return found


def latest_checks(claim: Claim) -> list[AutomaticCheck]:
    """What the last run found, in the order of the checks. One query."""
    rows = list(claim.checks.all())
    last = max((row.run for row in rows), default=0)
    return [row for row in rows if row.run == last]


def year_of(claim: Claim) -> YearAccount:
    """The insurance year as it stands now; an unsaved empty one when nothing was decided yet."""
    found = YearAccount.objects.filter(policy=claim.policy).first()
    return found or YearAccount(policy=claim.policy, updated_at=clock.now())


@dataclass(frozen=True)
class Due:
    """How much time is left, in working days. kind: as status chips speak: plain, look (3 or fewer), stop (over)."""

    on: date
    workdays: int

    @property
    def late(self) -> int:
        return max(-self.workdays, 0)

    @property
    def kind(self) -> str:
        if self.workdays < 0:
            return "stop"
        return "look" if self.workdays <= 3 else "plain"


def due_of(claim: Claim, *, now: datetime) -> Due | None:
    """None when no clock runs: not handed in, waiting for the resident, or decided."""
    if claim.review_due_on is None or not claim.is_open:
        return None
    return Due(claim.review_due_on, workdays_left(clock.civil_date(now), claim.review_due_on))
