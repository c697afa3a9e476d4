"""What a reader of the books asks for: whose money, of which days, as the books stood at which moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from ledger.selectors import Choices, Where


def _input(kind: str, **attributes: str) -> forms.Widget:
    return forms.TextInput(attrs={"type": kind, "class": "input", **attributes})


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "input"})


# The day after it is still one that can be asked for.
_LAST = date(9998, 12, 31)
_DIMENSIONS = ("scheme", "plan_year", "insurer", "area", "money_account")


class Asked(forms.Form):
    """The first of this year until today, as the books stand now, where nothing else is asked for. until: included, as
    people write it; to_on is the day after."""

    scheme = forms.ChoiceField(label=_("Scheme"), required=False, widget=_select())
    plan_year = forms.ChoiceField(label=_("Plan year"), required=False, widget=_select())
    insurer = forms.ChoiceField(label=_("Insurer"), required=False, widget=_select())
    area = forms.ChoiceField(label=_("Area code"), required=False, widget=_select())
    money_account = forms.ChoiceField(label=_("Money account"), required=False, widget=_select())
    from_on = forms.DateField(label=pgettext_lazy("period", "From"), required=False, widget=_input("date"))
    until = forms.DateField(label=pgettext_lazy("period", "Until (included)"), required=False, widget=_input("date"))
    as_of = forms.DateTimeField(
        label=_("As the books stood before"), required=False, widget=_input("datetime-local", step="1")
    )

    def __init__(self, given: Mapping[str, Any], choices: Choices, *, needs_scheme: bool = False) -> None:
        super().__init__(given)
        known = (
            choices.schemes, _plain(choices.plan_years), choices.insurers, _plain(choices.areas),
            _plain(choices.money_accounts),
        )  # fmt: skip
        for name, codes in zip(_DIMENSIONS, known, strict=True):
            field: Any = self.fields[name]
            field.choices = [("", pgettext_lazy("books", "all")), *codes.items()]
        only = list(choices.schemes)
        self.only_scheme = only[0] if needs_scheme and len(only) == 1 else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        today = clock.today()
        data["until"] = min(data.get("until") or today, _LAST)
        data["from_on"] = data.get("from_on") or date(data["until"].year, 1, 1)
        if data["from_on"] > data["until"]:
            self.add_error(None, _("The period ends before it begins."))
        return data

    @property
    def where(self) -> Where:
        given = {name: self.cleaned_data.get(name, "") for name in _DIMENSIONS}
        return Where(**{**given, "scheme": given["scheme"] or self.only_scheme})

    @property
    def period(self) -> dict[str, Any]:
        """from_on, to_on, as_of, for the selectors."""
        data = self.cleaned_data
        return {"from_on": data["from_on"], "to_on": data["until"] + timedelta(days=1), "as_of": data.get("as_of")}

    def query(self, **more: str) -> str:
        """The same question as the end of an address."""
        asked = {name: self.data.get(name, "") for name in self.fields} | more
        return urlencode({name: value for name, value in asked.items() if value})


def has_undeclared(request: HttpRequest, *more: str) -> bool:
    """Whether something else is asked than the form has."""
    return not set(request.GET) <= {*Asked.base_fields, *more}


def _plain(codes: list[str]) -> dict[str, str]:
    return {code: code for code in codes}
