from products.models.filed_list import FeeCategory, FiledList, ListItem, ListKind, ListVersion
from products.models.plan_year import PlanDocument, PlanYear, PlanYearEvent
from products.models.share import PoolShare
from products.models.way import OpenWay, Way, WhoPays

__all__ = [
    "FeeCategory",
    "FiledList",
    "ListItem",
    "ListKind",
    "ListVersion",
    "OpenWay",
    "PlanDocument",
    "PlanYear",
    "PlanYearEvent",
    "PoolShare",
    "Way",
    "WhoPays",
]
