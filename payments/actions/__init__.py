"""The verbs of this room. Outer rooms import from here.

Money in: start_payment → (worker) send_payment → confirm_payment, or resolve_unknown, or close_payment.
Money back: request_refund → (worker) send_refund → complete_refund. Money out: create_transfer → (worker) send_transfer
→ confirm_transfer, later perhaps bounce_transfer; before it is sent perhaps stop_transfer. From channels:
receive_notification → (worker) process_notification.
"""

from payments.actions.ask_again import ask_again
from payments.actions.bounce_transfer import bounce_transfer
from payments.actions.close_payment import close_payment
from payments.actions.complete_refund import complete_refund, refuse_refund
from payments.actions.confirm_payment import confirm_payment
from payments.actions.confirm_transfer import confirm_transfer, reject_transfer
from payments.actions.create_transfer import create_transfer
from payments.actions.open_money_account import close_money_account, open_money_account
from payments.actions.process_notification import process_notification
from payments.actions.receive_notification import receive_notification
from payments.actions.renew_cashier import renew_cashier
from payments.actions.request_refund import request_refund
from payments.actions.send_payment import resolve_unknown, send_payment
from payments.actions.send_refund import send_refund
from payments.actions.send_transfer import send_transfer
from payments.actions.start_payment import start_payment
from payments.actions.stop_transfer import stop_transfer

__all__ = [
    "ask_again",
    "bounce_transfer",
    "close_money_account",
    "close_payment",
    "complete_refund",
    "confirm_payment",
    "confirm_transfer",
    "create_transfer",
    "open_money_account",
    "process_notification",
    "receive_notification",
    "refuse_refund",
    "reject_transfer",
    "renew_cashier",
    "request_refund",
    "resolve_unknown",
    "send_payment",
    "send_refund",
    "send_transfer",
    "start_payment",
    "stop_transfer",
]
