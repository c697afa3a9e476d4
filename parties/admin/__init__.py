"""What staff see of schemes and partners."""

from parties.admin.institutions import InstitutionAdmin
from parties.admin.schemes import InsurerAdmin, OrganisationAdmin, SchemeAdmin

__all__ = ["InstitutionAdmin", "InsurerAdmin", "OrganisationAdmin", "SchemeAdmin"]
