"""A claim that nobody filed is continued at the desk, as its insured continues it on her pages: papers, what happened,
the account, handing in. Verbs of the desk's page, with the version of what is handed in (shown.own_version).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from claims import actions, errors, pages, questions, selectors, shown
from claims.banks import BANKS
from claims.forms import IncidentForm
from claims.lifecycle import ClaimState
from claims.models import Claim, ClaimDocument
from claims.pages import PaperSection
from core import clock
from core.actors import Actor
from core.identifiers import card_looks_wrong
from look.components import StateKind


@dataclass(frozen=True)
class Upload:
    """A paper that was given and not taken back, with what became of it."""

    document: ClaimDocument
    state: str
    kind: StateKind
    refusal: str


@dataclass(frozen=True)
class Continuing:
    """seen: the version of what would be handed in. bills_url: more bills; "" once it was handed in."""

    sections: list[PaperSection]
    uploads: list[Upload]
    questions: Form | None
    payee_names: list[str]
    banks: dict[str, Any]
    takes_account: bool
    seen: str
    bills_url: str
    may_give_up: bool


def continues(claim: Claim, actor: Actor) -> bool:
    """One that nobody filed, before it is handed in or while papers are awaited, by who reviews for its insurer."""
    return claim.filed_by_id is None and claim.is_editable and actor.may("claims.review", claim)


def of(claim: Claim, actor: Actor) -> Continuing | None:
    if not continues(claim, actor):
        return None
    answers = questions.answers_of(claim)
    asked = questions.asked(claim, answers)
    is_draft = claim.state == ClaimState.DRAFT
    return Continuing(
        sections=pages.paper_sections(claim),
        uploads=[_upload(document) for document in selectors.uploads_of(claim)],
        questions=IncidentForm(questions=asked, initial=answers) if asked else None,
        payee_names=selectors.allowed_payee_names(claim, actor=actor, today=clock.today()),
        banks=BANKS,
        takes_account=not any(payee.change_id for payee in claim.live_payees),
        seen=shown.own_version(claim),
        bills_url=reverse("admin:claims_claim_bills", args=[claim.pk]) if is_draft else "",
        may_give_up=is_draft,
    )


def missing(claim: Claim) -> bool:
    checklist = selectors.checklist_of(claim)
    return bool(checklist.missing or checklist.waiting or not claim.has_payee or questions.unanswered(claim))


def _upload(document: ClaimDocument) -> Upload:
    row = pages.file_row(document.claim, document)
    return Upload(document, row.state, row.kind, row.error)


# what the buttons do ---------------------------------------------------------------------------------------


def _answer(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    asked = questions.asked(claim, questions.answers_of(claim))
    answers = {question.name: request.POST.get(question.name, "") for question in asked}
    actions.answer_questions(claim=claim, answers=answers, actor=common["actor"], now=common["now"])
    return gettext("Written down.")


def _name_account(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    account_no = request.POST.get("account_no", "")
    if card_looks_wrong(account_no) and not request.POST.get("number_compared"):
        raise errors.number_not_compared()
    actions.set_payee(
        claim=claim,
        payee_name=request.POST.get("payee_name", ""),
        account_no=account_no,
        bank_code=request.POST.get("bank_code", ""),
        **common,
    )
    return gettext("The account is named.")


def _remove_paper(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    wanted = request.POST.get("document", "")
    document = next((each for each in selectors.uploads_of(claim) if str(each.pk) == wanted), None)
    if document is not None:
        actions.remove_document(document=document, actor=common["actor"], now=common["now"])
    return gettext("The paper is taken back.")


def _hand_in(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    hand_in = actions.hand_in_materials if claim.state == ClaimState.MATERIALS_REQUESTED else actions.submit_claim
    hand_in(claim=claim, **common)
    return gettext("Handed in. The clock runs.")


def _give_up(request: HttpRequest, claim: Claim, common: dict[str, Any]) -> str:
    actions.withdraw_claim(claim=claim, **common)
    return gettext("The claim was given up. Nothing of it is used.")


VERBS: dict[str, Callable[[HttpRequest, Claim, dict[str, Any]], str]] = {
    "answer": _answer,
    "name_account": _name_account,
    "remove_paper": _remove_paper,
    "hand_in": _hand_in,
    "give_up": _give_up,
}
