"""A city year that somebody uploads as CSV: read line by line, every bad one named; then arrays like those of a
generated one.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from benefits.simulation.city import PART, Part
from benefits.simulation.table import DEFAULT_FACTS, NO_DAY, BillTable, Constant, Flags, Numbers, Words, at
from benefits.simulation.table import Column as FactColumn
from core.errors import DomainError
from products.workshop.columns import BY_HEADING, COLUMNS, NUMBER_OF_SOMEBODY, PERSONAL, Cell, Column

MOST_LINES = 300_000
MOST_BYTES = 40 * 1024 * 1024
# Of bad lines so many are named; how many there are is said.
NAMED = 50

_NUMBERS = ("age", "continuous_years", "claim_free_years")
_FLAGS = ("preexisting", "in_waiting_period", "large_amount_cover")
_WORDS_OF_PERSON = ("insured_type", "assistance", "area")
_WORDS_OF_BILL = ("encounter_type", "hospital_level", "place", "diagnosis")
_SETS = ("assistance", "diagnosis")


@dataclass(frozen=True, slots=True)
class BadLine:
    """line: of the file, from 1. column: its heading, "" for the line as a whole."""

    line: int
    column: str
    what: str | Promise

    def __str__(self) -> str:
        return str(self.what)


class LinesRefused(DomainError):
    """bad: each line that cannot be read, up to NAMED of them."""

    def __init__(self, bad: Sequence[BadLine], count: int) -> None:
        super().__init__(
            "city_year_lines", _("%(count)s places of the file cannot be read."), field="file", count=count
        )
        self.bad = list(bad)


def read_csv(content: bytes) -> UploadedCity:
    """Raises DomainError csv_unreadable, csv_too_long, csv_empty, personal_column, unknown_column, column_missing,
    personal_number, and LinesRefused."""
    rows = csv.reader(io.StringIO(_text_of(content)))
    columns = _columns(next(rows, []))
    lines = _Lines(columns)
    for line, cells in enumerate(rows, start=2):
        if any(cell.strip() for cell in cells):
            lines.take(line, cells)
    return lines.city()


def _text_of(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DomainError("csv_unreadable", _("The file is not a text that can be read."), field="file")


def _columns(headings: list[str]) -> list[Column]:
    found = []
    for heading in (heading.strip() for heading in headings):
        column = BY_HEADING.get(heading)
        if column is None and PERSONAL.search(heading):
            raise DomainError(
                "personal_column",
                _("The column “%(column)s” would tell who somebody is. Take it out and upload the file again."),
                field="file", column=heading,
            )  # fmt: skip
        if column is None:
            raise DomainError(
                "unknown_column", _("No column is called “%(column)s”. The list below says which there are."),
                field="file", column=heading,
            )  # fmt: skip
        if column in found:
            raise DomainError(
                "unknown_column", _("The column “%(column)s” stands there twice."), field="file", column=heading
            )
        found.append(column)
    for column in COLUMNS:
        if column.needed and column not in found:
            raise DomainError(
                "column_missing", _("The column “%(column)s” is missing."), field="file", column=column.zh
            )
    return found


class _Lines:
    """What has been read so far: people in the order in which they came, and bills."""

    def __init__(self, columns: list[Column]) -> None:
        self.columns = columns
        self.of_people = [column for column in COLUMNS if column.of == "person" and column.name != "person"]
        self.of_bills = [column for column in COLUMNS if column.of != "person"]
        self.people: dict[Cell, tuple[int, tuple[Cell, ...]]] = {}
        self.bills: list[tuple[int, tuple[Cell, ...]]] = []
        self.bad: list[BadLine] = []
        self.refused = 0
        self.lines = 0

    def take(self, line: int, cells: list[str]) -> None:
        self.lines += 1
        if self.lines > MOST_LINES:
            raise DomainError(
                "csv_too_long", _("The file has more than %(most)s lines. Take a part of the city."), field="file",
                most=MOST_LINES,
            )  # fmt: skip
        if any(NUMBER_OF_SOMEBODY.search(cell) for cell in cells):
            raise DomainError(
                "personal_number",
                _("Line %(line)s has a number by which somebody is known. Take such numbers out, and upload again."),
                field="file", line=line,
            )  # fmt: skip
        if len(cells) > len(self.columns):
            self._refuse(line, "", _("more cells than columns"))
            return
        values = dict(self._read(line, cells))
        if len(values) == len(self.columns):
            self._keep(line, values)

    def _read(self, line: int, cells: list[str]) -> Iterator[tuple[str, Cell]]:
        for column, cell in zip(self.columns, [*cells, *[""] * (len(self.columns) - len(cells))], strict=True):
            text = cell.strip()
            if not text and not column.needed:
                yield column.name, column.default
                continue
            try:
                yield column.name, column.read(text)
            except ValueError:
                self._refuse(line, column.zh, column.says)

    def _keep(self, line: int, values: dict[str, Cell]) -> None:
        facts = tuple(values.get(column.name, column.default) for column in self.of_people)
        person, known = self.people.setdefault(values["person"], (len(self.people), facts))
        if known != facts:
            self._refuse(line, "人员序号", _("says something else of this person than an earlier line"))
        if any(values.get(column.name, column.default) > 0 for column in self.columns if column.of == "amount"):  # type: ignore[operator]  # amounts are numbers
            self.bills.append((person, tuple(values.get(column.name, column.default) for column in self.of_bills)))

    def _refuse(self, line: int, column: str, what: str | Promise) -> None:
        self.refused += 1
        if len(self.bad) < NAMED:
            self.bad.append(BadLine(line, column, what))

    def city(self) -> UploadedCity:
        if self.refused:
            raise LinesRefused(self.bad, self.refused)
        if not self.people:
            raise DomainError("csv_empty", _("There is nobody in the file."), field="file")
        facts = [known for _number, known in self.people.values()]
        who, bills = [person for person, _bill in self.bills], [bill for _person, bill in self.bills]
        arrays: dict[str, npt.NDArray[Any]] = {"who": np.array(who, np.int64)}
        words: dict[str, list[str]] = {}
        for names, rows in ((self.of_people, facts), (self.of_bills, bills)):
            for i, column in enumerate(names):
                values = [row[i] for row in rows]
                if column.name in (*_WORDS_OF_PERSON, *_WORDS_OF_BILL):
                    words[column.name] = sorted({str(value) for value in values} or {str(column.default)})
                    index = {word: code for code, word in enumerate(words[column.name])}
                    arrays[column.name] = np.array([index[str(value)] for value in values], np.int32)
                else:
                    arrays[column.name] = np.array(values, np.int64)
        return UploadedCity(len(self.people), arrays, words)


@dataclass(frozen=True)
class UploadedCity:
    """arrays: facts of people, one each; "who" and what bills are, one a bill, in the order of the file. words: what
    the codes of a column stand for."""

    people: int
    arrays: dict[str, npt.NDArray[Any]]
    words: dict[str, list[str]]

    @property
    def parts(self) -> int:
        return -(-self.people // PART)

    @property
    def bills(self) -> int:
        return len(self.arrays["who"])

    @property
    def area_names(self) -> tuple[str, ...]:
        return tuple(self.words["area"])

    def people_in(self, number: int) -> int:
        return min(PART, self.people - number * PART)

    def part(self, number: int) -> Part:
        """Everybody is a family of her own; whatever no column says has the default of a bill without it."""
        start = number * PART
        people = slice(start, start + self.people_in(number))
        rows = np.flatnonzero((self.arrays["who"] >= people.start) & (self.arrays["who"] < people.stop))
        who = self.arrays["who"][rows] - start
        facts = self._facts(people)
        amounts = {column.name: self.arrays[column.name][rows] for column in COLUMNS if column.of == "amount"}
        days = self.arrays["day"][rows].astype(np.int32)
        bills = BillTable(
            person=who,
            unit=who,
            amounts=amounts,
            facts={name: at(column, who) for name, column in facts.items()}
            | {name: self._words(name, rows) for name in _WORDS_OF_BILL},
            day=days,
            cover_from=self._first_day(days),
        )
        return Part(self.people_in(number), facts, self.arrays["area"][people], bills)

    def _first_day(self, days: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Cover begins with the calendar year of a bill; not known where its day is not."""
        years = np.where(days == NO_DAY, 0, days).astype("datetime64[D]").astype("datetime64[Y]")
        return np.where(days == NO_DAY, NO_DAY, years.astype("datetime64[D]").astype(np.int32)).astype(np.int32)

    def _facts(self, people: slice) -> dict[str, FactColumn]:
        found: dict[str, FactColumn] = {fact: Constant(value) for fact, value in DEFAULT_FACTS.items()}
        found |= {name: Numbers(self.arrays[name][people].astype(np.int32)) for name in _NUMBERS}
        found |= {name: Flags(self.arrays[name][people].astype(bool)) for name in _FLAGS}
        return found | {name: self._words(name, people) for name in _WORDS_OF_PERSON if name != "area"}

    def _words(self, name: str, rows: Any) -> FactColumn:
        words: list[Any] = [
            frozenset(filter(None, one.split("|"))) if name in _SETS else one for one in self.words[name]
        ]
        return Words(tuple(words), self.arrays[name][rows])

    def written(self) -> bytes:
        """For keeping: `read` takes it back."""
        out = io.BytesIO()
        about = json.dumps({"people": self.people, "words": self.words}, ensure_ascii=False)
        np.savez_compressed(out, about=np.array(about), **self.arrays)  # type: ignore[arg-type]  # named arrays
        return out.getvalue()

    @classmethod
    def read(cls, content: bytes) -> UploadedCity:
        with np.load(io.BytesIO(content), allow_pickle=False) as kept:
            about = json.loads(str(kept["about"]))
            return cls(about["people"], {name: kept[name] for name in kept.files if name != "about"}, about["words"])
