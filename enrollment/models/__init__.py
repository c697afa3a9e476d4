from enrollment.models.order import Order, OrderEvent, OrderLine
from enrollment.models.person import Kinship, Person, PersonCheck
from enrollment.models.plan_year import PlanDocument, PlanYear, PlanYearEvent
from enrollment.models.policy import Policy, PolicyEvent, PolicyFile
from enrollment.models.sales import SalesPage, SalesStep

__all__ = [
    "Kinship",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Person",
    "PersonCheck",
    "PlanDocument",
    "PlanYear",
    "PlanYearEvent",
    "Policy",
    "PolicyEvent",
    "PolicyFile",
    "SalesPage",
    "SalesStep",
]
