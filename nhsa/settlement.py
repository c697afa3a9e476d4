"""Settlement records: 5201 visits, 5202 diagnoses, 5203 settlements, 5204 fee lines → `Settlement` in integer fen.

Field names equal benefits.Bill's and BillLine's where they mean the same, so that claims maps one to one.
Source: facts/nhsa_fields.json; identities I1-I4, I6: a difference above 0.01 yuan is a warning, never a refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from nhsa import codes, values
from nhsa.client import Client
from nhsa.errors import NhsaUnknownOutcome
from nhsa.mapping import RegionMapping, mapping_for

TOLERANCE_FEN = 1


@dataclass(frozen=True, slots=True)
class Diagnosis:
    code: str
    name: str = field(repr=False)
    main: bool = False


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One charged item. catalogue: A, B or C (out of catalogue). kind: drug, material, service, examination, other."""

    line_no: str
    code: str
    name: str
    kind: str
    catalogue: str
    quantity: Decimal
    unit_price: Decimal
    charged_at: datetime | None
    negotiated: bool
    amount_fen: int
    out_of_catalogue_fen: int
    over_limit_fen: int
    class_b_first_fen: int
    in_scope_fen: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """One settled, not reversed visit. Amounts in fen. place: local, elsewhere, elsewhere_referred.

    blank: amounts the platform sent as null, counted as 0. warnings: codes of identities that do not hold, with the
    difference in fen, and of parts that disagree: these are for the reviewer, never a reason to drop the record.
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
    total_fen: int
    in_scope_fen: int
    class_b_first_fen: int
    over_limit_fen: int
    out_of_catalogue_fen: int
    deductible_fen: int
    basic_fund_paid_fen: int
    critical_illness_paid_fen: int
    large_amount_paid_fen: int
    civil_servant_paid_fen: int
    assistance_paid_fen: int
    other_paid_fen: int
    funds_paid_fen: int
    hospital_borne_fen: int
    personal_fen: int
    account_paid_fen: int
    family_account_paid_fen: int
    cash_paid_fen: int
    diagnoses: tuple[Diagnosis, ...] = field(repr=False)
    lines: tuple[FeeLine, ...] = field(repr=False)
    blank: frozenset[str] = frozenset()
    warnings: tuple[str, ...] = ()


def fetch_settlements(
    client: Client, *, psn_no: str, area: str, since: date, until: date, opter: str = "portal"
) -> list[Settlement]:
    """Settlements of visits that touch [since, until), oldest first; reversed ones are left out.

    area: the person's insured area from 1101; it chooses the field mapping. Raises NhsaRefused, NhsaUnknownOutcome.
    """
    query = {
        "psn_no": psn_no,
        "begntime": f"{since} 00:00:00",
        "endtime": f"{date.fromordinal(until.toordinal() - 1)} 23:59:59",
        "med_type": "",
        "mdtrt_id": "",
    }
    mapping, found = mapping_for(area), []
    try:
        for visit in values.rows(client.call("5201", query, insured_area=area, opter=opter), "mdtrtinfo"):
            visit_key = {"psn_no": psn_no, "mdtrt_id": values.text(visit, "mdtrt_id"), "setl_id": ""}
            for row in values.rows(client.call("5203", visit_key, insured_area=area, opter=opter), "setlinfo"):
                if values.text(mapping.node(mapping.settlement, row), "reversed") in mapping.reversed_values:
                    continue
                key = {**visit_key, "setl_id": values.text(mapping.node(mapping.settlement, row), "settlement_no")}
                diagnoses = client.call("5202", visit_key, insured_area=area, opter=opter)
                lines = client.call("5204", key, insured_area=area, opter=opter)
                found.append(
                    read_settlement(
                        row,
                        diagnoses=values.rows(diagnoses, "diseinfo"),
                        lines=values.rows(lines, "feedetail"),
                        area=area,
                    )
                )
    except values.Unreadable as error:
        raise NhsaUnknownOutcome("output_unreadable", infno="5203", message=error.field) from error
    return sorted(found, key=lambda settlement: (settlement.discharged_on, settlement.settlement_no))


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
    insured_area = values.text(facts, "insured_area") or area
    return Settlement(
        settlement_no=values.text(facts, "settlement_no"),
        visit_no=values.text(facts, "visit_no"),
        psn_no=values.text(row, "psn_no"),
        insurance_type=codes.name_of(codes.INSURANCE_TYPES, values.text(facts, "insurance_type")),
        insured_area=insured_area,
        insurance_year=values.text(facts, "insurance_year"),
        encounter_type=codes.name_of(codes.ENCOUNTER_TYPES, values.text(facts, "encounter_type")),
        hospital_code=values.text(facts, "hospital_code"),
        hospital_name=values.text(facts, "hospital_name"),
        hospital_level=mapping.hospital_levels.get(values.text(facts, "hospital_level"), ""),
        place=_place(values.text(facts, "hospital_area"), insured_area, values.text(facts, "encounter_type")),
        admitted_on=admitted_on,
        discharged_on=discharged_on,
        settled_at=values.moment(facts, "settled_at"),
        invoice_no=values.text(facts, "invoice_no"),
        diagnoses=tuple(_diagnoses(diagnoses)),
        lines=fee_lines,
        blank=blank,
        warnings=tuple(_warnings(amounts, blank, fee_lines)),
        **amounts,
    )


def _place(hospital_area: str, insured_area: str, med_type: str) -> str:
    if not hospital_area or hospital_area[:4] == insured_area[:4]:
        return "local"
    return "elsewhere_referred" if med_type == "23" else "elsewhere"


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
    if read["amount_fen"] is None:
        raise values.Unreadable("amount_fen")
    kind = codes.name_of(codes.LINE_KINDS, values.text(facts, "kind"))
    if kind == "service" and values.text(facts, "item_type") in codes.EXAMINATION_ITEMS:
        kind = "examination"
    return FeeLine(
        line_no=values.text(facts, "line_no"),
        code=values.text(facts, "code"),
        name=values.text(facts, "name"),
        kind=kind,
        catalogue=codes.name_of(codes.CATALOGUE_CLASSES, values.text(facts, "catalogue"), unknown=""),
        quantity=_number(facts, "quantity"),
        unit_price=_number(facts, "unit_price"),
        charged_at=values.moment(facts, "charged_at"),
        negotiated=values.text(facts, "negotiated") == "1",
        **{name: amount or 0 for name, amount in read.items()},
    )


def _number(facts: Mapping[str, Any], name: str) -> Decimal:
    try:
        return Decimal(values.text(facts, name) or "0")
    except InvalidOperation:
        raise values.Unreadable(name) from None


def _warnings(amounts: Mapping[str, int], blank: frozenset[str], lines: tuple[FeeLine, ...]) -> list[str]:
    """ "code:difference_fen" for every identity that is off by more than a fen. Blank sums are not compared."""
    a = amounts
    parts = a["out_of_catalogue_fen"] + a["over_limit_fen"] + a["class_b_first_fen"] + a["in_scope_fen"]
    funds = sum(
        a[f"{name}_paid_fen"]
        for name in ("basic_fund", "critical_illness", "large_amount", "civil_servant", "assistance", "other")
    )
    checks = [
        ("total_vs_parts", a["total_fen"], parts, "in_scope_fen"),
        ("funds_vs_layers", a["funds_paid_fen"], funds, "funds_paid_fen"),
        (
            "total_vs_payers",
            a["total_fen"],
            a["funds_paid_fen"] + a["personal_fen"] + a["hospital_borne_fen"],
            "funds_paid_fen",
        ),
        (
            "personal_vs_account_and_cash",
            a["personal_fen"],
            a["account_paid_fen"] + a["cash_paid_fen"],
            "cash_paid_fen",
        ),
    ]
    if lines:
        checks.append(("total_vs_lines", a["total_fen"], sum(line.amount_fen for line in lines), "total_fen"))
    found = [
        f"{code}:{left - right:+d}"
        for code, left, right, needs in checks
        if needs not in blank and abs(left - right) > TOLERANCE_FEN
    ]
    for line in lines:
        own = line.out_of_catalogue_fen + line.over_limit_fen + line.class_b_first_fen + line.in_scope_fen
        if abs(line.amount_fen - own) > TOLERANCE_FEN:
            found.append(f"line_vs_parts:{line.amount_fen - own:+d}:{line.line_no}")
    return found
