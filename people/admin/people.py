from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.admin.base import masked_link
from core.admin import ReadOnlyAdmin
from people.models import Person


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    """Masked: a full name or number is revealed only through accounts, with a reason, on record."""

    list_display = ["pk", "masked_name", "masked_id_number", "insurance_type", "insurance_area", "checked_at"]
    list_filter = ["insurance_type"]
    fields = ["name_to_reveal", "id_number_to_reveal", "id_type", "insurance_type", "insurance_area", "checked_at"]

    @admin.display(description=pgettext_lazy("person", "name"))
    def masked_name(self, person: Person) -> str:
        return person.masked_name

    @admin.display(description=_("ID number"))
    def masked_id_number(self, person: Person) -> str:
        return person.masked_id_number

    @admin.display(description=pgettext_lazy("person", "name"))
    def name_to_reveal(self, person: Person) -> str:
        return masked_link(person, "name")

    @admin.display(description=_("ID number"))
    def id_number_to_reveal(self, person: Person) -> str:
        return masked_link(person, "id_number")
