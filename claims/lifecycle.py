"""The life of a claim, as data. Guards in the database, drawings in the docs and names of events come from this table.

Sources: Insurance Law 22 (missing materials told once), 23 (decision, payment), mission C1, C5, C6, C8.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from work.lifecycle import Lifecycle


class ClaimState(TextChoices):
    """Labels are what the resident reads; the desk shows the same words, so that both talk about the same thing."""

    DRAFT = "DRAFT", _("Not handed in yet")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    SUBMITTED = "SUBMITTED", _("Handed in")
    UNDER_REVIEW = "UNDER_REVIEW", _("Being reviewed")
    MATERIALS_REQUESTED = "MATERIALS_REQUESTED", _("Waiting for your papers")
    PROPOSED = "PROPOSED", _("Being checked by a second person")
    APPROVED = "APPROVED", _("Approved")
    NOTHING_DUE = "NOTHING_DUE", _("Decided, nothing to pay")
    DECLINED = "DECLINED", _("Declined")
    PAYING = "PAYING", _("Being paid")
    PAID = "PAID", _("Paid out")
    PAYOUT_FAILED = "PAYOUT_FAILED", _("The bank sent the money back")


S = ClaimState

CLAIM_LIFECYCLE = Lifecycle(
    name="claim",
    states=ClaimState,
    initial=S.DRAFT,
    edges={
        (S.DRAFT, S.SUBMITTED): "claim.submitted",
        (S.DRAFT, S.WITHDRAWN): "claim.withdrawn",
        (S.SUBMITTED, S.UNDER_REVIEW): "claim.taken",
        (S.UNDER_REVIEW, S.MATERIALS_REQUESTED): "claim.materials_requested",
        (S.MATERIALS_REQUESTED, S.UNDER_REVIEW): "claim.materials_handed_in",
        (S.UNDER_REVIEW, S.PROPOSED): "claim.proposed",
        (S.PROPOSED, S.UNDER_REVIEW): "claim.sent_back",
        (S.UNDER_REVIEW, S.DECLINED): "claim.declined",
        (S.PROPOSED, S.DECLINED): "claim.declined",
        (S.PROPOSED, S.APPROVED): "claim.approved",
        (S.APPROVED, S.NOTHING_DUE): "claim.closed_nothing_due",
        (S.APPROVED, S.PAYING): "claim.payout_started",
        (S.PAYING, S.PAID): "claim.paid",
        (S.PAYING, S.PAYOUT_FAILED): "claim.payout_failed",
        # PAID is not final: a bank may send a transfer back days later (退票).
        (S.PAID, S.PAYOUT_FAILED): "claim.payout_bounced",
        (S.PAYOUT_FAILED, S.PAYING): "claim.payout_started_again",
    },
)

# A bill may be claimed once: claims in these states hold theirs (partial unique constraint on ClaimBill). A draft is
# its filer's alone and holds nothing, so that a forgotten one is in nobody's way.
HOLDING_CLAIM_STATES = frozenset(set(ClaimState) - {S.DRAFT, S.WITHDRAWN, S.DECLINED})
# Somebody at the insurer must act; the clock of ten working days runs.
OPEN_CLAIM_STATES = frozenset({S.SUBMITTED, S.UNDER_REVIEW, S.PROPOSED})
# The desk lists these by default: open ones, and those waiting for the resident or the bank.
DESK_CLAIM_STATES = OPEN_CLAIM_STATES | {S.MATERIALS_REQUESTED, S.PAYOUT_FAILED}
# The resident may still add and remove papers.
EDITABLE_CLAIM_STATES = frozenset({S.DRAFT, S.MATERIALS_REQUESTED})
# The resident may give or change the account that is paid.
PAYEE_EDITABLE_STATES = EDITABLE_CLAIM_STATES | {S.PAYOUT_FAILED}
# The desk may propose who receives which share.
PAYEES_ARRANGED_STATES = frozenset({S.UNDER_REVIEW, S.MATERIALS_REQUESTED, S.PAYOUT_FAILED})


class PayoutState(TextChoices):
    """One payee's part of the money. PAID is not final: a bank may send a transfer back days later (退票)."""

    INSTRUCTED = "INSTRUCTED", _("Being paid")
    PAID = "PAID", _("Paid out")
    RETURNED = "RETURNED", _("The bank sent the money back")


PAYOUT_LIFECYCLE = Lifecycle(
    name="payout",
    states=PayoutState,
    initial=PayoutState.INSTRUCTED,
    edges={
        (PayoutState.INSTRUCTED, PayoutState.PAID): "payout.paid",
        (PayoutState.INSTRUCTED, PayoutState.RETURNED): "payout.refused",
        (PayoutState.PAID, PayoutState.RETURNED): "payout.bounced",
        (PayoutState.RETURNED, PayoutState.INSTRUCTED): "payout.instructed_again",
    },
)


class DocumentState(TextChoices):
    """A paper between the resident's telephone and the reviewer's desk. Only READY ones are shown to anybody."""

    RECEIVED = "RECEIVED", _("Being checked")
    READY = "READY", _("Received")
    REFUSED = "REFUSED", _("Not usable")


DOCUMENT_LIFECYCLE = Lifecycle(
    name="document",
    states=DocumentState,
    initial=DocumentState.RECEIVED,
    edges={
        (DocumentState.RECEIVED, DocumentState.READY): "document.ready",
        (DocumentState.RECEIVED, DocumentState.REFUSED): "document.refused",
    },
)
