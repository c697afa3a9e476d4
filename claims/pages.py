"""What the pages say about a claim: titles, chips, tasks, sections. No look-ups of its own beyond the selectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from claims import banks, errors, questions, receipts, selectors
from claims.checklist import KIND_OF_CARE, DocumentKind, Requirement
from claims.documents import errors as file_errors
from claims.lifecycle import ClaimState, DocumentState
from claims.models import BillFetch, Claim, ClaimBill, ClaimDocument, ClaimPayee, Decision, FetchState
from claims.selectors import Checklist
from claims.stays import ListedStay
from core.errors import DomainError
from core.money import format_yuan
from enrollment.errors import PolicyNotFound
from enrollment.models import Policy
from look.components import FileRow, ReceiptLine, StateKind, Task
from products.errors import NO_LEAD_INSURER, NoLeadInsurer

_CHIPS: dict[str, StateKind] = {
    ClaimState.DRAFT: "plain",
    ClaimState.MATERIALS_REQUESTED: "look",
    ClaimState.PAYOUT_FAILED: "look",
    ClaimState.PAID: "done",
    ClaimState.NOTHING_DUE: "done",
    ClaimState.DECLINED: "plain",
}


_FILE_CHIPS: dict[str, StateKind] = {
    DocumentState.RECEIVED: "now",
    DocumentState.READY: "done",
    DocumentState.REFUSED: "stop",
}


def chip(claim: Claim) -> tuple[str, StateKind]:
    return str(ClaimState(claim.state).label), _CHIPS.get(claim.state, "now")


def day(value: date) -> str:
    return date_format(value, gettext("F j"))


def days(first: date, last: date) -> str:
    """ "10月2日至10月16日"; one day alone when they are equal."""
    if first == last:
        return day(first)
    return gettext("%(first)s to %(last)s") % {"first": day(first), "last": day(last)}


def policy_title(policy: Policy) -> str:
    return str(policy.insured.name)


def policy_hint(policy: Policy) -> str:
    period = {
        "year": policy.plan_year.name,
        "first": date_format(policy.cover_from),
        "last": date_format(policy.cover_to),
    }
    return gettext("%(year)s, treatment that began from %(first)s on and before %(last)s") % period


def stay_title(stay: ListedStay) -> str:
    return f"{stay.hospital_name} · {days(stay.admitted_on, stay.discharged_on)}"


def stay_hint(stay: ListedStay) -> str:
    words = {
        "kind": KIND_OF_CARE[stay.encounter_type],
        "total": format_yuan(stay.total_fen),
        "own": format_yuan(stay.personal_fen),
    }
    return gettext("%(kind)s. The bill was %(total)s yuan, of which you paid %(own)s yuan.") % words


def bill_title(bill: ClaimBill) -> str:
    return f"{bill.hospital_name} · {days(bill.admitted_on, bill.discharged_on)}"


def subject(claim: Claim) -> str:
    """What a claim is about, in one line."""
    first, *more = claim.bills.all()
    if not more:
        return bill_title(first)
    words = {"first": bill_title(first), "count": len(more)}
    return ngettext("%(first)s and %(count)s more bill", "%(first)s and %(count)s more bills", len(more)) % words


def bills_of(claim: Claim) -> dict[str, Any]:
    """For the pages of a claim: its bills, what they are about, and their sum."""
    bills = list(claim.bills.all())
    return {
        "bills": bills,
        "subject": subject(claim),
        "total_fen": sum(bill.total_fen for bill in bills),
        "personal_fen": sum(bill.personal_fen for bill in bills),
    }


def account(payee: ClaimPayee) -> str:
    """As in 中国工商银行尾号 3381."""
    words = {"bank": banks.bank_name(payee.bank_code), "tail": payee.account_tail}
    return gettext("%(bank)s, account ending in %(tail)s") % words


def accounts(claim: Claim) -> str:
    """Of all payees, in one line."""
    return gettext("; ").join(account(payee) for payee in claim.live_payees)


def computation(claim: Claim, decision: Decision) -> dict[str, Any]:
    """How each bill was computed; with several bills also what each gives, line by line, to their sum."""
    computed = receipts.of_decision(claim, decision)
    lines = [ReceiptLine(bill_title(one.bill), one.payable_fen, operator="+") for one in computed]
    total = ReceiptLine(gettext("Huiminbao pays"), decision.payable_fen, total=True)
    return {
        "computed": computed,
        "outcome": receipts.outcome(computed, decision.payable_fen),
        "sums": [*lines, total],
        "sums_caption": gettext("All bills together"),
    }


_REFUSALS: dict[str, Callable[[], DomainError]] = {
    "policy_not_found": PolicyNotFound,
    "settlement_not_found": errors.settlement_not_found,
    "visit_type_not_covered": errors.not_covered_type,
    "outside_cover": errors.admitted_outside_cover,
    "bills_of_two_kinds": errors.bills_of_two_kinds,
    "claim_not_editable": errors.not_editable,
    # Closed by a colleague, or made a claim, while a worker was asking for the bills.
    "report_closed": errors.report_closed,
    "report_has_claim": errors.report_has_claim,
}


def refusal_of(fetch: BillFetch) -> DomainError | None:
    """Why nothing came of chosen bills, in words; None while they are asked for, or when it went well."""
    if fetch.state == FetchState.SILENT:
        return errors.platform_silent()
    if fetch.state != FetchState.REFUSED:
        return None
    if fetch.refused_for:
        return errors.settlement_taken(fetch.refused_for)
    if fetch.refusal == NO_LEAD_INSURER:
        policy = fetch.policy
        return NoLeadInsurer(plan_year=policy.plan_year.code, area=policy.insured.insurance_area)
    return _REFUSALS[fetch.refusal]()


@dataclass(frozen=True)
class ListRow:
    claim: Claim
    title: str
    hint: str
    state: str
    kind: StateKind


def product(policy: Policy) -> dict[str, Any]:
    """Whose product this is and whom to call: for the frame of the page."""
    year = policy.plan_year
    return {"product_name": year.name, "insurers": year.insurer_names, "hotline": year.scheme.hotline}


def list_row(claim: Claim) -> ListRow:
    state, kind = chip(claim)
    return ListRow(claim, f"{claim.insured.name} · {claim.get_claim_type_display()}", subject(claim), state, kind)


def tasks(claim: Claim, checklist: Checklist) -> list[Task]:
    """What is still to be done before handing in, told once and completely."""
    done, todo = gettext("Done"), gettext("To do")
    count = len(checklist.missing)
    papers_state = ngettext("%(count)s missing", "%(count)s missing", count) % {"count": count} if count else done
    if not count and checklist.waiting:
        papers_state = str(DocumentState.RECEIVED.label)
    count_of_bills = len(claim.bills.all())
    label = ngettext("The bill", "The bills", count_of_bills)
    more = reverse("claims:bills", args=[claim.number]) if claim.state == ClaimState.DRAFT else ""
    rows = [Task(label, gettext("Already here"), "done", more, hint=subject(claim))]
    if questions.asked(claim, questions.answers_of(claim)):
        rows.append(_said_task(claim, done, todo))
    rows.append(Task(gettext("Papers"), papers_state, _papers_kind(checklist), papers_url(claim), _names(checklist)))
    rows.append(
        Task(
            gettext("Account for the money"),
            done if claim.has_payee else todo,
            "done" if claim.has_payee else "plain",
            reverse("claims:payee", args=[claim.number]),
            accounts(claim),
        )
    )
    return rows


def _said_task(claim: Claim, done: str, todo: str) -> Task:
    open_ones = questions.unanswered(claim)
    answers = gettext(", ").join(row.value for row in questions.said(claim))
    address = reverse("claims:what_happened", args=[claim.number])
    title = gettext("What happened")
    return Task(title, todo if open_ones else done, "plain" if open_ones else "done", address, answers)


def _papers_kind(checklist: Checklist) -> StateKind:
    if checklist.missing:
        return "plain"
    return "now" if checklist.waiting else "done"


def _names(checklist: Checklist) -> str:
    return gettext(", ").join(str(paper.requirement.kind.label) for paper in checklist.papers)


def papers_url(claim: Claim) -> str:
    return reverse("claims:papers", args=[claim.number])


@dataclass(frozen=True)
class PaperSection:
    """One kind of paper on the upload page. id: the anchor and the form's `kind`."""

    kind: DocumentKind
    hint: str
    files: tuple[FileRow, ...]
    needed: bool

    waiting: bool
    is_there: bool


def paper_sections(claim: Claim) -> list[PaperSection]:
    """The papers that are needed, in their order, then one place for anything else."""
    checklist = selectors.checklist_of(claim)
    sections = [_section(claim, paper.requirement, paper.documents, needed=True) for paper in checklist.papers]
    other = Requirement(DocumentKind.OTHER, _("Anything else you want us to see."))
    if not any(section.kind == DocumentKind.OTHER for section in sections):
        sections.append(_section(claim, other, checklist.extra, needed=False))
    return sections


def _section(
    claim: Claim, requirement: Requirement, documents: tuple[ClaimDocument, ...], *, needed: bool
) -> PaperSection:
    states = {document.state for document in documents}
    return PaperSection(
        kind=requirement.kind,
        hint=str(requirement.hint),
        files=tuple(file_row(claim, document) for document in documents),
        needed=needed,
        waiting=DocumentState.RECEIVED in states,
        is_there=DocumentState.READY in states,
    )


def file_row(claim: Claim, document: ClaimDocument) -> FileRow:
    ready = document.state == DocumentState.READY
    return FileRow(
        name=document.name,
        size_bytes=document.size_bytes,
        url=reverse("claims:paper", args=[document.pk]) if ready else "",
        state=str(DocumentState(document.state).label),
        kind=_FILE_CHIPS[document.state],
        error=file_errors.sentence(document.refusal) if document.refusal else "",
        remove_url=reverse("claims:remove_paper", args=[claim.number, document.pk]),
    )


def pdf_response(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
