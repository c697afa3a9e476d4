"""An answer of the national platform (1101) becomes facts with days; the only writer of what is known of people.

The same answer again costs one SELECT and one UPDATE. Another one closes what it no longer says and opens what is new,
in one transaction under the person's row.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from core.clock import civil_date
from core.identifiers import check_id_number
from nhsa import Insurance, InsuredPerson
from people.copies import changing
from people.models import Person, PersonClass, PersonDocument, PersonInsurance
from people.models.person import BASIC_INSURANCE_TYPES, InsuranceStatus
from privacy import crypto
from privacy.fields import BlindIndexField, sealed_values
from work.asked import asked
from work.writes import Sql, alone, insert_together, run, update_sql

log = structlog.get_logger(__name__)

AnyFact = PersonDocument | PersonInsurance | PersonClass
Kind = type[PersonDocument] | type[PersonInsurance] | type[PersonClass]


def remember(found: InsuredPerson, *, since: date | None = None, now: datetime, beside: Sequence[Sql] = ()) -> Person:
    """Her row as the platform has her now; a new one when nobody has her person number yet.

    since: the answer was asked for with all that was so on that day or later. beside: other writes (work.writes) that
    stand whatever becomes of hers; in the same statement where that is one.
    """
    person = _remember(found, now=now, beside=beside)
    if since is not None and (person.told_since is None or since < person.told_since):
        Person.objects.filter(pk=person.pk).update(told_since=since)
        person.told_since = since
    return person


def _remember(found: InsuredPerson, *, now: datetime, beside: Sequence[Sql] = ()) -> Person:
    digest = _digest(found)
    person = known_as(found.psn_no)
    if person is not None and person.answer_digest == digest:
        changing(person.user_id)
        run(*beside, update_sql(Person.objects.filter(pk=person.pk), {"checked_at": now}))
        person.checked_at = now
        return person
    try:
        if person is None:
            return _write_new(found, digest, now, beside)
        if beside:
            run(*beside)
            beside = ()
        return _write_again(found, digest, now)
    except IntegrityError:
        # Somebody wrote the same person at the same moment, or the number was another's until now.
        if beside:
            run(*beside)
        _release_number(found, now)
        return _write_again(found, digest, now)


def known_as(psn_no: str) -> Person | None:
    return _known_as.first(index=BlindIndexField.of(Person, "psn_no_index", psn_no))


@asked
def _known_as(index: Any) -> QuerySet[Person]:
    return Person.objects.filter(psn_no_index=index)


def _write_new(found: InsuredPerson, digest: str, now: datetime, beside: Sequence[Sql] = ()) -> Person:
    """She and all that is said of her, in one statement."""
    kept = {**_kept(found, None), "answer_digest": digest, "checked_at": now}
    person = Person(psn_no=found.psn_no, created_at=now, **kept)
    said = _said(found, civil_date(now))
    with alone():
        insert_together(
            person,
            *(row for model, stretches in said.items() for row in _rows(model, person, stretches, now)),
            beside=beside,
        )
    return person


@transaction.atomic
def _write_again(found: InsuredPerson, digest: str, now: datetime) -> Person:
    person = _locked(found.psn_no)
    if person is None:
        return _write_new(found, digest, now)
    changing(person.user_id)
    kept = {**_kept(found, person), "answer_digest": digest, "checked_at": now}
    said = _said(found, civil_date(now))
    last_sure_on = civil_date(person.checked_at)
    Person.objects.filter(pk=person.pk).update(**sealed_values(person, kept))
    for name, value in kept.items():
        setattr(person, name, value)
    for model, stretches in said.items():
        _Merge(model, person, civil_date(now), last_sure_on, now).take(stretches)
    return person


def _locked(psn_no: str) -> Person | None:
    """Two answers about one person are taken one after the other; rows that refer to her are not kept waiting."""
    index = BlindIndexField.of(Person, "psn_no_index", psn_no)
    return Person.objects.select_for_update(of=("self",), no_key=True).filter(psn_no_index=index).first()


def _kept(found: InsuredPerson, person: Person | None) -> dict[str, Any]:
    """What every page shows, on the person's own row."""
    kept: dict[str, Any] = {"name": found.name, "id_type": found.id_type, "id_number": found.id_number}
    if found.birth_date is not None:
        kept["birth_date"] = found.birth_date
    elif person is None:  # optional at the platform; an identity number has it
        kept["birth_date"] = check_id_number(found.id_number, today=date.max).birth_date
    if found.sex or person is None:
        kept["sex"] = found.sex
    basic = [item for item in found.insurances if item.type in BASIC_INSURANCE_TYPES]
    if basic:
        best = min(basic, key=lambda item: (not item.active, BASIC_INSURANCE_TYPES.index(item.type)))
        kept |= {"insurance_type": best.type, "insurance_area": best.area, "insurance_status": best.status}
    else:
        kept["insurance_status"] = InsuranceStatus.NOT_INSURED
    return kept


def _digest(found: InsuredPerson) -> str:
    """Keyed, as it is of personal data. The balance of an account is no fact about a person."""
    insurances = [
        [i.type, i.status, i.area, i.category, i.civil_servant, str(i.since), str(i.paused_on)]
        for i in found.insurances
    ]
    classes = [[c.code, c.name, c.level, str(c.since), str(c.until)] for c in found.identities]
    person = [found.name, found.id_type, found.id_number, found.sex, str(found.birth_date)]
    return crypto.blind_index("people.person.answer", json.dumps([person, sorted(insurances), sorted(classes)]))


def _release_number(found: InsuredPerson, now: datetime) -> None:
    """The platform gives one number to one person: whoever had it before has it no longer. What her number is now is
    learnt when she is asked about next."""
    index = BlindIndexField.of(PersonDocument, "number_index", found.id_number)
    person = BlindIndexField.of(Person, "psn_no_index", found.psn_no)
    held = PersonDocument.objects.filter(number_index=index, closed_at=None).exclude(person__psn_no_index=person)
    for document in held:
        with transaction.atomic():
            _close(document, ends_on=civil_date(now), now=now)
            Person.objects.filter(pk=document.person_id).update(answer_digest="")
        log.warning("person.number_moved", person_id=document.person_id)


# What an answer says -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stretch:
    """One fact of an answer. key: of several stretches with one key only one holds on a day. values: the columns.

    dated: the platform said since when; otherwise from_on is the day on which it was asked.
    """

    key: Mapping[str, Any]
    values: Mapping[str, Any]
    from_on: date
    to_on: date | None = None
    dated: bool = True

    def covers(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day < self.to_on)

    @property
    def columns(self) -> dict[str, Any]:
        return {**self.key, **self.values}


def _said(found: InsuredPerson, today: date) -> dict[Kind, list[Stretch]]:
    document = Stretch(
        {"kind": found.id_type}, {"number": found.id_number, "name": found.name}, from_on=today, dated=False
    )
    return {
        PersonDocument: [document],
        PersonInsurance: list(_insurances(found.insurances, today)),
        PersonClass: list(_classes(found, today)),
    }


def _insurances(insurances: Iterable[Insurance], today: date) -> Iterator[Stretch]:
    """Of several rows about one insurance in one area the best one tells how it is now, all tell how it was."""
    ranked = sorted(insurances, key=lambda item: (not item.active, -(item.since or date.min).toordinal()))
    told: set[tuple[str, str]] = set()
    for item in ranked:
        values = {
            "category": item.category,
            "civil_servant": item.civil_servant,
            "since_on": item.since,
            "paused_on": item.paused_on,
        }
        key = {"type": item.type, "area": item.area}
        paused_on = item.paused_on if item.paused_on is not None and item.paused_on <= today else None
        ran_until = paused_on is not None and item.since is not None and item.since < paused_on
        if ran_until:
            assert item.since is not None
            yield Stretch(key, {**values, "status": InsuranceStatus.ACTIVE}, item.since, paused_on)
        if (item.type, item.area) in told:
            continue
        told.add((item.type, item.area))
        # Running again after a pause: since when, the platform does not say.
        from_on = (None if ran_until else item.since) if item.active else paused_on
        yield Stretch(key, {**values, "status": item.status}, from_on or today, dated=from_on is not None)


def _classes(found: InsuredPerson, today: date) -> Iterator[Stretch]:
    for one in found.identities:
        if one.since is not None and one.until is not None and one.until <= one.since:
            continue  # a class of no day
        from_on = one.since or min(today, (one.until or today) - timedelta(days=one.until is not None))
        values = {"name": one.name, "level": one.level}
        yield Stretch({"code": one.code}, values, from_on, one.until, dated=one.since is not None)


# What becomes of it --------------------------------------------------------------------------------------------------


def _rows(model: Kind, person: Person, stretches: Iterable[Stretch], now: datetime) -> list[Any]:
    return [model(person=person, asked_at=now, from_on=s.from_on, to_on=s.to_on, **s.columns) for s in stretches]


def _open(model: Kind, person: Person, stretches: Iterable[Stretch], now: datetime) -> None:
    if rows := _rows(model, person, stretches, now):
        model._default_manager.bulk_create(rows)


def _close(row: AnyFact, *, ends_on: date, now: datetime) -> None:
    """ends_on: the first day on which it was not so any more. Not after it began: then it never was."""
    change: dict[str, Any] = {"closed_at": now}
    if row.to_on is None and ends_on > row.from_on:
        change["to_on"] = ends_on
    else:
        change["withdrawn"] = True
    type(row)._default_manager.filter(pk=row.pk, closed_at=None).update(**change)
    if row.to_on is not None and row.from_on < ends_on < row.to_on:
        # It was said to end later. What it was is kept beside what it was thought to be.
        columns = {name: getattr(row, name) for name in (*KEYS[type(row)], *STATES[type(row)], "source", "asked_at")}
        shorter = type(row)(person=row.person, from_on=row.from_on, to_on=ends_on, closed_at=now, **columns)
        shorter.save(force_insert=True)
    for name, value in change.items():
        setattr(row, name, value)


# Which columns say what a fact is about, and which how it is there.
KEYS: dict[Kind, tuple[str, ...]] = {
    PersonDocument: ("kind",),
    PersonInsurance: ("type", "area"),
    PersonClass: ("code",),
}
STATES: dict[Kind, tuple[str, ...]] = {
    PersonDocument: ("number", "name"),
    PersonInsurance: ("status", "category", "civil_servant", "since_on", "paused_on"),
    PersonClass: ("name", "level"),
}


@dataclass(frozen=True)
class _Merge:
    """A new answer about somebody known. last_sure_on: the day of the answer before."""

    model: Kind
    person: Person
    today: date
    last_sure_on: date
    now: datetime

    def take(self, stretches: list[Stretch]) -> None:
        manager: Any = self.model._default_manager
        rows: list[AnyFact] = list(manager.filter(person=self.person))
        new: list[Stretch] = list(stretches)
        unsaid: list[AnyFact] = []
        for row in (row for row in rows if row.closed_at is None):
            same = next((s for s in new if _says(row, s)), None)
            if same is None:
                unsaid.append(row)
                continue
            new.remove(same)
            if same.to_on != row.to_on:  # its end has become known
                manager.filter(pk=row.pk).update(to_on=same.to_on)
        new = [self._placed(stretch, rows) for stretch in new]
        for row in unsaid:
            others = [stretch for stretch in new if _about(row, stretch)]
            if self._is_over(row, others):
                _close(row, ends_on=self._end_of(row, others), now=self.now)
        _open(self.model, self.person, [s for s in new if not self._was_so(s, rows)], self.now)

    def _is_over(self, row: AnyFact, others: list[Stretch]) -> bool:
        """An answer names one document, and what ended before it was asked for need not be said again."""
        if self.model is PersonDocument:
            return bool(others)
        return row.to_on is None or row.to_on > self.today

    def _placed(self, stretch: Stretch, rows: list[AnyFact]) -> Stretch:
        """Running again after a pause that is known: the day on which somebody was first insured is not that day."""
        if not stretch.dated or stretch.to_on is not None or "status" not in stretch.values:
            return stretch
        for row in rows:
            assert isinstance(row, PersonInsurance)
            other = not row.withdrawn and _about(row, stretch) and row.status != stretch.values["status"]
            if other and row.from_on > stretch.from_on:
                return replace(stretch, from_on=self.today, dated=False)
        return stretch

    def _end_of(self, row: AnyFact, others: list[Stretch]) -> date:
        """The first day on which the fact was surely not so any more, or the day after the last one on which it was."""
        asked_on = civil_date(row.asked_at)
        for other in others:
            # The same, but since another day that the first answer would have had to say: a correction.
            if other.dated and _alike(row, other) and other.covers(self.today) and other.from_on <= asked_on:
                return row.from_on
        begins = [other.from_on for other in others if other.dated and other.from_on > row.from_on]
        if begins:
            return min(begins)
        if self.model is PersonDocument:
            return self.today  # somebody always has one; the change is as old as it is known
        return min(self.today, self.last_sure_on + timedelta(days=1))

    def _was_so(self, stretch: Stretch, rows: list[AnyFact]) -> bool:
        """What is past and known already, by the facts as they now stand."""
        if stretch.to_on is None or stretch.to_on > self.today:
            return False
        ends = (stretch.from_on, stretch.to_on - timedelta(days=1))
        about = [row for row in rows if _about(row, stretch)]
        told = [max((r for r in about if r.covers(day)), key=lambda r: r.asked_at, default=None) for day in ends]
        return all(row is not None and _alike(row, stretch) for row in told)


def _about(row: AnyFact, stretch: Stretch) -> bool:
    return all(getattr(row, name) == value for name, value in stretch.key.items())


def _alike(row: AnyFact, stretch: Stretch) -> bool:
    """How it is there, whatever its dates."""
    names = ["status"] if "status" in stretch.values else list(stretch.values)
    return all(getattr(row, name) == stretch.values[name] for name in names)


def _says(row: AnyFact, stretch: Stretch) -> bool:
    """This very fact; of one without an end the end may have become known."""
    if not _about(row, stretch) or any(getattr(row, name) != value for name, value in stretch.values.items()):
        return False
    # An insurance carries the platform's own dates among what it says.
    same_start = row.from_on == stretch.from_on or not stretch.dated or "since_on" in stretch.values
    return same_start and row.to_on in (None, stretch.to_on)
