"""What the resident is told by SMS, always what happens next and by when. Written in the action's transaction."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from claims.models import Claim, MaterialsRequest, Payout
from core.money import format_yuan
from messaging import templates
from messaging.actions import send_sms
from people.selectors import capacity_for

# Messages carry the claim's number and amounts, never a diagnosis or an identity number: telephones are lent.
_TEXTS = {
    "claim_received": _(
        "We have received claim %(number)s. You will hear from us by %(due)s. You need not do anything now."
    ),
    "claim_registered": _(
        "A claim was reported to us for you: %(number)s. On our site you see what is still needed. We go on with it."
    ),
    "claim_materials": _("Claim %(number)s still needs: %(items)s. Please add them on our site; that is all we need."),
    "claim_paid": _("Claim %(number)s: %(amount)s yuan were paid to the account ending in %(tail)s."),
    "claim_nothing_due": _(
        "Claim %(number)s is decided. Nothing is to be paid this time; the letter on our site explains why."
    ),
    "claim_declined": _("Claim %(number)s was declined. The letter on our site gives the reason and how to object."),
    "claim_payout_failed": _(
        "The bank sent back the money of claim %(number)s. Please give us another account on our site."
    ),
}


def register_texts() -> None:
    for name, text in _TEXTS.items():
        templates.register(name, text)


def claim_registered(claim: Claim, *, now: datetime) -> None:
    _send(claim, "claim_registered", occasion="registered", now=now)


def claim_received(claim: Claim, *, now: datetime) -> None:
    assert claim.review_due_on is not None
    _send(claim, "claim_received", occasion="received", now=now, due=claim.review_due_on)


def materials_requested(claim: Claim, request: MaterialsRequest, *, now: datetime) -> None:
    from claims.checklist import DocumentKind

    with translation.override("zh-hans"):
        items = "、".join(str(DocumentKind(item).label) for item in request.items)
    _send(claim, "claim_materials", occasion=f"materials-{request.sequence}", now=now, items=items)


def payout_paid(claim: Claim, payout: Payout, *, now: datetime) -> None:
    words = {"amount": format_yuan(payout.amount_fen), "tail": payout.payee.account_tail}
    _send(claim, "claim_paid", occasion=f"paid-{payout.position}-{_times(payout)}", now=now, **words)


def decided_nothing_due(claim: Claim, *, now: datetime) -> None:
    _send(claim, "claim_nothing_due", occasion="nothing-due", now=now)


def claim_declined(claim: Claim, *, now: datetime) -> None:
    _send(claim, "claim_declined", occasion="declined", now=now)


def payout_failed(claim: Claim, payout: Payout, *, now: datetime) -> None:
    _send(claim, "claim_payout_failed", occasion=f"payout-failed-{payout.position}-{_times(payout)}", now=now)


def _times(payout: Payout) -> int:
    """How often it was instructed: what is told of each time is told once."""
    return payout.events.filter(name="payout.instructed_again").count() + 1


def _send(claim: Claim, template: str, *, occasion: str, now: datetime, **params: Any) -> None:
    phone = _whose(claim)
    if not phone:
        return  # a closed account has no telephone; the letter waits on the site
    # A reviewer may read English; the resident's message is Chinese.
    with translation.override("zh-hans"):
        texts = {name: _day(value) if isinstance(value, date) else value for name, value in params.items()}
        send_sms(
            phone=phone,
            template=template,
            params={"number": claim.number, **texts},
            key=f"claim:{claim.number}:{occasion}",
            scheme=claim.policy.plan_year.scheme,
            now=now,
        )


def _whose(claim: Claim) -> str:
    """The telephone of who filed it, as long as the claim is shown to her; else of the insured's own account."""
    if claim.filed_by is not None and capacity_for(claim.filed_by_id, claim.insured_id):
        return str(claim.filed_by.phone)
    return str(claim.insured.user.phone) if claim.insured.user else ""


def _day(day: date) -> str:
    return date_format(day, gettext("F j"))
