"""Facts about a person as terms ask for them, as of a day, each with who said so and when. Unknown is never "no".

What is known is the platform's word until now (people.facts); for a day after its last answer ask it first
(people.actions.check_person).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from core.clock import civil_date
from nhsa import identity_class, large_amount_told
from parties.models import Scheme
from parties.selectors import schemes_of_areas, waiting_rules
from people.eligibility import living_here
from people.errors import FactUnknown
from people.facts import Facts, facts_on
from people.models import Person, PersonInsurance
from people.models.facts import FactSource
from people.models.person import BASIC_INSURANCE_TYPES, InsuranceType
from people.waiting import Cover, in_waiting

T = TypeVar("T")

PLATFORM = FactSource.PLATFORM.value
RESIDENCE = "residence"
NEW_CITIZEN = "new_citizen"
LARGE_AMOUNT = "large_amount"

# Why a thing is so, or why it is not known. %(names)s: what it is about.
REASONS = {
    "not_told": _("The platform was not asked about this day, or did not say."),
    "said": _("The platform says so."),
    "class_unmapped": _("The platform names a class of assistance that has no word here: %(names)s."),
    "no_running_insurance": _("No basic insurance ran on this day."),
    "insured_elsewhere": _("Insured in another city, without proof for this day that she lives here: %(names)s."),
    "lives_here": _("Insured in another city, and has shown that she lives here."),
    "first_insured": _("Insured for the first time on %(names)s."),
    "insured_again": _("Insured again, after a break, since %(names)s."),
    "insured_long": _("Insured since %(names)s, longer than anybody waits."),
    "begin_not_told": _("The platform does not say from when the insurance runs again."),
    "no_rule": _("No waiting period is entered for people whose insurance begins on %(names)s."),
    "not_an_employee": _("Only employees have the large-amount subsidy."),
    "own_insurance": _("The platform shows the large-amount subsidy as an insurance of its own."),
    "with_basic": _("In her region everybody in the employees' insurance has the large-amount subsidy."),
    "region_does_not_tell": _("Her region does not tell who has the large-amount subsidy: %(names)s."),
}


@dataclass(frozen=True, slots=True)
class AsOf(Generic[T]):
    """A fact as of `day`. value None: unknown. source: "1101" (the platform) or "residence" (papers that staff read).
    said_on: the civil day of the answer, or since when the papers hold, on which it rests. reason: a key of REASONS;
    names: what it speaks of. rule: the city's document, where a rule was applied."""

    what: str
    day: date
    value: T | None
    source: str
    said_on: date | None
    reason: str
    names: tuple[str, ...] = ()
    rule: str = ""

    @property
    def known(self) -> bool:
        return self.value is not None

    @property
    def words(self) -> str:
        """The reason as a sentence, in the reader's language."""
        return str(REASONS[self.reason]) % {"names": ", ".join(self.names)}

    def require(self) -> T:
        """The value. Raises fact_unknown, which says why."""
        if self.value is None:
            raise FactUnknown(self.what, self.day, why=self.words)
        return self.value


def classes_on(person: Person, day: date) -> AsOf[frozenset[str]]:
    """Her classes of assistance (特困, 低保, 低边, 返贫致贫 …) in the words of her region. A code that the region's
    mapping does not know leaves the whole unknown, and is named; one that it knows as no class of assistance counts for
    nothing."""
    try:
        found = facts_on(person, day).classes
    except FactUnknown:
        return _from_platform(person, "classes", day, None, "not_told")
    words = {row.code: row.name or identity_class(person.insurance_area, row.code) for row in found}
    unmapped = tuple(sorted(code for code, word in words.items() if word is None))
    if unmapped:
        return _from_platform(person, "classes", day, None, "class_unmapped", *unmapped)
    named = frozenset(word for word in words.values() if word)
    return _from_platform(person, "classes", day, named, "said", *sorted(named))


def insured_type_on(person: Person, day: date, *, scheme: Scheme) -> AsOf[str]:
    """employee, resident, or new_citizen: insured elsewhere, and has shown that she lives in the scheme's city (E3).

    Of two basic insurances that ran, the employees' one."""
    what = "insured_type"
    running, why = _running(person, day)
    if not running:
        return _from_platform(person, what, day, None, why)
    here = _of_scheme(running, scheme, day)
    if here:
        return _from_platform(person, what, day, here[0].type, "said")
    if not living_here({person.pk}, scheme=scheme, on=day):
        return _from_platform(person, what, day, None, "insured_elsewhere", *sorted({row.area for row in running}))
    shown = person.residences.filter(scheme=scheme, from_on__lte=day, to_on__gt=day).latest("at")
    return AsOf(what, day, NEW_CITIZEN, RESIDENCE, shown.from_on, "lives_here")


def large_amount_cover_on(person: Person, day: date) -> AsOf[bool]:
    """Whether an employee has the large-amount subsidy (职工大额医疗费用补助), told as her region tells it."""
    what = "large_amount_cover"
    running, why = _running(person, day)
    if not running:
        return _from_platform(person, what, day, None, why)
    employee = next((row for row in running if row.type == InsuranceType.EMPLOYEE), None)
    if employee is None:
        return _from_platform(person, what, day, False, "not_an_employee")
    told = large_amount_told(employee.area)
    if told == "own_insurance":
        rows = facts_on(person, day).insurances
        has_it = any(row.type == LARGE_AMOUNT and row.active for row in rows)
        return _from_platform(person, what, day, has_it, told)
    if told == "with_basic":
        return _from_platform(person, what, day, True, told)
    return _from_platform(person, what, day, None, "region_does_not_tell", employee.area)


def in_waiting_period_on(person: Person, day: date, *, scheme: Scheme) -> AsOf[bool]:
    """Whether her basic insurance did not pay yet, by its days and the rule of the scheme's city (people.waiting).

    Insured in another city, she waits by that city's rule, which is not here: known only where nobody waits so long."""
    what = "waiting_period"
    running, why = _running(person, day)
    if not running:
        return _from_platform(person, what, day, None, why)
    here = _of_scheme(running, scheme, day)
    rules = waiting_rules(scheme, here[0].type) if here else ()
    told = in_waiting([cover for cover in _covers(person) if cover.begins_latest <= day], rules, day)
    source = getattr(told.rule, "source", "")
    return _from_platform(person, what, day, told.waits, told.why, f"{told.since}", rule=source)


def _from_platform(
    person: Person, what: str, day: date, value: T | None, reason: str, *names: str, rule: str = ""
) -> AsOf[T]:
    return AsOf(what, day, value, PLATFORM, civil_date(person.checked_at), reason, names, rule)


def _running(person: Person, day: date) -> tuple[list[PersonInsurance], str]:
    """Basic insurances that ran on the day, employees' first; without one, why."""
    try:
        found = Facts(person, day).insurances
    except FactUnknown:
        return [], "not_told"
    basic = [row for row in found if row.type in BASIC_INSURANCE_TYPES and row.active]
    return sorted(basic, key=lambda row: BASIC_INSURANCE_TYPES.index(row.type)), "no_running_insurance"


def _of_scheme(rows: list[PersonInsurance], scheme: Scheme, day: date) -> list[PersonInsurance]:
    homes = schemes_of_areas({row.area for row in rows}, kind=scheme.kind, on=day)
    return [row for row in rows if homes[row.area] == scheme]


# When the basic insurance ran ----------------------------------------------------------------------------------------


def _covers(person: Person) -> list[Cover]:
    """Of each basic insurance in each area its stretches; insured one after the other in two of them is insured."""
    rows = [row for row in person.insurances.all() if row.type in BASIC_INSURANCE_TYPES and not row.withdrawn]
    keys = {(row.type, row.area) for row in rows}
    return [cover for key in keys for cover in _covers_of([row for row in rows if (row.type, row.area) == key])]


def _covers_of(rows: list[PersonInsurance]) -> Iterator[Cover]:
    told = list(_told(rows))
    for place, (row, begins, ends) in enumerate(told):
        if not row.active:
            continue
        before = told[place - 1] if place else None
        after = told[place + 1][1] if place + 1 < len(told) else None
        yield Cover(_earliest(row, begins, before), begins, ends, _latest_end(row, ends, after))


def _told(rows: list[PersonInsurance]) -> Iterator[tuple[PersonInsurance, date, date | None]]:
    """Day by day the later answer's word: (row, from, to), in order, without what was never said."""
    days = sorted({row.from_on for row in rows} | {row.to_on for row in rows if row.to_on})
    held: tuple[PersonInsurance, date, date | None] | None = None
    for begins, ends in zip(days, [*days[1:], None], strict=True):
        covering = [row for row in rows if row.covers(begins)]
        row = max(covering, key=lambda one: (one.asked_at, one.pk), default=None)
        if held is not None and row is held[0]:
            held = (held[0], held[1], ends)
            continue
        if held is not None:
            yield held
        held = None if row is None else (row, begins, ends)
    if held is not None:
        yield held


def _earliest(row: PersonInsurance, begins: date, before: tuple[PersonInsurance, date, date | None] | None) -> date:
    """The platform said since when, or it has run since some day after it was last said not to."""
    if row.since_on == begins:
        return begins
    if before is not None:
        return before[2] or begins
    return date.min


def _latest_end(row: PersonInsurance, ends: date | None, after: date | None) -> date | None:
    """It may have run until the answer that did not name it any more, but not beyond what was so after it."""
    if ends is None or row.closed_at is None or ends != row.to_on:
        return ends
    latest = max(ends, civil_date(row.closed_at))
    return latest if after is None else min(latest, after)
