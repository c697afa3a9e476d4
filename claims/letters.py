"""The two papers a claim gives back: decision letter 理赔决定通知书 and handover slip 资料交接证 (C2, C7)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from claims import explain, pages, questions, selectors, statements
from claims.lifecycle import ClaimState
from claims.models import Claim, ClaimLetter, Decision
from core import clock
from core.errors import NotFound
from look.pdf import render_pdf
from look.qr import qr_svg
from work.files import kept_or_drawn

# Raise it when the template changes: letters already rendered stay as they were sent.
LETTER_VERSION = "5"


def decision_letter(claim: Claim) -> bytes:
    """The letter as PDF, the same bytes each time. Raises NotFound letter_not_yet before there is a decision."""
    lang = pdf_language()
    if claim.state == ClaimState.DECLINED:
        return render_pdf("claims/letter_declined_pdf.html", declined_context(claim), lang=lang)
    decision = selectors.decision_of(claim)
    if decision is None:
        raise NotFound("letter_not_yet", _("The decision is not made yet, so there is no letter."))
    return kept_or_drawn(
        ClaimLetter,
        content_key=_content_key(claim, decision, lang),
        draw=lambda: render_pdf("claims/letter_pdf.html", letter_context(claim, decision), lang=lang),
        now=clock.now(),
        decision=decision,
    )


def _content_key(claim: Claim, decision: Decision, lang: str) -> str:
    # The state is part of it: "will be paid" and "was paid on" are two letters.
    parts = [LETTER_VERSION, lang, decision.pk, claim.state, str(claim.paid_at)]
    parts += [f"{payee.pk}/{payee.share_millionths}" for payee in claim.live_payees]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def pdf_language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh-CN"


def letter_context(claim: Claim, decision: Decision) -> dict[str, Any]:
    return _common(claim) | {
        "decision": decision,
        "parts": explain.bill_parts(claim.bills.all(), decision.payable_fen),
        **pages.computation(claim, decision),
        "account": pages.accounts(claim),
        "qr": qr_svg(statements.shown_at(claim)),
        "decided_on": clock.civil_date(decision.approved_at) if decision.approved_at else None,
        "paid_on": clock.civil_date(claim.paid_at) if claim.paid_at else None,
    }


def declined_context(claim: Claim) -> dict[str, Any]:
    event = claim.events.filter(new_state=ClaimState.DECLINED).last()
    decided_on = clock.civil_date(event.at) if event else None
    return _common(claim) | {"reason": event.reason if event else "", "decided_on": decided_on}


def _common(claim: Claim) -> dict[str, Any]:
    return {
        "claim": claim,
        **pages.bills_of(claim),
        "document_no": claim.number,
        "said": questions.said(claim, in_letter=True),
        **pages.product(claim.policy),
        "appeal_days": explain.APPEAL_DAYS,
        "payment_days": explain.PAYMENT_DAYS,
    }


def handover_context(claim: Claim) -> dict[str, Any]:
    """The numbered list of what was handed over, each with its time and SHA-256, and what is still missing."""
    if claim.submitted_at is None:
        raise NotFound("handover_not_yet", _("The slip is made when you hand the claim in."))
    return _common(claim) | {
        "documents": selectors.documents_of(claim),
        "missing": selectors.checklist_of(claim).missing,
        "handed_in_at": claim.submitted_at,
    }


def handover_slip(claim: Claim) -> bytes:
    return render_pdf("claims/handover_pdf.html", handover_context(claim), lang=pdf_language())
