"""Read models of this room. Ownership is decided here: a stranger's claim is "not found", never "forbidden"."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from claims.checklist import CHECKLISTS, DocumentKind, Requirement
from claims.lifecycle import ClaimState, DocumentState, PayoutState
from claims.models import (
    BillFetch,
    Claim,
    ClaimBill,
    ClaimDocument,
    ClaimEvent,
    ClaimPayee,
    ClaimReport,
    ClaimWay,
    Decision,
    MaterialsRequest,
    PayeeChange,
    Payout,
    PayoutProposal,
    YearAccount,
)
from core import clock
from core.actors import Actor, ScopeColumns, reached
from core.errors import NotFound
from core.workdays import workdays_left
from enrollment.selectors import policies_in_force
from people.relations import ADULT_FROM_AGE
from people.selectors import Capacity, acted_for, capacity_for, is_name_of, people_with_number, person_of
from privacy.fields import BlindIndexField
from products.pool import lead_insurer

if TYPE_CHECKING:
    from claims.stays import StayNumbers
    from enrollment.models import Policy
    from parties.models import Insurer
    from payments.models import Transfer

# Who reads at the desk; the residents' pages ask for another permission.
DESK = "claims.read"


def claim_not_found() -> NotFound:
    return NotFound("claim_not_found", _("We do not find this claim."))


# residents -------------------------------------------------------------------------------------------------


def _claims() -> QuerySet[Claim]:
    claims = Claim.objects.select_related("policy", "insured", "filed_by__person")
    return claims.prefetch_related("bills", "policy__plan_year__scheme")


def _own(actor: Actor) -> Q:
    """A claim belongs to whoever may act for the insured: her own account, and who filed it or paid for the policy, as
    long as it is proved that they are close relatives: it tells of stays in hospital and diagnoses. A draft that
    somebody began on the site is that account's alone."""
    if actor.user_id is None:
        return Q(pk__in=[])
    her_own = Claim.objects.filter(insured__user_id=actor.user_id)
    kin = acted_for(actor, "insured")
    filed = Claim.objects.filter(kin, filed_by_id=actor.user_id)
    paid_for = Claim.objects.filter(kin, policy__policyholder__person__user_id=actor.user_id)
    # Three indexed questions put together and asked first: an OR over these joins reads every claim of the city, and so
    # does PostgreSQL when the union stands inside the question that fetches them.
    each = [claims.order_by().values_list("pk", flat=True) for claims in (her_own, filed, paid_for)]
    theirs = list(each[0].union(*each[1:]))
    return Q(pk__in=theirs) & (~Q(state=ClaimState.DRAFT) | Q(filed_by=None) | Q(filed_by_id=actor.user_id))


def own_claims(actor: Actor) -> QuerySet[Claim]:
    """With policy, insured, bills and who filed it; drafts and withdrawn ones too."""
    return _claims().filter(_own(actor))


def claims_of(actor: Actor) -> list[Claim]:
    """Newest first, withdrawn ones left out. As many queries for one as for many."""
    return list(own_claims(actor).exclude(state=ClaimState.WITHDRAWN).order_by("-pk"))


def claim_for(actor: Actor, number: str) -> Claim:
    """A claim of one for whom the actor may act, with policy, insured and bills. Who sees it may continue it. Raises
    claim_not_found, also for a stranger's and for a draft that somebody else began."""
    found = own_claims(actor).filter(number=number).first()
    if found is None:
        raise claim_not_found()
    return found


def claim_holding(settlement_no: str) -> Claim | None:
    """The claim that was handed in with this settlement and lives. One query."""
    if not settlement_no:
        return None
    index = BlindIndexField.of(ClaimBill, "settlement_no_index", settlement_no)
    return Claim.objects.filter(bills__settlement_no_index=index, bills__held=True).first()


def fetch_of(actor: Actor, policy: Policy) -> BillFetch | None:
    """Where the bills are that the actor chose last on this policy, when a worker had to go on."""
    mine = BillFetch.objects.filter(account_id=actor.user_id, policy=policy)
    return mine.select_related("claim", "into").first()


def fetch_for(actor: Actor, policy_number: str) -> BillFetch:
    """The same for the desk, by the policy's number. Raises claim_not_found."""
    mine = BillFetch.objects.filter(account_id=actor.user_id, policy__number=policy_number)
    found = mine.select_related("claim", "into", "policy__insured").first()
    if found is None:
        raise claim_not_found()
    return found


def draft_with(stays: Collection[StayNumbers], *, policy: Policy, filed_by_id: int) -> Claim | None:
    """The account's draft on this policy with exactly these stays."""
    wanted = {stay.settlement_no for stay in stays}
    drafts = _claims().filter(policy=policy, filed_by_id=filed_by_id, state=ClaimState.DRAFT)
    return next((draft for draft in drafts if {bill.settlement_no for bill in draft.bills.all()} == wanted), None)


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


def allowed_payee_names(claim: Claim, *, actor: Actor, today: date) -> list[str]:
    """Whose account may receive the money: an adult's own only; for a child also that of the relative who asks, when
    the kinship is proved."""
    names = [claim.insured.name]
    if claim.insured.age_on(today) >= ADULT_FROM_AGE or actor.user_id is None:
        return names
    relative = person_of(actor)
    is_kin = capacity_for(actor.user_id, claim.insured_id) is Capacity.KIN
    if is_kin and relative is not None and relative.name not in names:
        names.append(relative.name)
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


# decisions -------------------------------------------------------------------------------------------------


def decision_of(claim: Claim) -> Decision | None:
    """The approved decision, which alone a resident may read."""
    decisions = claim.decisions.filter(approved_at__isnull=False, superseded_at=None)
    return decisions.prefetch_related("bills__bill").first()


def proposal_of(claim: Claim) -> Decision | None:
    """The live decision, approved or not: for the desk."""
    decisions = claim.decisions.filter(superseded_at=None).select_related("proposed_by", "approved_by")
    return decisions.prefetch_related("bills__bill").first()


def facts_stand_at(claim: Claim) -> list[int | None]:
    """The last finding and the last answer of the platform: whatever comes later changes what is computed."""
    found = claim.fact_findings.order_by("-pk").values_list("pk", flat=True).first()
    told = claim.platform_history.order_by("-pk").values_list("pk", flat=True).first()
    return [found, told]


def decline_reason(claim: Claim) -> str:
    event = claim.events.filter(new_state=ClaimState.DECLINED).last()
    return event.reason if event else ""


def decline_reasons(claims: Iterable[Claim]) -> dict[int, str]:
    """By claim, of those that were declined. One query."""
    declined = ClaimEvent.objects.filter(subject__in=list(claims), new_state=ClaimState.DECLINED).order_by("pk")
    return dict(declined.values_list("subject_id", "reason"))


def open_payout_proposal(claim: Claim) -> PayoutProposal | None:
    """What waits for a second person after the bank sent the money back."""
    live = claim.payout_proposals.filter(confirmed_at=None, dropped_at=None)
    return live.select_related("proposed_by", "payout", "payee").first()


def payees_of(claim: Claim) -> list[ClaimPayee]:
    """The accounts that share the money, as the database has them now."""
    return list(claim.payees.filter(since__isnull=False, until=None))


def open_payee_change(claim: Claim) -> PayeeChange | None:
    """Payees that one person at the desk has proposed and no second one has confirmed."""
    live = claim.payee_changes.filter(confirmed_at=None, dropped_at=None)
    return live.select_related("proposed_by").prefetch_related("payees").first()


def returned_payouts(claim: Claim) -> list[Payout]:
    """Those that the bank sent back and that were not sent again."""
    return list(claim.payouts.filter(state=PayoutState.RETURNED).select_related("payee"))


def new_payee_of(claim: Claim, payout: Payout) -> ClaimPayee | None:
    """The account named for this part of the money after it came back."""
    live = claim.payees.filter(position=payout.position, since__isnull=False, until=None)
    return live.exclude(pk=payout.payee_id).first()


def transfers_of(claim: Claim) -> list[Transfer]:
    """The newest transfer of each payout, in the order of the payouts."""
    from claims.purposes import PAYOUT
    from payments.models import Transfer

    numbers = list(claim.payouts.values_list("number", flat=True))
    rows = Transfer.objects.filter(purpose=PAYOUT, purpose_ref__in=numbers).order_by("pk")
    newest = {transfer.purpose_ref: transfer for transfer in rows}
    return [newest[number] for number in numbers if number in newest]


# reports ---------------------------------------------------------------------------------------------------


class ClaimOn:
    """A claim on this policy, not written yet: where it would belong."""

    scope_columns: ScopeColumns = {
        "insurer": "insurer__code",
        "scheme": "policy__plan_year__scheme",
        "area": "policy__insured__insurance_area",
    }

    def __init__(self, policy: Policy, day: date) -> None:
        self.policy, self.day = policy, day

    @property
    def insurer(self) -> Insurer:
        """Who leads the pool in the insured's area on the day, and so answers for the claim."""
        return lead_insurer(self.policy.plan_year, self.day, area=self.policy.insured.insurance_area)


def policies_to_report_on(actor: Actor, *, name: str, id_number: str, day: date) -> list[Policy]:
    """In force that day, of somebody with this name and number, for whose insurer the actor reviews. One whom she may
    not review for looks like one who is not insured."""
    bearers = [person for person in people_with_number(id_number) if is_name_of(person, name)]
    found = policies_in_force(bearers, day=day)
    return [policy for policy in found if actor.may("claims.review", ClaimOn(policy, day))]


def _reports(actor: Actor) -> QuerySet[ClaimReport]:
    reports = ClaimReport.objects.select_related(
        "policy__insured", "policy__plan_year__scheme", "claim", "taken_by", "closed_by"
    )
    return reached(reports, actor, "claims.review")


def open_reports(actor: Actor) -> list[ClaimReport]:
    """Of which nothing has come yet, newest first. One query."""
    return list(_reports(actor).filter(claim=None, closed_at=None)[:50])


def report_for(actor: Actor, pk: int) -> ClaimReport:
    """Raises claim_not_found."""
    found = _reports(actor).filter(pk=pk).first()
    if found is None:
        raise claim_not_found()
    return found


# the desk --------------------------------------------------------------------------------------------------


def desk_claims(actor: Actor, *permissions: str) -> QuerySet[Claim]:
    """Claims that were handed in or registered here, of the insurers for which the actor reads at the desk and holds
    these permissions besides."""
    not_here = Q(state=ClaimState.WITHDRAWN) | Q(state=ClaimState.DRAFT, way=ClaimWay.RESIDENT)
    claims = Claim.objects.exclude(not_here)
    return reached(claims, actor, DESK, *permissions)


def desk_shows_payee(actor: Actor, payee_id: int) -> bool:
    """Who receives money of a claim at the actor's desk."""
    return desk_claims(actor, "identity.reveal").filter(payees=payee_id).exists()


def desk_shows_person(actor: Actor, person_id: int) -> bool:
    """The insured of a claim at the actor's desk."""
    return desk_claims(actor, "identity.reveal").filter(insured_id=person_id).exists()


def desk_shows_account(actor: Actor, user_id: int) -> bool:
    """Who filed a claim at the actor's desk."""
    return desk_claims(actor, "identity.reveal").filter(filed_by_id=user_id).exists()


def desk_claim(actor: Actor, number: str) -> Claim:
    """A claim with all that the desk page shows beside documents and checks. Raises claim_not_found."""
    found = _claims().select_related("reviewer").filter(number=number, pk__in=desk_claims(actor)).first()
    if found is None:
        raise claim_not_found()
    return found


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
