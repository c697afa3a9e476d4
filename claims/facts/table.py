"""One line for every field of benefits.Person, Bill and BillLine: who supplies it; what a reviewer may find instead.

The names are those of `benefits.needs_of`. A field that stands here without a supplier (`NOBODY`) cannot be asked for:
a plan year whose rules need it is not published (products.suppliers).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

import benefits
from claims.facts import kinds, of_bill, of_person
from claims.facts.kinds import Kind
from claims.facts.known import Fact, Subject
from nhsa import assistance_words
from products.line_tags import tags_listed
from products.models import PlanYear
from products.suppliers import SUPPLIERS, Source, Supplier


@dataclass(frozen=True)
class Supplied:
    """A fact that can be had. finds: what a reviewer may find instead of it; None: nobody knows better. of_bill: it is
    about the bill, not about the person. words: see Supplier."""

    name: str
    says: str | Promise
    source: Source
    have: Callable[[Subject], Fact]
    finds: Kind | None = None
    words: Callable[[PlanYear], frozenset[str]] | None = None
    shown: bool = True

    @property
    def of_bill(self) -> bool:
        return self.name.startswith("bill.")


def _classes_of(plan_year: PlanYear) -> frozenset[str]:
    """What the platform's classes are called in the scheme's areas."""
    areas = plan_year.scheme.areas.values_list("area", flat=True)
    return frozenset(word for area in areas for word in assistance_words(area))


_PLACES = kinds.one_of(
    (
        ("local", pgettext_lazy("place of treatment", "In town")),
        ("elsewhere_referred", _("Out of town, referred or registered")),
        ("elsewhere", _("Out of town, without referral")),
        ("overseas", _("Abroad")),
    )
)
_LEVELS = kinds.one_of(
    (("1", _("Level 1")), ("2", _("Level 2")), ("3", _("Level 3"))),
)
_INSURANCES = kinds.one_of(
    (
        ("employee", _("Employees' basic medical insurance")),
        ("resident", _("Residents' basic medical insurance")),
        ("new_citizen", _("Insured elsewhere, lives here")),
    )
)

[_ABOVE_CAP] = [amount for amount in benefits.amounts_of_role("within") if amount.name == "above_fund_cap"]
[_OTHER_INSURERS] = benefits.amounts_of_role("other")

PLATFORM, REGISTER, ANSWER, RECORDS = Source.PLATFORM, Source.REGISTER, Source.ANSWER, Source.RECORDS

OF_PERSON = (
    Supplied("person.birth_date", _("Date of birth"), PLATFORM, of_person.birth_date, shown=False),
    Supplied("person.insured_type", _("Basic insurance"), PLATFORM, of_person.insured_type, _INSURANCES),
    Supplied(
        "person.assistance",
        _("Classes of assistance"),
        PLATFORM,
        of_person.assistance,
        kinds.CLASSES,
        words=_classes_of,
    ),
    Supplied(
        "person.in_waiting_period",
        _("In the waiting period of the basic insurance"),
        PLATFORM,
        of_person.in_waiting_period,
        kinds.YES_NO,
    ),
    Supplied(
        "person.large_amount_cover",
        _("Has large-amount cover"),
        PLATFORM,
        of_person.large_amount_cover,
        kinds.YES_NO,
    ),
    Supplied(
        "person.preexisting",
        _("Illness known before the cover"),
        PLATFORM,
        of_person.preexisting,
        kinds.YES_NO,
    ),
    Supplied("person.known_diagnoses", _("Diagnoses before the cover"), PLATFORM, of_person.known_diagnoses),
    Supplied("person.cover_from", _("Cover begins"), RECORDS, of_person.cover_from, shown=False),
    Supplied("person.cover_to", _("Cover ends"), RECORDS, of_person.cover_to, shown=False),
    Supplied("person.continuous_years", _("Years insured in a row"), RECORDS, of_person.continuous_years),
    Supplied("person.claim_free_years", _("Of them without a payout"), RECORDS, of_person.claim_free_years),
    Supplied("person.first_cover_from", _("First year of the row began"), RECORDS, of_person.first_cover_from),
    Supplied("person.earlier_covers", _("Earlier covers"), RECORDS, of_person.earlier_covers, shown=False),
    Supplied("person.bought_on", _("Bought on"), RECORDS, of_person.bought_on, shown=False),
)

OF_BILL = (
    Supplied("bill.encounter_type", _("Kind of visit"), PLATFORM, of_bill.stated("encounter_type"), shown=False),
    Supplied("bill.admitted_on", _("Admitted"), PLATFORM, of_bill.stated("admitted_on"), shown=False),
    Supplied("bill.hospital_level", _("Level of the hospital"), PLATFORM, of_bill.hospital_level, _LEVELS),
    Supplied("bill.place", _("Place of treatment"), PLATFORM, of_bill.stated("place"), _PLACES),
    Supplied("bill.designated", _("Designated institution"), REGISTER, of_bill.designated, kinds.YES_NO),
    Supplied(
        "bill.settled_by_basic", _("Settled by the basic insurance"), PLATFORM, of_bill.settled_by_basic, shown=False
    ),
    Supplied(
        f"bill.{_OTHER_INSURERS.field}",
        _("Paid by other insurers"),
        ANSWER,
        of_bill.paid_by_other_insurers,
        kinds.AMOUNT,
    ),
    Supplied(
        f"bill.{_ABOVE_CAP.field}",
        _("Above the yearly cap of the basic fund"),
        PLATFORM,
        of_bill.above_the_funds_cap,
        kinds.AMOUNT,
    ),
    Supplied("bill.tags:third_party", _("A third party must bear it"), ANSWER, of_bill.third_party, kinds.YES_NO),
    Supplied(
        "bill.tags:work_injury", _("Work-injury insurance must pay it"), ANSWER, of_bill.work_injury, kinds.YES_NO
    ),
    Supplied("bill.tags:public_health", _("Public health must bear it"), PLATFORM, of_bill.public_health, kinds.YES_NO),
)

GATHERED = {each.name: each for each in (*OF_PERSON, *OF_BILL)}

# Read off the bill as it came: the amounts, the diagnoses, the lines with what they carry.
ON_THE_BILL = (
    # All that lies outside the catalogue is one amount of the platform's record, special drugs too: they come as lines.
    *(f"bill.{amount.field}" for amount in benefits.BILL_AMOUNTS if amount.national or amount.name == "special_drug"),
    "bill.diagnoses",
    "bill.discharged_on",
    "bill.lines",
    "line.amount_fen",
    "line.code",
    "line.name",
    "line.kind",
    "line.catalogue",
    "line.out_of_catalogue_fen",
    "line.quantity",
)

# What no rule can ask for here, and why.
NOBODY = {
    "person.id": "the policy's number; no rule reads it",
    "person.age": "reckoned from person.birth_date on the day of service",
    "person.earlier_benefits": "what other layers paid in earlier years: the platform tells sums of a year only (5206)",
    "person.family_id": "no product of these cities has a pool of a family",
    "person.family_enrolment": "whether a family enrolled together is not kept by policies",
    "person.tags": "no register of local marks of people",
    "bill.id": "the claim's number; no rule reads it",
    "bill.hospital_kind": "the platform does not say which kind of institution it is",
    "bill.other_amounts_fen": "an amount that only one city's record has",
}


def register() -> None:
    """From AppConfig.ready."""
    for fact in GATHERED.values():
        SUPPLIERS.register(fact.name, Supplier(fact.says, fact.source, fact.finds is not None, fact.words))
    for name in ON_THE_BILL:
        SUPPLIERS.register(name, Supplier(name, PLATFORM))
    SUPPLIERS.register("line.tags", Supplier(_("Tags of a fee line"), REGISTER, found=True, words=_tags_of))
    SUPPLIERS.register("list", Supplier(_("Filed lists"), REGISTER))


def _tags_of(plan_year: PlanYear) -> frozenset[str]:
    return tags_listed(plan_year.scheme_id, plan_year.cover_from)
