"""Finance looks money up by number and sees what happened when. Nothing is changed here but "ask again"."""

from payments.admin.lists import MoneyAccountAdmin, NotificationAdmin, PaymentAdmin, RefundAdmin, TransferAdmin

__all__ = ["MoneyAccountAdmin", "NotificationAdmin", "PaymentAdmin", "RefundAdmin", "TransferAdmin"]
