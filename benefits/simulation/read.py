"""CSV and parquet → `BillTable`.

Columns are the names of `model.Bill` and `model.Person`: amounts as `in_scope_fen` or `in_scope_yuan`, facts as
`insured_type`, `age`, `assistance` (several joined by |) …, `person_id` (needed), `family_id`, `admitted_on`,
`cover_from`, `cover_to`. A fact without a column has the default of a bill without it. Columns the rules do not know
are kept as labels (county, cause …). Rows of a person stand in the order in which they are to be adjudicated.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from benefits.conditions import NUMBERS, SETS, WORDS, YES_NO
from benefits.errors import BadValue
from benefits.facts import OLDEST, UNKNOWN_AGE
from benefits.intake import NOT_STATED, PLAIN_AMOUNTS, STATED
from benefits.plan import Plan
from benefits.simulation.table import DEFAULT_FACTS, NO_DAY, BillTable, Column, Constant, Flags, Int64, Numbers, Words

COLUMN_OF_FACT = {"person_tags": "person_tags", "bill_tags": "bill_tags", "diagnosis": "diagnoses"}
DAYS = ("admitted_on", "discharged_on", "birth_date", "cover_from", "cover_to")


def _load(path: Path) -> pa.Table:
    if not path.is_file():
        raise BadValue(str(path), "there is no such file")
    if path.suffix == ".parquet":
        return pq.read_table(path)
    with path.open("rb") as head:
        names = head.readline().decode("utf-8-sig").strip().split(",")
    types: dict[str, pa.DataType] = {name: pa.string() for name in names}
    for name in names:
        if name.endswith("_fen") or name in ("age", "continuous_years", "claim_free_years"):
            types[name] = pa.int64()
        elif name.endswith("_yuan"):
            types[name] = pa.decimal128(18, 4)
        elif name in DAYS:
            types[name] = pa.date32()
    try:
        options = pacsv.ConvertOptions(column_types=types, strings_can_be_null=False)
        return pacsv.read_csv(path, convert_options=options)
    except pa.ArrowInvalid as error:
        message = re.sub(r"CSV column #(\d+)", lambda found: f"column {names[int(found[1])]}", str(error))
        raise BadValue(str(path), message) from None


def _fen(name: str, column: pa.ChunkedArray, missing: int) -> Int64:
    """A column of fen or yuan → int64 fen. Yuan must have no parts of a fen; an empty cell is an amount left out."""
    if name.endswith("_yuan"):
        if pa.types.is_floating(column.type):
            fen = column.to_numpy() * 100
            whole = np.rint(fen)
            if np.any(np.abs(fen - whole) > 1e-6 * np.maximum(np.abs(fen), 1)):
                raise BadValue(name, "has amounts with parts of a fen")
            return np.where(np.isnan(whole), missing, whole).astype(np.int64)
        cents = pc.multiply(pc.cast(column, pa.decimal128(18, 4)), pa.scalar(100, pa.decimal128(3, 0)))
        try:
            column = pc.cast(cents, pa.int64())
        except pa.ArrowInvalid:
            raise BadValue(name, "has amounts with parts of a fen") from None
    values = pc.fill_null(pc.cast(column, pa.int64()), missing)
    return np.asarray(values.to_numpy(), np.int64)


def _codes(column: pa.ChunkedArray) -> tuple[list[Any], Any]:
    encoded = pc.dictionary_encode(pc.fill_null(pc.cast(column, pa.string()), "")).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.chunk(0) if encoded.num_chunks else pa.array([], pa.string()).dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False)


def _flag(name: str, text: str) -> bool:
    if text.lower() in ("true", "1", "yes"):
        return True
    if text.lower() in ("false", "0", "no", ""):
        return False
    raise BadValue(name, f"expected true or false, got {text!r}")


def _fact(fact: str, name: str, column: pa.ChunkedArray) -> Column:
    if fact in YES_NO:
        if pa.types.is_boolean(column.type):
            return Flags(np.asarray(pc.fill_null(column, bool(DEFAULT_FACTS[fact])).to_numpy()))
        words, codes = _codes(column)
        return Flags(np.array([_flag(name, word) if word else bool(DEFAULT_FACTS[fact]) for word in words])[codes])
    if fact in NUMBERS:
        default = UNKNOWN_AGE if fact == "age" else DEFAULT_FACTS[fact]
        return Numbers(_plausible(fact, np.asarray(pc.fill_null(pc.cast(column, pa.int32()), default).to_numpy())))
    words, codes = _codes(column)
    if fact in SETS:
        return Words(tuple(frozenset(part for part in word.split("|") if part) for word in words), codes)
    return Words(tuple(word or str(DEFAULT_FACTS.get(fact, "")) for word in words), codes)


def _plausible(fact: str, values: Any) -> Any:
    """Numbers of a person that can be. Raises BadValue naming the column."""
    low, high = {"age": (UNKNOWN_AGE, OLDEST), "continuous_years": (1, OLDEST)}.get(fact, (0, 2**31 - 1))
    if values.size and (int(values.min()) < low or int(values.max()) > high):
        raise BadValue(fact, f"lies between {values.min()} and {values.max()}; possible is {low} to {high}")
    return values


def _days(column: pa.ChunkedArray, missing: int) -> Any:
    return pc.fill_null(pc.cast(pc.cast(column, pa.date32()), pa.int32()), missing).to_numpy()


def _ages(births: Any, days: Any) -> Any:
    """Whole years as birthdays count them, of days since 1970-01-01; UNKNOWN_AGE without a birth date.

    Raises BadValue for people born after their bill, or older than anybody was.
    """
    born = births.astype("datetime64[D]")
    now = days.astype("datetime64[D]")
    years = now.astype("datetime64[Y]").astype(int) - born.astype("datetime64[Y]").astype(int)

    def month_day(of: Any) -> Any:
        months = of.astype("datetime64[M]")
        return (months.astype(int) % 12) * 32 + (of - months.astype("datetime64[D]")).astype(int)

    ages = years - (month_day(now) < month_day(born))
    known = (births != NO_DAY) & (days != NO_DAY)
    if np.any(known & ((births > days) | (ages > OLDEST))):
        raise BadValue("birth_date", "lies after the day of a bill, or makes somebody older than anybody was")
    return np.where(known, ages, UNKNOWN_AGE).astype(np.int32)


def read_bills(plan: Plan, path: str | Path, people: str | Path | None = None) -> BillTable:
    """Bills of a file as the plan's terms need them; facts from the file of people joined by `person_id`.

    Raises BadValue naming the column.
    """
    bills = _load(Path(path))
    if "person_id" not in bills.column_names:
        raise BadValue(str(path), "has no column person_id")
    if people is not None:
        who = _load(Path(people))
        extra = [name for name in who.column_names if name not in bills.column_names]
        bills = _join(bills, who.select(["person_id", *extra]), str(people))
    return table_from_arrow(plan, bills)


def _join(bills: pa.Table, who: pa.Table, name: str) -> pa.Table:
    """Each bill with its person's columns; the order of the bills is kept."""
    ids = who.column("person_id").combine_chunks()
    places = pc.index_in(pc.cast(bills.column("person_id"), ids.type), value_set=ids)
    if places.null_count:
        raise BadValue(name, f"lacks {places.null_count} bills' people")
    found = who.take(places.combine_chunks())
    for column in found.column_names:
        if column != "person_id":
            bills = bills.append_column(column, found.column(column))
    return bills


def read_people(path: str | Path) -> pa.Table:
    """The file of insured people, one row each, for premiums and ages."""
    return _load(Path(path))


def table_from_arrow(plan: Plan, bills: pa.Table) -> BillTable:
    """An arrow table of bills → `BillTable`."""
    names = set(bills.column_names)
    used = {"person_id", "family_id", "bill_id"}
    amounts: dict[str, Int64] = {}
    for name in (*PLAIN_AMOUNTS, *plan.amounts, *STATED):
        given = [column for column in (f"{name}_fen", f"{name}_yuan") if column in names]
        if len(given) > 1:
            raise BadValue(given[1], f"{name} is given twice (fen and yuan)")
        if given:
            missing = NOT_STATED if name in STATED else 0
            amounts[name] = _fen(given[0], bills.column(given[0]), missing)
            used.add(given[0])
    facts: dict[str, Column] = {fact: Constant(value) for fact, value in DEFAULT_FACTS.items()}
    for fact in (*YES_NO, *WORDS, *NUMBERS, *SETS):
        name = COLUMN_OF_FACT.get(fact, fact)
        if name in names and name != "paid_by":
            facts[fact] = _fact(fact, name, bills.column(name))
            used.add(name)
    days = {name: _days(bills.column(name), NO_DAY) for name in DAYS if name in names}
    if "birth_date" in days and "age" not in facts and "admitted_on" in days:
        facts["age"] = Numbers(_ages(days["birth_date"], days["admitted_on"]))
    person_ids, person = _codes(bills.column("person_id"))
    cover_from = days.get("cover_from")
    return BillTable(
        person=person,
        unit=_units(bills, person),
        amounts=amounts,
        facts=facts,
        day=days.get("admitted_on"),
        cover_from=cover_from,
        cover_to=None if "cover_to" not in days else np.where(days["cover_to"] == NO_DAY, 2**31 - 1, days["cover_to"]),
        labels={name: bills.column(name) for name in bills.column_names if name not in used and name not in DAYS},
        person_ids=person_ids,
    )


def _units(bills: pa.Table, person: Any) -> Any:
    """Family codes; people without a family stand for themselves."""
    if "family_id" not in bills.column_names:
        return person
    families, codes = _codes(bills.column("family_id"))
    alone = np.array([family == "" for family in families], bool)[codes]
    return np.where(alone, len(families) + person, codes)


def people_facts(people: pa.Table) -> dict[str, Column]:
    """Facts of the insured, one row each, for premium lines."""
    facts: dict[str, Column] = {fact: Constant(value) for fact, value in DEFAULT_FACTS.items()}
    for fact in (*YES_NO, *WORDS, *NUMBERS, *SETS):
        name = COLUMN_OF_FACT.get(fact, fact)
        if name in people.column_names and name != "paid_by":
            facts[fact] = _fact(fact, name, people.column(name))
    return facts
