from products.models.comparison import (
    CityOrigin,
    CityYear,
    CityYearFile,
    ComparedTerms,
    Comparison,
    ComparisonEvent,
    ComparisonPart,
)
from products.models.dossier import Dossier, DossierForm
from products.models.filed_list import FeeCategory, FiledList, ListItem, ListKind, ListVersion
from products.models.plan_year import PlanDocument, PlanYear, PlanYearEvent
from products.models.share import PoolShare
from products.models.terms_draft import TermsDraft, TermsDraftEvent
from products.models.way import OpenWay, Way, WhoPays

__all__ = [
    "CityOrigin",
    "CityYear",
    "CityYearFile",
    "ComparedTerms",
    "Comparison",
    "ComparisonEvent",
    "ComparisonPart",
    "Dossier",
    "DossierForm",
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
    "TermsDraft",
    "TermsDraftEvent",
    "Way",
    "WhoPays",
]
