"""Tables of this room: money in (Payment), back (Refund), out (Transfer), what channels tell us (Notification), and the
accounts it all goes through (MoneyAccount)."""

from payments.models.money_account import MoneyAccount
from payments.models.notification import Notification, NotificationEvent
from payments.models.payment import Payment, PaymentEvent
from payments.models.refund import Refund, RefundEvent
from payments.models.transfer import Transfer, TransferEvent

__all__ = [
    "MoneyAccount",
    "Notification",
    "NotificationEvent",
    "Payment",
    "PaymentEvent",
    "Refund",
    "RefundEvent",
    "Transfer",
    "TransferEvent",
]
