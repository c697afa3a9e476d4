"""Settlement records: 5201 visits, 5202 diagnoses, 5203 settlements, 5204 fee lines → `Settlement` in integer fen.

Names of amounts are those of the region's mapping (nhsa/mappings), which are benefits.Bill's and BillLine's where they
mean the same, so that claims takes them over one to one.
Source: facts/nhsa_fields.json; identities I1-I4, I6: a difference above 0.01 yuan is a warning, never a refusal.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from nhsa import codes, values
from nhsa.client import Client
from nhsa.errors import NhsaNotFound, NhsaUnknownOutcome
from nhsa.mapping import RegionMapping, mapping_for

TOLERANCE_FEN = 1


@dataclass(frozen=True, slots=True)
class Diagnosis:
    code: str
    name: str = field(repr=False)
    main: bool = False


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One charged item. catalogue: A, B or C (out of catalogue). kind: drug, material, service, examination, other.
    category: of the fee, a word of codes.FEE_CATEGORIES; "" where the platform says none or one that is not mapped.

    What was given back is a line of its own with a negative quantity and negative amounts; original_line_no: of which
    line, "" where the hospital did not say. Quantities are exact: half a package is 0.5.
    """

    line_no: str
    code: str
    name: str
    kind: str
    category: str
    catalogue: str
    quantity: Decimal
    unit_price: Decimal
    charged_at: datetime | None
    negotiated: bool
    original_line_no: str
    amount_fen: int
    out_of_catalogue_fen: int
    over_limit_fen: int
    class_b_first_fen: int
    in_scope_fen: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """One settled, not reversed visit. place: local, elsewhere, elsewhere_referred.

    amounts: fen by the names of the region's mapping. blank: amounts the platform sent as null, counted as 0. warnings:
    codes of identities that do not hold, with the difference in fen, and of parts that disagree: these are for the
    reviewer, never a reason to drop the record. unmapped: (dictionary, code) of the region's codes for which its
    mapping has no word.
    """

    settlement_no: str
    visit_no: str
    psn_no: str
    insurance_type: str
    insured_area: str
    insurance_year: str
    encounter_type: str
    hospital_code: str
    hospital_name: str
    hospital_level: str
    place: str
    admitted_on: date
    discharged_on: date
    settled_at: datetime | None
    invoice_no: str
    amounts: Mapping[str, int]
    diagnoses: tuple[Diagnosis, ...] = field(repr=False)
    lines: tuple[FeeLine, ...] = field(repr=False)
    blank: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()
    unmapped: tuple[tuple[str, str], ...] = ()

    @property
    def total_fen(self) -> int:
        return self.amounts["total_fen"]

    @property
    def personal_fen(self) -> int:
        """What the person paid, by account and in cash, as the record says it."""
        return self.amounts["personal_fen"]


def fetch_settlements(
    client: Client,
    *,
    psn_no: str,
    area: str,
    since: date,
    until: date,
    deadline: float | None = None,
    opter: str = "portal",
) -> list[Settlement]:
    """Settlements of visits that touch [since, until), oldest first; reversed ones are left out. For a list: without
    diagnoses and fee lines, in one call and one more for each visit.

    area: the person's insured area from 1101; it chooses the field mapping. deadline: moment of time.monotonic() after
    which the platform counts as silent. Raises NhsaRefused, NhsaUnknownOutcome.
    """
    ask = Questions(client, area, opter, deadline)
    found: list[Settlement] = []
    with readable("5203"):
        for visit in ask.visits(psn_no, since=since, until=until):
            rows = ask.settlements(psn_no, visit_no=values.text(visit, "mdtrt_id"))
            found += [read_settlement(row, diagnoses=[], lines=[], area=area) for row in rows]
    return sorted(found, key=lambda settlement: (settlement.discharged_on, settlement.settlement_no))


def fetch_settlement(
    client: Client,
    *,
    psn_no: str,
    visit_no: str,
    settlement_no: str,
    area: str,
    deadline: float | None = None,
    opter: str = "portal",
) -> Settlement:
    """One settlement with its diagnoses and fee lines, by its numbers: three calls, whatever else the person has.

    deadline: as for fetch_settlements. Raises NhsaNotFound settlement_not_found, also when the hospital has taken it
    back; NhsaRefused, NhsaUnknownOutcome.
    """
    ask = Questions(client, area, opter, deadline)
    visit = {"psn_no": psn_no, "mdtrt_id": visit_no}
    with readable("5203"):
        row = _the_one(ask.settlements(psn_no, visit_no=visit_no, settlement_no=settlement_no))
        diagnoses = values.rows(ask("5202", visit), "diseinfo")
        lines = values.rows(ask("5204", {**visit, "setl_id": settlement_no}), "feedetail")
        return read_settlement(row, diagnoses=diagnoses, lines=lines, area=area)


def settlement_stands(
    client: Client,
    *,
    psn_no: str,
    visit_no: str,
    settlement_no: str,
    area: str,
    deadline: float | None = None,
    opter: str = "portal",
) -> bool:
    """Whether the platform shows the settlement and the hospital has not taken it back. One call.

    deadline: as for fetch_settlements. Raises NhsaRefused, NhsaUnknownOutcome.
    """
    ask = Questions(client, area, opter, deadline)
    with readable("5203"):
        return bool(ask.settlements(psn_no, visit_no=visit_no, settlement_no=settlement_no))


@dataclass(frozen=True, slots=True)
class VisitSettlement:
    """How a visit was settled, once or anew. reversed: the hospital has taken it back (refd_setl_flag)."""

    settlement_no: str
    reversed: bool
    admitted_on: date | None
    discharged_on: date | None


def settlements_of_visit(
    client: Client,
    *,
    psn_no: str,
    visit_no: str,
    area: str,
    deadline: float | None = None,
    opter: str = "portal",
) -> list[VisitSettlement]:
    """All settlements of one visit, those taken back too, as the platform lists them. One call (5203 without setl_id).

    deadline: as for fetch_settlements. Raises NhsaRefused, NhsaUnknownOutcome.
    """
    ask, mapping = Questions(client, area, opter, deadline), mapping_for(area)
    with readable("5203"):
        rows = values.rows(ask("5203", {"psn_no": psn_no, "mdtrt_id": visit_no, "setl_id": ""}), "setlinfo")
        told = [mapping.node(mapping.settlement, row) for row in rows]
        return [
            VisitSettlement(
                settlement_no=values.text(facts, "settlement_no"),
                reversed=values.text(facts, "reversed") in mapping.reversed_values,
                admitted_on=values.day(facts, "admitted_on"),
                discharged_on=values.day(facts, "discharged_on"),
            )
            for facts in told
        ]


class Questions:
    """Calls about one person's settlements: the area that routes them, and how long the answers may take together."""

    def __init__(self, client: Client, area: str, opter: str, deadline: float | None = None) -> None:
        self.client, self.area, self.opter, self.deadline = client, area, opter, deadline

    def __call__(self, infno: str, data: Mapping[str, Any]) -> Any:
        seconds = None if self.deadline is None else self.deadline - time.monotonic()
        return self.client.call(infno, data, insured_area=self.area, opter=self.opter, seconds=seconds)

    def visits(self, psn_no: str, *, since: date, until: date) -> list[Mapping[str, Any]]:
        """5201 rows of visits that touch [since, until)."""
        last = date.fromordinal(until.toordinal() - 1)
        query = {"begntime": f"{since} 00:00:00", "endtime": f"{last} 23:59:59", "med_type": "", "mdtrt_id": ""}
        return values.rows(self("5201", {"psn_no": psn_no, **query}), "mdtrtinfo")

    def settlements(self, psn_no: str, *, visit_no: str, settlement_no: str = "") -> list[Mapping[str, Any]]:
        """5203 rows of a visit that were not reversed; of one settlement alone when it is named."""
        mapping = mapping_for(self.area)
        key = {"psn_no": psn_no, "mdtrt_id": visit_no, "setl_id": settlement_no}
        return [row for row in values.rows(self("5203", key), "setlinfo") if _counts(mapping, row, settlement_no)]


def _counts(mapping: RegionMapping, row: Mapping[str, Any], settlement_no: str) -> bool:
    facts = mapping.node(mapping.settlement, row)
    wanted = settlement_no in ("", values.text(facts, "settlement_no"))
    return wanted and values.text(facts, "reversed") not in mapping.reversed_values


def _the_one(rows: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    if not rows:
        raise NhsaNotFound("settlement_not_found", infno="5203")
    return rows[0]


@contextmanager
def readable(infno: str) -> Iterator[None]:
    try:
        yield
    except values.Unreadable as error:
        raise NhsaUnknownOutcome("output_unreadable", infno=infno, message=error.field) from error


def read_settlement(
    row: Mapping[str, Any], *, diagnoses: list[Mapping[str, Any]], lines: list[Mapping[str, Any]], area: str
) -> Settlement:
    """One 5203 record with its 5202 and 5204 rows. Raises values.Unreadable naming the field."""
    mapping = mapping_for(area)
    facts = mapping.node(mapping.settlement, row)
    given = mapping.node(mapping.amounts, row)
    read = {name: values.fen(given, name) for name in mapping.amounts}
    blank = frozenset(name for name, amount in read.items() if amount is None)
    if missing := blank & mapping.required:
        raise values.Unreadable(min(missing))
    amounts = {name: amount or 0 for name, amount in read.items()}
    amounts["other_paid_fen"] = amounts.pop("enterprise_paid_fen") + amounts.pop("further_funds_paid_fen")
    admitted_on, discharged_on = values.day(facts, "admitted_on"), values.day(facts, "discharged_on")
    if admitted_on is None or discharged_on is None:
        raise values.Unreadable("admitted_on" if admitted_on is None else "discharged_on")
    fee_lines = tuple(_line(mapping, line) for line in lines)
    lines_without_amount = [
        line.line_no
        for line, row in zip(fee_lines, lines, strict=True)
        if not values.text(mapping.node(mapping.line_amounts, row), "amount_fen")
    ]
    insured_area = values.text(facts, "insured_area") or area
    return Settlement(
        settlement_no=values.text(facts, "settlement_no"),
        visit_no=values.text(facts, "visit_no"),
        psn_no=values.text(row, "psn_no"),
        insurance_type=codes.name_of(codes.INSURANCE_TYPES, values.text(facts, "insurance_type")),
        insured_area=insured_area,
        insurance_year=values.text(facts, "insurance_year"),
        encounter_type=mapping.encounter_types.get(values.text(facts, "encounter_type"), "other"),
        hospital_code=values.text(facts, "hospital_code"),
        hospital_name=values.text(facts, "hospital_name"),
        hospital_level=mapping.hospital_levels.get(values.text(facts, "hospital_level"), ""),
        place=_place(mapping, values.text(facts, "hospital_area"), insured_area, values.text(facts, "encounter_type")),
        admitted_on=admitted_on,
        discharged_on=discharged_on,
        settled_at=values.moment(facts, "settled_at"),
        invoice_no=values.text(facts, "invoice_no"),
        diagnoses=tuple(_diagnoses(diagnoses)),
        lines=fee_lines,
        blank=blank,
        warnings=tuple(_warnings(amounts, blank, fee_lines, lines_without_amount)),
        unmapped=tuple(_unmapped(mapping, facts, lines)),
        amounts=amounts,
    )


def _place(mapping: RegionMapping, hospital_area: str, insured_area: str, med_type: str) -> str:
    if not hospital_area or hospital_area[:4] == insured_area[:4]:
        return "local"
    return "elsewhere_referred" if med_type in mapping.referred_med_types else "elsewhere"


def _unmapped(
    mapping: RegionMapping, facts: Mapping[str, Any], lines: list[Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    """Each code once; a blank one is none."""
    med_type = values.text(facts, "encounter_type")
    if med_type and med_type not in mapping.encounter_types:
        yield "med_type", med_type
    categories = {values.text(mapping.node(mapping.lines, line), "category") for line in lines}
    for code in sorted(categories - {""} - mapping.fee_categories.keys()):
        yield "med_chrgitm_type", code


def _diagnoses(rows: list[Mapping[str, Any]]) -> list[Diagnosis]:
    ordered = sorted(rows, key=lambda row: (values.text(row, "maindiag_flag") != "1", values.text(row, "diag_srt_no")))
    return [
        Diagnosis(
            code=values.text(row, "diag_code"),
            name=values.text(row, "diag_name"),
            main=values.text(row, "maindiag_flag") == "1",
        )
        for row in ordered
    ]


def _line(mapping: RegionMapping, row: Mapping[str, Any]) -> FeeLine:
    facts, given = mapping.node(mapping.lines, row), mapping.node(mapping.line_amounts, row)
    read = {name: values.fen(given, name) for name in mapping.line_amounts}
    kind = codes.name_of(codes.LINE_KINDS, values.text(facts, "kind"))
    category = mapping.fee_categories.get(values.text(facts, "category"), "")
    if kind == "service" and category in codes.EXAMINATIONS:
        kind = "examination"
    return FeeLine(
        line_no=values.text(facts, "line_no"),
        code=values.text(facts, "code"),
        name=values.text(facts, "name"),
        kind=kind,
        category=category,
        catalogue=codes.name_of(codes.CATALOGUE_CLASSES, values.text(facts, "catalogue"), unknown=""),
        quantity=_number(facts, "quantity"),
        unit_price=_number(facts, "unit_price"),
        charged_at=values.moment(facts, "charged_at"),
        negotiated=values.text(facts, "negotiated") == "1",
        original_line_no=values.text(facts, "original_line_no"),
        **{name: amount or 0 for name, amount in read.items()},
    )


def _number(facts: Mapping[str, Any], name: str) -> Decimal:
    try:
        number = Decimal(values.text(facts, name) or "0")
    except InvalidOperation:
        raise values.Unreadable(name) from None
    if not number.is_finite():
        raise values.Unreadable(name)
    return number


def _warnings(
    amounts: Mapping[str, int], blank: frozenset[str], lines: tuple[FeeLine, ...], without_amount: list[str]
) -> list[str]:
    """ "code:difference_fen" for every identity that is off by more than a fen. Blank sums are not compared."""
    a = amounts
    parts = a["out_of_catalogue_fen"] + a["over_limit_fen"] + a["class_b_first_fen"] + a["in_scope_fen"]
    funds = sum(
        a[f"{name}_paid_fen"]
        for name in ("basic_fund", "critical_illness", "large_amount", "civil_servant", "assistance", "other")
    )
    payers = a["funds_paid_fen"] + a["personal_fen"] + a["hospital_borne_fen"]
    person = a["account_paid_fen"] + a["cash_paid_fen"]
    checks = [
        ("total_vs_parts", a["total_fen"], parts, "in_scope_fen"),
        ("funds_vs_layers", a["funds_paid_fen"], funds, "funds_paid_fen"),
        ("total_vs_payers", a["total_fen"], payers, "funds_paid_fen"),
        ("personal_vs_account_and_cash", a["personal_fen"], person, "cash_paid_fen"),
    ]
    if lines:
        outside = sum(line.out_of_catalogue_fen for line in lines)
        checks += [
            ("total_vs_lines", a["total_fen"], sum(line.amount_fen for line in lines), "total_fen"),
            ("out_of_catalogue_vs_lines", a["out_of_catalogue_fen"], outside, "out_of_catalogue_fen"),
        ]
    found = [
        f"{code}:{left - right:+d}"
        for code, left, right, needs in checks
        if needs not in blank and abs(left - right) > TOLERANCE_FEN
    ]
    found += [f"negative:{amount}:{name}" for name, amount in a.items() if amount < 0]
    for line in lines:
        own = line.out_of_catalogue_fen + line.over_limit_fen + line.class_b_first_fen + line.in_scope_fen
        if line.line_no in without_amount:
            found.append(f"line_without_amount:{own:+d}:{line.line_no}")
        elif abs(line.amount_fen - own) > TOLERANCE_FEN:
            found.append(f"line_vs_parts:{line.amount_fen - own:+d}:{line.line_no}")
    return found
