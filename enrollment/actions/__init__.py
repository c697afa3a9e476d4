"""What this room does, one verb a file. Keyword-only; refusals are DomainErrors."""

from enrollment.actions.cancel_order import cancel_order
from enrollment.actions.expire_orders import expire_orders
from enrollment.actions.give_up_payment import give_up_payment
from enrollment.actions.issue_policies import issue_policies
from enrollment.actions.place_order import place_order
from enrollment.actions.record_sales_step import keep_sales_page, record_sales_step
from enrollment.actions.retry_payment import retry_payment
from enrollment.actions.start_order import start_order
from enrollment.actions.surrender_policy import surrender_policy

__all__ = [
    "cancel_order",
    "expire_orders",
    "give_up_payment",
    "issue_policies",
    "keep_sales_page",
    "place_order",
    "record_sales_step",
    "retry_payment",
    "start_order",
    "surrender_policy",
]
