from enrollment.models.order import Order, OrderEvent, OrderLine
from enrollment.models.policy import Policy, PolicyEvent, PolicyFile
from enrollment.models.sales import SalesPage, SalesStep

__all__ = [
    "Order",
    "OrderEvent",
    "OrderLine",
    "Policy",
    "PolicyEvent",
    "PolicyFile",
    "SalesPage",
    "SalesStep",
]
