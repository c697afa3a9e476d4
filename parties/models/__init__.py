from parties.models.belonging import SchemesOfArea
from parties.models.party import Designation, Institution, InstitutionKind, Insurer, Organisation
from parties.models.scheme import RESERVED_CODES, Scheme, SchemeArea, SchemeKind
from parties.models.waiting import BasicInsurance, WaitingRule

__all__ = [
    "RESERVED_CODES",
    "BasicInsurance",
    "Designation",
    "Institution",
    "InstitutionKind",
    "Insurer",
    "Organisation",
    "Scheme",
    "SchemeArea",
    "SchemeKind",
    "SchemesOfArea",
    "WaitingRule",
]
