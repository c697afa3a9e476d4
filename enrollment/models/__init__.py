from enrollment.models.kinship import HouseholdCheck, Kinship, KinshipEvent
from enrollment.models.order import Order, OrderEvent, OrderLine
from enrollment.models.person import Person, PersonCheck
from enrollment.models.plan_year import PlanDocument, PlanYear, PlanYearEvent
from enrollment.models.policy import Policy, PolicyEvent, PolicyFile
from enrollment.models.proof import PersonProof, PersonProofEvent
from enrollment.models.sales import SalesPage, SalesStep

__all__ = [
    "HouseholdCheck",
    "Kinship",
    "KinshipEvent",
    "Order",
    "OrderEvent",
    "OrderLine",
    "Person",
    "PersonCheck",
    "PersonProof",
    "PersonProofEvent",
    "PlanDocument",
    "PlanYear",
    "PlanYearEvent",
    "Policy",
    "PolicyEvent",
    "PolicyFile",
    "SalesPage",
    "SalesStep",
]
