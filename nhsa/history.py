"""What somebody was treated for before: 5201 visits and 5202 diagnoses of years gone by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from nhsa import values
from nhsa.client import Client
from nhsa.errors import NhsaUnknownOutcome
from nhsa.mapping import RegionMapping, mapping_for
from nhsa.settlement import Questions, readable

# What is bought at a counter is bought without a diagnosis.
_WITHOUT_DIAGNOSIS = frozenset({"pharmacy", "outpatient_drug"})


@dataclass(frozen=True, slots=True)
class KnownDiagnosis:
    """code: ICD-10 with its national extension (C50.900), as the hospital sent it. on: when it was made, else the first
    day of the visit."""

    code: str
    on: date
    visit_no: str


def fetch_known_diagnoses(
    client: Client,
    *,
    psn_no: str,
    area: str,
    from_on: date,
    to_on: date,
    deadline: float | None = None,
    opter: str = "portal",
) -> list[KnownDiagnosis]:
    """Diagnoses of the days [from_on, to_on), oldest first: one call, and one more for each visit that touches them.

    An empty list is the platform's own "none". area, deadline: as for fetch_settlements. Raises NhsaRefused, and
    NhsaUnknownOutcome as soon as one answer of them all is missing, or a visit has no diagnosis that somebody treated
    must have (diagnosis_not_told): a part of what is known would pass for all of it.
    """
    ask = Questions(client, area, opter, deadline)
    found: list[KnownDiagnosis] = []
    with readable("5202"):
        for visit in ask.visits(psn_no, since=from_on, until=to_on):
            rows = values.rows(ask("5202", {"psn_no": psn_no, "mdtrt_id": values.text(visit, "mdtrt_id")}), "diseinfo")
            found += _told(mapping_for(area), visit, rows)
    return sorted({one for one in found if from_on <= one.on < to_on}, key=lambda one: (one.on, one.visit_no, one.code))


def _told(mapping: RegionMapping, visit: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> Iterator[KnownDiagnosis]:
    number, began_on = values.text(visit, "mdtrt_id"), values.day(visit, "begntime")
    told = [(values.text(row, "diag_code"), values.day(row, "diag_time") or began_on) for row in rows]
    told = told or [(values.text(visit, "dscg_maindiag_code"), began_on)]
    coded = [(code, on) for code, on in told if code]
    kind = mapping.encounter_types.get(values.text(visit, "med_type"), "other")
    if not coded and kind not in _WITHOUT_DIAGNOSIS:
        raise NhsaUnknownOutcome("diagnosis_not_told", infno="5202")
    for code, on in coded:
        if on is None:
            raise values.Unreadable("diag_time")
        yield KnownDiagnosis(code, on, number)
