"""What somebody was treated for before the cover began: all of it, or an error."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest

from nhsa import Client, KnownDiagnosis, NhsaError, NhsaUnknownOutcome, fetch_known_diagnoses
from sandbox.testing import Sandbox

ZHAO = "41120000000000000000001005"
CANCER, FLU = {"code": "C50.900", "name": "乳腺恶性肿瘤"}, {"code": "J11.100", "name": "流行性感冒"}


def visit(sandbox: Sandbox, number: int, begin: str, end: str, *diagnoses: dict[str, str], **more: Any) -> None:
    line = {"code": "X", "name": "检验费", "list_type": 201, "item_type": "04", "lv": "01", "cnt": 1, "pric": 10}
    stay = {"psn_no": ZHAO, "hospital": "H41120200012", "med_type": "21", "lines": [line], "diagnoses": diagnoses}
    sandbox.put_stay(**stay | {"setl_id": f"S{number}", "mdtrt_id": f"M{number}", "begin": begin, "end": end} | more)


def known(client: Client, from_on: date, to_on: date, **more: Any) -> list[KnownDiagnosis]:
    return fetch_known_diagnoses(client, psn_no=ZHAO, area="411200", from_on=from_on, to_on=to_on, **more)


def test_every_diagnosis_of_every_visit_with_its_day(client: Client, sandbox: Sandbox) -> None:
    visit(sandbox, 2, "2025-11-20", "2025-11-20", FLU, med_type="11")
    visit(sandbox, 1, "2024-03-01", "2024-03-09", CANCER, FLU)
    assert known(client, date(2024, 1, 1), date(2026, 1, 1)) == [
        KnownDiagnosis("C50.900", date(2024, 3, 1), "M1"),
        KnownDiagnosis("J11.100", date(2024, 3, 1), "M1"),
        KnownDiagnosis("J11.100", date(2025, 11, 20), "M2"),
    ]


def test_the_interval_is_half_open(client: Client, sandbox: Sandbox) -> None:
    visit(sandbox, 1, "2024-03-01", "2024-03-09", CANCER)
    days = (
        (date(2024, 3, 1), date(2024, 3, 2)),
        (date(2024, 2, 1), date(2024, 3, 1)),
        (date(2024, 3, 2), date(2025, 1, 1)),
    )
    assert [len(known(client, *interval)) for interval in days] == [1, 0, 0]


def test_nobody_treated_is_an_answer(client: Client) -> None:
    assert known(client, date(2024, 1, 1), date(2026, 1, 1)) == []


@pytest.mark.parametrize("infno", ["5201", "5202"])
@pytest.mark.parametrize("kind", ["refuse", "drop_reply"])
def test_one_answer_missing_and_nothing_is_told(client: Client, sandbox: Sandbox, infno: str, kind: str) -> None:
    visit(sandbox, 1, "2024-03-01", "2024-03-09", CANCER)
    visit(sandbox, 2, "2025-03-01", "2025-03-09", FLU)
    sandbox.fault("nhsa", infno, kind, count=1)
    with pytest.raises(NhsaError):
        known(client, date(2024, 1, 1), date(2026, 1, 1))


def test_a_visit_whose_diagnosis_is_not_told_is_not_a_visit_without_one(client: Client, sandbox: Sandbox) -> None:
    visit(sandbox, 1, "2024-03-01", "2024-03-09")
    with pytest.raises(NhsaUnknownOutcome) as unknown:
        known(client, date(2024, 1, 1), date(2026, 1, 1))
    assert unknown.value.code == "diagnosis_not_told"


def test_what_is_bought_at_a_pharmacy_has_none(client: Client, sandbox: Sandbox) -> None:
    visit(sandbox, 1, "2024-03-01", "2024-03-01", med_type="41")
    assert known(client, date(2024, 1, 1), date(2026, 1, 1)) == []


def test_whoever_waits_no_longer_learns_nothing(client: Client, sandbox: Sandbox) -> None:
    visit(sandbox, 1, "2024-03-01", "2024-03-09", CANCER)
    with pytest.raises(NhsaUnknownOutcome) as silence:
        known(client, date(2024, 1, 1), date(2026, 1, 1), deadline=time.monotonic())
    assert silence.value.code == "timeout"
