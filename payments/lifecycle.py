"""The states of everything that moves money, and the legal edges between them.

UNKNOWN means: we asked and do not know whether the channel carried it out. It is left by asking the channel,
never by the passing of time. Nothing here has an edge "timed out → failed".
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from work.lifecycle import Lifecycle


class PaymentState(models.TextChoices):
    CREATED = "CREATED", _("Preparing")
    SENDING = "SENDING", _("Contacting the payment service")
    AWAITING_PAYER = "AWAITING_PAYER", _("Waiting for you to pay")
    UNKNOWN = "UNKNOWN", _("Asking the payment service for the result")
    PAID = "PAID", _("Paid")
    PART_REFUNDED = "PART_REFUNDED", _("Partly refunded")
    REFUNDED = "REFUNDED", _("Refunded")
    FAILED = "FAILED", _("Not paid")
    CLOSED = "CLOSED", _("Closed without payment")


OPEN_PAYMENT_STATES = (
    PaymentState.CREATED,
    PaymentState.SENDING,
    PaymentState.AWAITING_PAYER,
    PaymentState.UNKNOWN,
)
# The channel has (or had) the money; the ledger says so too.
TAKEN_PAYMENT_STATES = (PaymentState.PAID, PaymentState.PART_REFUNDED, PaymentState.REFUNDED)
UNPAID_PAYMENT_STATES = (PaymentState.FAILED, PaymentState.CLOSED)

_P = PaymentState
PAYMENT_LIFECYCLE = Lifecycle(
    name="payment",
    states=PaymentState,
    initial=_P.CREATED,
    edges={
        (_P.CREATED, _P.SENDING): "payment.sending",
        (_P.CREATED, _P.CLOSED): "payment.closed",
        (_P.SENDING, _P.AWAITING_PAYER): "payment.awaiting_payer",
        (_P.SENDING, _P.PAID): "payment.paid",
        (_P.SENDING, _P.FAILED): "payment.refused",
        (_P.SENDING, _P.UNKNOWN): "payment.outcome_unknown",
        (_P.UNKNOWN, _P.SENDING): "payment.sent_again",
        (_P.UNKNOWN, _P.AWAITING_PAYER): "payment.awaiting_payer",
        (_P.UNKNOWN, _P.PAID): "payment.paid",
        (_P.UNKNOWN, _P.FAILED): "payment.refused",
        (_P.UNKNOWN, _P.CLOSED): "payment.closed",
        (_P.AWAITING_PAYER, _P.SENDING): "payment.cashier_renewed",
        (_P.AWAITING_PAYER, _P.PAID): "payment.paid",
        (_P.AWAITING_PAYER, _P.CLOSED): "payment.closed",
        # Money that arrives after we gave up is still money: it is recorded, then covered or refunded.
        (_P.FAILED, _P.PAID): "payment.paid_after_all",
        (_P.CLOSED, _P.PAID): "payment.paid_after_all",
        (_P.PAID, _P.PART_REFUNDED): "payment.part_refunded",
        (_P.PAID, _P.REFUNDED): "payment.refunded",
        (_P.PART_REFUNDED, _P.REFUNDED): "payment.refunded",
    },
)


class RefundState(models.TextChoices):
    REQUESTED = "REQUESTED", _("Refund requested")
    SENDING = "SENDING", _("Sending the refund")
    ACCEPTED = "ACCEPTED", _("The payment service is refunding")
    UNKNOWN = "UNKNOWN", _("Asking the payment service for the result")
    REFUNDED = "REFUNDED", _("Refunded")
    REFUSED = "REFUSED", _("Refund refused")


OPEN_REFUND_STATES = (RefundState.REQUESTED, RefundState.SENDING, RefundState.ACCEPTED, RefundState.UNKNOWN)

_R = RefundState
REFUND_LIFECYCLE = Lifecycle(
    name="refund",
    states=RefundState,
    initial=_R.REQUESTED,
    edges={
        (_R.REQUESTED, _R.SENDING): "refund.sending",
        (_R.SENDING, _R.ACCEPTED): "refund.accepted",
        (_R.SENDING, _R.REFUNDED): "refund.refunded",
        (_R.SENDING, _R.REFUSED): "refund.refused",
        (_R.SENDING, _R.UNKNOWN): "refund.outcome_unknown",
        (_R.UNKNOWN, _R.SENDING): "refund.sent_again",
        (_R.UNKNOWN, _R.ACCEPTED): "refund.accepted",
        (_R.UNKNOWN, _R.REFUNDED): "refund.refunded",
        (_R.UNKNOWN, _R.REFUSED): "refund.refused",
        (_R.ACCEPTED, _R.REFUNDED): "refund.refunded",
        (_R.ACCEPTED, _R.REFUSED): "refund.refused",
    },
)


class TransferState(models.TextChoices):
    CREATED = "CREATED", _("Instructed")
    SENDING = "SENDING", _("Sending to the bank")
    ACCEPTED = "ACCEPTED", _("The bank is paying")
    UNKNOWN = "UNKNOWN", _("Asking the bank for the result")
    PAID = "PAID", _("Paid")
    REJECTED = "REJECTED", _("Rejected by the bank")
    STOPPED = "STOPPED", _("Stopped before it was sent")
    BOUNCED = "BOUNCED", _("Returned by the payee's bank")


OPEN_TRANSFER_STATES = (
    TransferState.CREATED,
    TransferState.SENDING,
    TransferState.ACCEPTED,
    TransferState.UNKNOWN,
)
# As long as one of these stands, the obligation must not be paid by another transfer.
LIVE_TRANSFER_STATES = (*OPEN_TRANSFER_STATES, TransferState.PAID)

_T = TransferState
TRANSFER_LIFECYCLE = Lifecycle(
    name="transfer",
    states=TransferState,
    initial=_T.CREATED,
    edges={
        (_T.CREATED, _T.SENDING): "transfer.sending",
        # Only here: what the bank may have heard of is never stopped, only found out about.
        (_T.CREATED, _T.STOPPED): "transfer.stopped",
        (_T.SENDING, _T.ACCEPTED): "transfer.accepted",
        (_T.SENDING, _T.PAID): "transfer.paid",
        (_T.SENDING, _T.REJECTED): "transfer.rejected",
        (_T.SENDING, _T.UNKNOWN): "transfer.outcome_unknown",
        (_T.UNKNOWN, _T.SENDING): "transfer.sent_again",
        (_T.UNKNOWN, _T.ACCEPTED): "transfer.accepted",
        (_T.UNKNOWN, _T.PAID): "transfer.paid",
        (_T.UNKNOWN, _T.REJECTED): "transfer.rejected",
        (_T.ACCEPTED, _T.PAID): "transfer.paid",
        (_T.ACCEPTED, _T.REJECTED): "transfer.rejected",
        # PAID is not final: the payee's bank may return the money days later (退票).
        (_T.PAID, _T.BOUNCED): "transfer.bounced",
    },
)


class NotificationState(models.TextChoices):
    RECEIVED = "RECEIVED", _("Received")
    PROCESSED = "PROCESSED", _("Processed")
    REFUSED = "REFUSED", _("Refused")


_N = NotificationState
NOTIFICATION_LIFECYCLE = Lifecycle(
    name="notification",
    states=NotificationState,
    initial=_N.RECEIVED,
    edges={
        (_N.RECEIVED, _N.PROCESSED): "notification.processed",
        (_N.RECEIVED, _N.REFUSED): "notification.refused",
    },
)

LIFECYCLES = (PAYMENT_LIFECYCLE, REFUND_LIFECYCLE, TRANSFER_LIFECYCLE, NOTIFICATION_LIFECYCLE)
