from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.admin.base import masked_link
from core.admin import ReadOnlyAdmin, ReadOnlyInline
from people.models import Person, PersonClass, PersonDocument, PersonInsurance
from people.selectors import people_with_number

_WHEN = ["from_on", "to_on", "source", "asked_at", "closed_at", "withdrawn"]


class DocumentInline(ReadOnlyInline):
    """Numbers and names of now and before, masked; the number is revealed with a reason, on record."""

    model = PersonDocument
    fields = ["kind", "number_to_reveal", "name_to_reveal", *_WHEN]
    readonly_fields = fields

    @admin.display(description=pgettext_lazy("fact", "number"))
    def number_to_reveal(self, document: PersonDocument) -> str:
        return masked_link(document, "number")

    @admin.display(description=pgettext_lazy("person", "name"))
    def name_to_reveal(self, document: PersonDocument) -> str:
        return masked_link(document, "name")


class InsuranceInline(ReadOnlyInline):
    model = PersonInsurance
    fields = ["type", "area", "status", "category", "civil_servant", "since_on", "paused_on", *_WHEN]
    readonly_fields = fields


class ClassInline(ReadOnlyInline):
    model = PersonClass
    fields = ["name", "code", "level", *_WHEN]
    readonly_fields = fields


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    """Masked: a full name or number is revealed only through accounts, with a reason, on record."""

    list_display = [
        "pk",
        "masked_name",
        "masked_id_number",
        "insurance_type",
        "insurance_status",
        "insurance_area",
        "checked_at",
    ]
    list_filter = ["insurance_type", "insurance_status"]
    spread_columns = frozenset({"insurance_type"})
    search_fields = ["id"]  # for the box; what it looks for is below
    search_help_text = _("The whole ID number")
    fields = [
        "name_to_reveal",
        "id_number_to_reveal",
        "id_type",
        "insurance_type",
        "insurance_status",
        "insurance_area",
        "checked_at",
    ]
    inlines = [DocumentInline, InsuranceInline, ClassInline]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Person], search_term: str
    ) -> tuple[QuerySet[Person], bool]:
        """Numbers are encrypted; the blind index of a whole one, of now or before, finds her."""
        term = search_term.strip()
        return (queryset.filter(pk__in=people_with_number(term)) if term else queryset), False

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
