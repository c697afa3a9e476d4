from enrollment.models.order import Order, OrderEvent, OrderLine
from enrollment.models.policy import InsuredCount, Policy, PolicyEvent, PolicyFile
from enrollment.models.policyholder import Policyholder
from enrollment.models.sales import SalesPage, SalesStep

__all__ = [
    "InsuredCount",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Policy",
    "PolicyEvent",
    "PolicyFile",
    "Policyholder",
    "SalesPage",
    "SalesStep",
]
