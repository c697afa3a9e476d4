from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from enrollment.admin.readonly import ReadOnlyAdmin
from enrollment.models import Person


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    """Masked: a full name or number is revealed only through accounts, with a reason, on record."""

    list_display = ["pk", "masked_name", "masked_id_number", "insurance_type", "insurance_area", "checked_at"]
    list_filter = ["insurance_type"]
    fields = ["masked_name", "masked_id_number", "id_type", "insurance_type", "insurance_area", "checked_at"]

    @admin.display(description=_("name"))
    def masked_name(self, person: Person) -> str:
        return person.masked_name

    @admin.display(description=_("ID number"))
    def masked_id_number(self, person: Person) -> str:
        return person.masked_id_number
