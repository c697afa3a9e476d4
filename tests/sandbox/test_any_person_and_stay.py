"""Whatever a person has and whatever was done to her can be put in, but for what the platform would refuse."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from sandbox.testing import Sandbox
from tests.sandbox.wire import nhsa

ZHAO = "41120000000000000000001005"
SURGERY = {"code": "A1", "name": "手术费", "list_type": 201, "item_type": "06", "lv": "01", "cnt": 1, "pric": 5000}
DRUG = {"code": "X1", "name": "注射剂", "list_type": 101, "item_type": "09", "lv": "03", "cnt": 10, "pric": 100}
STAY: dict[str, Any] = {
    "setl_id": "S77", "mdtrt_id": "M77", "psn_no": ZHAO, "hospital": "H41120200012", "med_type": "21",
    "begin": "2026-05-01", "end": "2026-05-09", "lines": [SURGERY], "diagnoses": [{"code": "R50", "name": "发热"}],
}  # fmt: skip


def person(sandbox: Sandbox) -> dict[str, Any]:
    zhao = sandbox.person("赵国强")
    asked = {
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": zhao["certno"],
        "certno": zhao["certno"],
        "psn_name": zhao["name"],
    }
    found: dict[str, Any] = nhsa(sandbox, "1101", asked).json()["output"]
    return found


def lines(sandbox: Sandbox, key: dict[str, str] | None = None) -> list[dict[str, Any]]:
    asked = {"psn_no": ZHAO, "mdtrt_id": "M77", "setl_id": "S77", **(key or {})}
    found: list[dict[str, Any]] = nhsa(sandbox, "5204", asked).json()["output"]
    return found


# people --------------------------------------------------------------------------------------------------------------


def test_a_class_of_assistance_for_two_years_and_at_a_level(sandbox: Sandbox) -> None:
    poor = {"code": "302", "name": "低保", "since": "2024-01-01", "until": "2026-01-01", "level": "2"}
    sandbox.put_person(psn_no=ZHAO, identities=[poor])
    (said,) = person(sandbox)["idetinfo"]
    assert (said["psn_idet_type"], said["psn_type_lv"], said["begntime"], said["endtime"]) == (
        "302", "2", "2024-01-01 00:00:00", "2026-01-01 00:00:00",
    )  # fmt: skip


def test_an_insurance_that_paused_and_another_that_runs(sandbox: Sandbox) -> None:
    employee = {"type": "310", "psn_type": "1101", "status": "2", "since": "2010-01-01", "paused_on": "2026-02-01"}
    resident = {"type": "390", "psn_type": "1501", "status": "1", "since": "2026-09-01"}
    sandbox.put_person(psn_no=ZHAO, insurances=[{**one, "area": "411200"} for one in (employee, resident)])
    said = [(one["insutype"], one["psn_insu_date"], one["paus_insu_date"]) for one in person(sandbox)["insuinfo"]]
    assert said == [("310", "2010-01-01", "2026-02-01"), ("390", "2026-09-01", None)]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"insurances": [{"type": "777", "status": "1", "area": "411200"}]}, "no insurance has the code 777"),
        ({"insurances": [{"type": "310", "status": "9", "area": "411200"}]}, "no state of an insurance"),
        (
            {"insurances": [{"type": "310", "status": "2", "since": "2026-02-01", "paused_on": "2026-01-31"}]},
            "2026-01-31 lies before 2026-02-01",
        ),
        ({"identities": [{"code": "301", "since": "2026-01-01", "until": "2026-01-01"}]}, "lies before"),
        ({"identities": [{"code": "301"}]}, "since when"),
    ],
)
def test_a_person_whom_the_platform_cannot_have(sandbox: Sandbox, wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        sandbox.put_person(psn_no=ZHAO, **wrong)


# stays ---------------------------------------------------------------------------------------------------------------


def test_a_stay_at_any_hospital_of_any_kind_by_referral(sandbox: Sandbox) -> None:
    there = {"code": "H31010100001", "name": "上海示例医院", "level": "02", "area": "310101"}
    settled = sandbox.put_stay(**STAY | {"hospital": there, "med_type": "23"})
    assert (settled["fixmedins_code"], settled["hosp_lv"], settled["fixmedins_poolarea"], settled["med_type"]) == (
        "H31010100001", "02", "310101", "23",
    )  # fmt: skip


def test_three_of_ten_ampoules_came_back(sandbox: Sandbox) -> None:
    settled = sandbox.put_stay(**STAY | {"lines": [DRUG, {**DRUG, "cnt": -3, "returns": 1}]})
    bought, back = lines(sandbox)
    assert (back["cnt"], back["det_item_fee_sumamt"], back["fulamt_ownpay_amt"]) == ("-3", "-300.00", "-300.00")
    assert back["init_feedetl_sn"] == bought["feedetl_sn"]
    assert (settled["medfee_sumamt"], settled["fulamt_ownpay_amt"]) == ("700.00", "700.00")


def test_half_a_tablet_and_something_for_nothing(sandbox: Sandbox) -> None:
    sandbox.put_stay(**STAY | {"lines": [{**DRUG, "cnt": "0.5"}, {**DRUG, "pric": 0}, {**DRUG, "cnt": 0}]})
    assert [(one["cnt"], one["det_item_fee_sumamt"]) for one in lines(sandbox)] == [
        ("0.5", "50.00"), ("10", "0.00"), ("0", "0.00"),
    ]  # fmt: skip


def test_above_the_limit_of_its_price_and_under_another_code_of_the_catalogue(sandbox: Sandbox) -> None:
    sandbox.put_stay(**STAY | {"lines": [{**SURGERY, "overlmt": 800, "uplmt": 4200, "med_list": "A1-NATIONAL"}]})
    (line,) = lines(sandbox)
    told = (line["overlmt_amt"], line["pric_uplmt_amt"], line["inscp_scp_amt"])
    assert told == ("800.00", "4200", "4200.00")
    assert (line["hilist_code"], line["med_list_codg"]) == ("A1", "A1-NATIONAL")


def test_a_line_that_does_not_add_up_leaves_the_settlement_as_it_is(sandbox: Sandbox) -> None:
    settled = sandbox.put_stay(**STAY | {"lines": [{**SURGERY, "override": {"det_item_fee_sumamt": "4999.99"}}]})
    assert settled["medfee_sumamt"] == "5000.00"
    assert sum(Decimal(line["det_item_fee_sumamt"]) for line in lines(sandbox)) == Decimal("4999.99")


def test_over_the_turn_of_the_year_it_counts_for_the_year_in_which_it_ends_or_the_one_it_names(
    sandbox: Sandbox,
) -> None:
    over = STAY | {"begin": "2026-12-20", "end": "2027-01-05"}
    assert sandbox.put_stay(**over)["year"] == "2027"
    assert sandbox.put_stay(**over | {"year": "2026"})["year"] == "2026"
    asked = {"psn_no": ZHAO, "begntime": "2027-01-01 00:00:00", "endtime": "2027-12-31 23:59:59"}
    (visit,) = nhsa(sandbox, "5201", asked).json()["output"]["mdtrtinfo"]
    assert visit["ars_year_ipt_flag"] == "1"


def test_what_she_had_two_years_ago_is_told_with_its_day(sandbox: Sandbox) -> None:
    long_ago = {"begin": "2024-03-01", "end": "2024-03-04", "diagnoses": [{"code": "C50.900", "name": "乳腺癌"}]}
    sandbox.put_stay(**STAY | long_ago)
    (diagnosis,) = nhsa(sandbox, "5202", {"psn_no": ZHAO, "mdtrt_id": "M77"}).json()["output"]["diseinfo"]
    assert (diagnosis["diag_code"], diagnosis["diag_time"][:10]) == ("C50.900", "2024-03-01")


def test_a_purchase_without_a_diagnosis(sandbox: Sandbox) -> None:
    pharmacy = {"code": "P41120200033", "name": "示例药房", "level": "", "area": "411202"}
    sandbox.put_stay(**STAY | {"hospital": pharmacy, "med_type": "41", "end": STAY["begin"], "diagnoses": []})
    assert nhsa(sandbox, "5202", {"psn_no": ZHAO, "mdtrt_id": "M77"}).json()["output"]["diseinfo"] == []


def test_taken_back_once_and_settled_again(sandbox: Sandbox) -> None:
    sandbox.put_stay(**STAY)
    with pytest.raises(ValueError, match="settled already, by S77"):
        sandbox.put_stay(**STAY | {"setl_id": "S78"})
    assert sandbox.reverse("S77")["refd_setl_flag"] == "1"
    with pytest.raises(ValueError, match="taken back already"):
        sandbox.reverse("S77")
    assert sandbox.put_stay(**STAY | {"setl_id": "S78"})["refd_setl_flag"] == "0"


def test_settled_half_way_and_again_at_the_end(sandbox: Sandbox) -> None:
    sandbox.put_stay(**STAY | {"end": "2026-05-05"})
    assert sandbox.put_stay(**STAY | {"setl_id": "S78", "begin": "2026-05-05"})["begndate"] == "2026-05-05"


def _line(**changes: Any) -> dict[str, Any]:
    return {"lines": [{**DRUG, **changes}]}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"end": "2026-04-30"}, "ends before it begins"),
    ({"begin": "1969-12-31"}, "before the person was born"),
    ({"insutype": "310"}, "no insurance 310"),
    ({"hospital": "H0"}, "no hospital H0"),
    ({"med_type": "住院"}, "med_type"),
    ({"total": "1.00"}, "lines sum to 5000.00"),
    (_line(lv="04"), "lv is 01, 02 or 03"),
    (_line(list_type=999), "no list has the code 999"),
    (_line(on="2026-05-10"), "outside the stay"),
    (_line(pric=-1), "never a negative price"),
    (_line(cnt="0.00001"), "more than 4 decimals"),
    (_line(cnt="十"), "is no number"),
    (_line(prop="1.5"), "between 0 and 1"),
    (_line(overlmt=2000), "a part of the line"),
    (_line(cnt=-1), "more is returned than was charged"),
    ({"lines": [DRUG, {**DRUG, "cnt": -11, "returns": 1}]}, "no more than was charged"),
    ({"lines": [DRUG, {**DRUG, "cnt": -6, "returns": 1}, {**DRUG, "cnt": -6, "returns": 1}]}, "no more than"),
    ({"lines": [DRUG, {**SURGERY, "cnt": -1, "returns": 1}]}, "of the same item"),
]


@pytest.mark.parametrize(("wrong", "why"), WRONG, ids=[why for _wrong, why in WRONG])
def test_a_stay_that_no_hospital_could_have_settled(sandbox: Sandbox, wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        sandbox.put_stay(**STAY | wrong)


def test_a_settlement_that_nobody_knows_is_not_taken_back(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="no settlement S99"):
        sandbox.reverse("S99")
