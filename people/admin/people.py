from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminSingleDateWidget, UnfoldAdminTextInputWidget

from accounts.admin.base import masked_link
from core import clock
from core.access import actor_of
from core.actors import Actor, reached
from core.admin import ActionForm, ReadOnlyAdmin, ReadOnlyInline
from parties.models import Scheme
from parties.selectors import scheme_of_area, schemes_to_choose
from people.actions.confirm_residence import PERMISSION, confirm_residence
from people.errors import NobodyOfThisCard
from people.models import Ground, Person, PersonClass, PersonDocument, PersonInsurance, Residence
from people.selectors import bearer, people_with_number

_LIVES_HERE = _("Lives here though insured elsewhere")
# What is typed from a card stays in no browser.
_NOT_KEPT = {"autocomplete": "off"}
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


class ResidenceInline(ReadOnlyInline):
    """What was read for the reader's schemes; another city's desk keeps its own."""

    model = Residence
    fields = ["scheme", "ground", "from_on", "to_on", "found", "checked_by", "at"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Residence]:
        return reached(super().get_queryset(request), actor_of(request), PERMISSION)


class ResidenceForm(ActionForm):
    """Whoever is insured elsewhere and lives here brings proof of it to a service point."""

    scheme = forms.ModelChoiceField(label=_("scheme"), queryset=Scheme.objects.none(), widget=UnfoldAdminSelectWidget)
    ground = forms.ChoiceField(label=_("Why she lives here"), choices=Ground.choices, widget=UnfoldAdminSelectWidget)
    from_on = forms.DateField(label=_("The proof holds from"), widget=UnfoldAdminSingleDateWidget)
    to_on = forms.DateField(label=_("until (not included)"), widget=UnfoldAdminSingleDateWidget)
    found = forms.CharField(
        label=_("What was read"),
        max_length=300,
        help_text=_("Which papers, of whom, until when. No numbers."),
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = Person
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        admitting = Scheme.objects.filter(admits_new_citizens=True)
        self.fields["scheme"].queryset = reached(admitting, self.actor, PERMISSION)  # type: ignore[attr-defined]  # ModelChoiceField

    def act(self, data: dict[str, Any]) -> Person:
        return self.confirmed(self.instance, data)

    def confirmed(self, person: Person, data: dict[str, Any]) -> Person:
        confirm_residence(person=person, **data, actor=self.actor, now=clock.now())
        return person


class NewcomerForm(ResidenceForm):
    """Of somebody whom the reader's schemes have nothing to do with yet: her card lies on the desk. That she is known
    here is told to whoever has both, her name and her whole number, and the proof is on record from then on."""

    name = forms.CharField(
        label=pgettext_lazy("person", "name"), max_length=80, widget=UnfoldAdminTextInputWidget(_NOT_KEPT)
    )
    id_number = forms.CharField(
        label=_("ID number"), max_length=60, help_text=_("Both as on her card."),
        widget=UnfoldAdminTextInputWidget(_NOT_KEPT),
    )  # fmt: skip

    def act(self, data: dict[str, Any]) -> Person:
        person = bearer(name=data["name"], id_number=data["id_number"])
        if person is None:
            raise NobodyOfThisCard()
        return self.confirmed(person, {name: data[name] for name in ResidenceForm.base_fields})


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    """Masked: a full name or number is revealed only through accounts, with a reason, on record. Who is insured
    elsewhere may show here that she lives in a scheme's city: on her page where the reader has it before her, else on a
    page of its own, by what stands on her card. From then on she belongs to that scheme too (people.belonging)."""

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
    readonly_fields = [
        "name_to_reveal",
        "id_number_to_reveal",
        "id_type",
        "insurance_type",
        "insurance_status",
        "insurance_area",
        "checked_at",
    ]
    inlines = [DocumentInline, InsuranceInline, ClassInline, ResidenceInline]

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        if not actor_of(request).may(PERMISSION):
            return False
        return obj is None or (isinstance(obj, Person) and self._may_be_admitted(obj, actor_of(request)))

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nobody is added to the people: somebody who is known is added to those of the reader's scheme."""
        return actor_of(request).may(PERMISSION)

    @staticmethod
    def _may_be_admitted(person: Person, actor: Actor) -> bool:
        """Insured in another city than one, at least, of the schemes that admit such people and are the reader's."""
        day = clock.today()
        hers = [one for one in schemes_to_choose(day) if one.admits_new_citizens and actor.may(PERMISSION, one)]
        return any(scheme != scheme_of_area(person.insurance_area, kind=scheme.kind, on=day) for scheme in hers)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        base = ResidenceForm if obj is not None else NewcomerForm
        if not self.has_change_permission(request, obj):
            return super().get_form(request, obj, change=change, **kwargs)
        return type(base.__name__, (base,), {"actor": actor_of(request)})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj is not None else []

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj is not None else []

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        asked = ["scheme", "ground", "from_on", "to_on", "found"]
        if obj is None:
            return [(None, {"fields": ["name", "id_number", *asked]})]
        found: list[Any] = [(None, {"fields": self.readonly_fields})]
        if self.has_change_permission(request, obj):
            found.append((_LIVES_HERE, {"fields": asked, "classes": ["collapse"]}))
        return found

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        page: HttpResponse = super().add_view(request, form_url, {**(extra_context or {}), "title": _LIVES_HERE})
        return page

    def response_add(self, request: HttpRequest, obj: Person, post_url_continue: str | None = None) -> HttpResponse:
        self.message_user(request, _("Written down. She may enrol here now."), messages.SUCCESS)
        return redirect("admin:people_person_change", obj.pk)

    def log_addition(self, request: HttpRequest, obj: Person, message: Any) -> Any:
        """No person was added; what was written says by whom and when."""

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        """Nothing left to do: confirm_residence wrote the row when the form was checked."""

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
