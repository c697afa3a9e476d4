"""Tables of this room: money in (Payment), back (Refund), out (Transfer), and what channels tell us (Notification)."""

from payments.models.notification import Notification, NotificationEvent
from payments.models.payment import Payment, PaymentEvent
from payments.models.refund import Refund, RefundEvent
from payments.models.transfer import Transfer, TransferEvent

__all__ = [
    "Notification",
    "NotificationEvent",
    "Payment",
    "PaymentEvent",
    "Refund",
    "RefundEvent",
    "Transfer",
    "TransferEvent",
]
