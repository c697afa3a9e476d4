from parties.models.party import Institution, Insurer, Organisation
from parties.models.scheme import RESERVED_CODES, Scheme, SchemeArea, SchemeKind

__all__ = ["RESERVED_CODES", "Institution", "Insurer", "Organisation", "Scheme", "SchemeArea", "SchemeKind"]
