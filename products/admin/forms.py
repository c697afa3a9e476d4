"""Forms of the plan workshop."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from benefits.simulation.city import Shape
from core import clock
from core.actors import Actor
from core.clock import SHANGHAI
from parties.models import Scheme
from products.actions import NewYear
from products.admin._frame import drawn_up_by
from products.lifecycle import ComparisonState, PlanYearState, TermsDraftState
from products.models import CityYear, Comparison, PlanYear, TermsDraft
from products.workshop import cities
from products.workshop.projection import Assumptions

# Somebody who compares ten thousand people first waits a second, not a minute.
USUAL_PEOPLE = 100_000


class DeskForm(forms.Form):
    """Its labels begin with a capital, though the words are those of columns."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.label = capfirst(field.label or "")


class CityForm(DeskForm):
    """Of which scheme, and what it is called."""

    scheme = forms.ModelChoiceField(label=_("scheme"), queryset=Scheme.objects.none(), empty_label=None)
    title = forms.CharField(label=pgettext_lazy("city year", "title"), max_length=80)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scheme: Any = self.fields["scheme"]
        scheme.queryset = drawn_up_by(actor, Scheme.objects.all())


# What may be set of a generated city: label, and what it does.
SHAPE = {
    "older": (_("People from 60 on"), _("percent of a census's share")),
    "employees": (_("Insured as employees"), _("percent of those from 20 on")),
    "assisted": (_("In a class of assistance"), _("percent of all people")),
    "stays": (_("How often people are treated"), _("percent of the usual")),
    "costs": (_("What treatment costs"), _("percent of the usual medians")),
    "skew": (_("How far costs spread"), _("percent of the usual spread; 0: every bill of an illness is alike")),
    "out_of_catalogue": (_("Outside the catalogue"), _("percent of the usual shares")),
    "basic_deductible_yuan": (
        _("Basic insurance: deductible"),
        _("yuan, in a second-level hospital; a third of it in a first-level one, twice in a third-level one"),
    ),
    "basic_rate": (_("Basic insurance: rate"), _("percent")),
    "illness_deductible_yuan": (_("Critical illness insurance: deductible"), _("yuan a year")),
    "illness_rate": (_("Critical illness insurance: rate"), _("percent")),
}


class GenerateForm(CityForm):
    people = forms.IntegerField(label=_("Insured people"), min_value=1, max_value=cities.MOST_PEOPLE)
    year = forms.IntegerField(label=pgettext_lazy("city year", "Calendar year"), min_value=2000, max_value=2100)
    seed = forms.IntegerField(
        label=pgettext_lazy("city year", "Seed"), min_value=0, max_value=2**31 - 1,
        help_text=_("The same seed makes the same people and bills again."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = {"people": USUAL_PEOPLE, "year": clock.today().year, "seed": 1, **_defaults(Shape())}
        super().__init__(*args, initial=initial, **kwargs)
        for name, (label, hint) in SHAPE.items():
            low, high = cities.BOUNDS[name]
            self.fields[name] = forms.IntegerField(label=label, help_text=hint, min_value=low, max_value=high)

    @property
    def shape_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in SHAPE]

    @property
    def shape(self) -> dict[str, int]:
        return {name: self.cleaned_data[name] for name in SHAPE}


def _defaults(shape: Shape) -> dict[str, int]:
    return {name: getattr(shape, name) for name in SHAPE}


class UploadForm(CityForm):
    file = forms.FileField(label=pgettext_lazy("city year", "CSV file"))


class CompareForm(DeskForm):
    """terms: "year:12" or "draft:3"; the first is what the others are compared with."""

    city_year = forms.ModelChoiceField(label=_("city year"), queryset=CityYear.objects.none())
    first = forms.ChoiceField(label=_("Compared with"))
    others = forms.MultipleChoiceField(label=_("What is compared"), widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cities_: Any = self.fields["city_year"]
        cities_.queryset = drawn_up_by(actor, CityYear.objects.select_related("scheme"))
        years = drawn_up_by(actor, PlanYear.objects.order_by("-cover_from"))
        drafts = drawn_up_by(actor, TermsDraft.objects.select_related("plan_year"))
        self.rows: dict[str, PlanYear | TermsDraft] = {f"year:{year.pk}": year for year in years}
        self.rows |= {f"draft:{draft.pk}": draft for draft in drafts.filter(state=TermsDraftState.OPEN)}
        choices = [(value, _named(row)) for value, row in self.rows.items()]
        for name in ("first", "others"):
            field: Any = self.fields[name]
            field.choices = choices

    @property
    def terms(self) -> list[PlanYear | TermsDraft]:
        chosen = dict.fromkeys((self.cleaned_data["first"], *self.cleaned_data["others"]))
        return [self.rows[value] for value in chosen]


def _named(row: PlanYear | TermsDraft) -> str:
    if isinstance(row, TermsDraft):
        return f"{row.title} ({row.plan_year.code})"
    return f"{row.code} · {row.name} · {row.get_state_display()}"


class DraftTextForm(DeskForm):
    source_zh = forms.CharField(label=_("source in Chinese"), widget=forms.Textarea, strip=False)
    source_en = forms.CharField(label=_("source in English"), widget=forms.Textarea, strip=False)

    def clean(self) -> dict[str, Any]:
        """A browser sends its own ends of lines."""
        data = super().clean() or {}
        return {name: text.replace("\r\n", "\n") for name, text in data.items()}


NEW = "new"


class FileForm(DeskForm):
    """Into a plan year in draft that is there, or into a new one of the year after."""

    into = forms.ChoiceField(label=_("Becomes"))
    code = forms.SlugField(label=_("code"), max_length=40, required=False)
    name_zh = forms.CharField(label=_("name in Chinese"), max_length=60, required=False)
    name_en = forms.CharField(label=_("name in English"), max_length=60, required=False)
    opens_on = forms.DateField(label=_("window opens"), required=False)
    closes_on = forms.DateField(label=_("window closes (not included)"), required=False)
    cover_from = forms.DateField(label=_("cover begins"), required=False)
    cover_to = forms.DateField(label=_("cover ends (not included)"), required=False)
    comparison = forms.ModelChoiceField(
        label=_("Comparison for the dossier"), queryset=Comparison.objects.none(), required=False,
        empty_label=pgettext_lazy("comparison", "none"),
    )  # fmt: skip
    _OF_NEW = ("code", "name_zh", "name_en", "opens_on", "closes_on", "cover_from", "cover_to")

    def __init__(self, *args: Any, draft: TermsDraft, **kwargs: Any) -> None:
        year = draft.plan_year
        super().__init__(*args, initial=_year_after(year), **kwargs)
        for name in ("opens_on", "closes_on", "cover_from", "cover_to"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        waiting = PlanYear.objects.filter(scheme=year.scheme_id, state=PlanYearState.DRAFT).order_by("cover_from")
        self.drafts = {str(one.pk): one for one in waiting}
        into: Any = self.fields["into"]
        into.choices = [(NEW, _("a new plan year in draft")), *((pk, one.code) for pk, one in self.drafts.items())]
        comparison: Any = self.fields["comparison"]
        comparison.queryset = Comparison.objects.filter(
            state=ComparisonState.DONE, terms__draft=draft, terms__revision=draft.revision
        ).select_related("city_year")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("into") == NEW:
            for name in self._OF_NEW:
                if name not in self.errors and not data.get(name):
                    self.add_error(name, forms.ValidationError(_("Please fill this in."), code="required"))
        if not self.errors and data["into"] == NEW and not (
            data["opens_on"] < data["closes_on"] and data["cover_from"] < data["cover_to"]
        ):  # fmt: skip
            self.add_error("closes_on", _("Window and cover end after they begin."))
        return data

    @property
    def becomes(self) -> PlanYear | NewYear:
        data = self.cleaned_data
        if data["into"] != NEW:
            return self.drafts[data["into"]]
        return NewYear(
            data["code"], data["name_zh"], data["name_en"], _midnight(data["opens_on"]), _midnight(data["closes_on"]),
            data["cover_from"], data["cover_to"],
        )  # fmt: skip


def _year_after(year: PlanYear) -> dict[str, Any]:
    """The next cover of which the scheme has no plan year yet."""
    starts = set(PlanYear.objects.filter(scheme=year.scheme_id).values_list("cover_from", flat=True))
    on = 1
    while _later(year.cover_from, on) in starts:
        on += 1
    cover_from = _later(year.cover_from, on)
    return {
        "into": NEW,
        "code": f"{year.scheme_id}-{cover_from.year}",
        "name_zh": year.name_zh,
        "name_en": year.name_en,
        "opens_on": _later(clock.civil_date(year.opens_at), on),
        "closes_on": _later(clock.civil_date(year.closes_at), on),
        "cover_from": cover_from,
        "cover_to": _later(year.cover_to, on),
    }


def _later(day: date, years: int) -> date:
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year + years, day=28 if leap else day.day)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)


class ProjectionForm(forms.Form):
    """What a projection assumes; what is not said is usual."""

    covered = forms.FloatField(
        label=_("Covered in the first year"), min_value=1, max_value=100, help_text=_("percent of those who could be")
    )
    price_rise = forms.FloatField(
        label=_("Rise of the price"), min_value=-50, max_value=100, help_text=_("percent a year")
    )
    inflation = forms.FloatField(
        label=_("Rise of medical costs"), min_value=-20, max_value=50, help_text=_("percent a year")
    )
    leverage = forms.FloatField(
        label=_("Payouts rise faster than costs"),
        min_value=0.5,
        max_value=5,
        help_text=_("times, since deductibles stay"),
    )
    leaving = forms.FloatField(
        label=_("Leave without a payout"), min_value=0, max_value=100, help_text=_("percent a year")
    )
    reaction = forms.FloatField(
        label=_("Leave because of the price"), min_value=0, max_value=10,
        help_text=_("percent more for each percent by which it rises"),
    )  # fmt: skip
    loyal = forms.FloatField(
        label=_("Leave after a payout"), min_value=0, max_value=100, help_text=_("percent of the share without one")
    )
    known_risk = forms.FloatField(
        label=_("Cost after a payout"), min_value=1, max_value=20, help_text=_("times the average in the next year")
    )
    joining = forms.FloatField(
        label=_("Join"), min_value=0, max_value=100, help_text=_("percent a year of those not covered")
    )

    def __init__(self, given: Any) -> None:
        usual = Assumptions()
        super().__init__({name: given.get(name, getattr(usual, name)) for name in self.base_fields})

    @property
    def assumptions(self) -> Assumptions:
        """Usual in what cannot be read; that is said at its field."""
        self.is_valid()
        return Assumptions(**self.cleaned_data)
