"""Settlement import: national names in, exact fen and English words out. Mission C3."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from nhsa import (
    Client,
    NhsaNotFound,
    NhsaUnknownOutcome,
    Settlement,
    fetch_settlement,
    fetch_settlements,
    settlement_stands,
    settlements_of_visit,
)
from nhsa.settlement import read_settlement
from nhsa.values import Unreadable
from sandbox.testing import Sandbox

LI, WANG = "41120000000000000000001001", "41120000000000000000001002"
ZHANG, XIAOYU, ZHOU = "41120000000000000000001003", "41120000000000000000001004", "41010000000000000000001007"


HIP = {"psn_no": LI, "visit_no": "M2026030200000001", "settlement_no": "S2026031900000002"}


def _year(client: Client, psn_no: str, area: str = "411200") -> list[Settlement]:
    return fetch_settlements(client, psn_no=psn_no, area=area, since=date(2026, 1, 1), until=date(2027, 1, 1))


def test_li_xiulan_s_stay_to_the_fen_and_without_the_reversed_settlement(client: Client) -> None:
    (stay,) = _year(client, LI)
    assert (stay.settlement_no, stay.hospital_name, stay.encounter_type) == (
        "S2026031900000002",
        "三门峡市中心医院",
        "inpatient",
    )
    assert (stay.admitted_on, stay.discharged_on) == (date(2026, 3, 2), date(2026, 3, 19))
    assert (stay.hospital_level, stay.place, stay.insurance_type) == ("3", "local", "employee")
    assert stay.total_fen == 8_620_000
    assert stay.amounts["out_of_catalogue_fen"] == 1_234_000
    assert stay.amounts["over_limit_fen"] == 86_000
    assert stay.amounts["class_b_first_fen"] == 650_000
    assert stay.amounts["in_scope_fen"] == 6_650_000
    assert stay.amounts["deductible_fen"] == 90_000
    assert stay.amounts["basic_fund_paid_fen"] == stay.amounts["funds_paid_fen"] == 4_592_000
    assert stay.personal_fen == 4_028_000
    assert (stay.amounts["account_paid_fen"], stay.amounts["cash_paid_fen"]) == (200_000, 3_828_000)
    assert stay.warnings == ()
    # 5203 has no hospital-borne part here: it counts as 0 and is known to be blank.
    assert stay.blank == {"hospital_borne_fen"}


def test_asked_for_by_its_numbers_it_brings_diagnoses_and_fee_lines_along(client: Client) -> None:
    stay = fetch_settlement(client, area="411200", **HIP)
    assert stay.amounts == _year(client, LI)[0].amounts
    assert [(diagnosis.code, diagnosis.main) for diagnosis in stay.diagnoses] == [("M16.100", True), ("I10.x00", False)]
    assert len(stay.lines) == 22
    assert sum(line.amount_fen for line in stay.lines) == stay.total_fen
    hip = next(line for line in stay.lines if line.name.startswith("人工髋关节假体"))
    assert (hip.kind, hip.catalogue, hip.amount_fen) == ("material", "B", 2_886_000)
    assert (hip.over_limit_fen, hip.class_b_first_fen, hip.in_scope_fen) == (86_000, 420_000, 2_380_000)
    albumin = next(line for line in stay.lines if line.name.startswith("人血白蛋白"))
    assert (albumin.kind, albumin.catalogue, albumin.out_of_catalogue_fen) == ("drug", "C", 420_000)
    assert {line.kind for line in stay.lines} == {"drug", "material", "service", "examination", "other"}


def calls(caplog: pytest.LogCaptureFixture) -> list[str]:
    made = [record.message.split("infno=")[1][:4] for record in caplog.records if "infno=" in record.message]
    caplog.clear()
    return made


def test_what_is_known_by_its_number_costs_no_walk_through_all_visits(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="nhsa")
    assert settlement_stands(client, area="411200", **HIP)
    assert calls(caplog) == ["5203"]
    fetch_settlement(client, area="411200", **HIP)
    assert calls(caplog) == ["5203", "5202", "5204"]
    _year(client, WANG)
    assert calls(caplog) == ["5201", "5203", "5203"]


@pytest.mark.parametrize(
    "changed",
    [{"settlement_no": "S2026031900000001"}, {"settlement_no": "S2026052400000003"}, {"visit_no": "M2026051100000002"}],
    ids=["taken back by the hospital", "of somebody else", "of another visit"],
)
def test_a_settlement_that_is_not_hers_or_was_taken_back_is_not_found(client: Client, changed: dict[str, str]) -> None:
    key = {**HIP, **changed}
    assert not settlement_stands(client, area="411200", **key)
    with pytest.raises(NhsaNotFound) as refusal:
        fetch_settlement(client, area="411200", **key)
    assert refusal.value.code == "settlement_not_found"


def test_of_a_visit_that_was_settled_anew_both_are_told(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="nhsa")
    told = settlements_of_visit(client, psn_no=LI, visit_no=HIP["visit_no"], area="411200")
    assert [(one.settlement_no, one.reversed) for one in told] == [
        ("S2026031900000001", True),
        ("S2026031900000002", False),
    ]
    assert {(one.admitted_on, one.discharged_on) for one in told} == {(date(2026, 3, 2), date(2026, 3, 19))}
    assert calls(caplog) == ["5203"]


def test_a_list_that_takes_longer_than_one_may_wait_counts_as_silent(client: Client, sandbox: Sandbox) -> None:
    sandbox.fault("nhsa", "5203", "delay_before", seconds=2, count=1)
    began = time.monotonic()
    with pytest.raises(NhsaUnknownOutcome) as silence:
        fetch_settlements(
            client, psn_no=LI, area="411200", since=date(2026, 1, 1), until=date(2027, 1, 1), deadline=began + 0.5
        )
    assert silence.value.code == "timeout"
    assert time.monotonic() - began < 1.5


def test_blank_amounts_are_null_not_errors(client: Client) -> None:
    pneumonia, chronic = _year(client, WANG)
    assert pneumonia.amounts["critical_illness_paid_fen"] == 120_000
    assert (chronic.encounter_type, chronic.total_fen, chronic.personal_fen) == ("chronic_outpatient", 68_000, 23_800)
    assert {"account_paid_fen", "over_limit_fen", "deductible_fen"} <= chronic.blank
    assert chronic.warnings == ()


def test_overlapping_stays_are_both_reported_for_the_reviewer(client: Client) -> None:
    second, first = _year(client, ZHANG)
    assert first.admitted_on < second.admitted_on < first.discharged_on


def test_five_fen_too_much_is_a_warning_not_a_refusal(client: Client) -> None:
    (stay,) = _year(client, XIAOYU)
    assert stay.personal_fen == 423_505
    assert stay.warnings == ("total_vs_payers:-5",)


def test_another_region_s_names_and_json_text_read_the_same(client: Client) -> None:
    (stay,) = _year(client, ZHOU, area="410100")
    assert (stay.insured_area, stay.place) == ("410100", "local")
    assert (stay.total_fen, stay.personal_fen, stay.amounts["cash_paid_fen"]) == (5_200_000, 2_890_601, 2_890_601)
    assert stay.warnings == ()


def test_the_interval_is_half_open(client: Client) -> None:
    def found(since: date, until: date) -> int:
        return len(fetch_settlements(client, psn_no=LI, area="411200", since=since, until=until))

    assert found(date(2026, 3, 19), date(2026, 3, 20)) == 1
    assert found(date(2026, 3, 20), date(2027, 1, 1)) == 0
    assert found(date(2025, 1, 1), date(2026, 3, 2)) == 0
    assert found(date(2025, 1, 1), date(2026, 3, 3)) == 1


def test_a_stay_in_another_city_is_elsewhere(client: Client, sandbox: Sandbox) -> None:
    line = {"code": "X", "name": "检验费", "list_type": 201, "item_type": "04", "lv": "01", "cnt": 1, "pric": 1000}
    away = {"setl_id": "S9", "mdtrt_id": "M9", "psn_no": "41120000000000000000001005", "hospital": "H41010200007"}
    visit = {"begin": "2026-05-01", "end": "2026-05-03", "total": "1000.00", "lines": [line]}
    sandbox.control(
        "POST", "stays", {**away, **visit, "med_type": "21", "diagnoses": [{"code": "R50", "name": "发热"}]}
    )
    (stay,) = _year(client, "41120000000000000000001005")
    assert stay.place == "elsewhere"


def _row(**changes: Any) -> dict[str, Any]:
    amounts = {"medfee_sumamt": "100.00", "inscp_scp_amt": "100.00", "psn_pay": "30.00", "cash_payamt": "30.00"}
    funds = {"hifp_pay": "70.00", "fund_pay_sumamt": "70.00"}
    return {**amounts, **funds, "begndate": "2026-01-01", "enddate": "2026-01-02", "setl_id": "S", **changes}


@pytest.mark.parametrize(
    ("psn_pay", "warnings"),
    [("30.00", ()), ("30.01", ()), ("29.99", ()), ("30.02", ("total_vs_payers:-2", "personal_vs_account_and_cash:+2"))],
)
def test_one_fen_of_difference_is_within_tolerance_two_are_not(psn_pay: str, warnings: tuple[str, ...]) -> None:
    assert read_settlement(_row(psn_pay=psn_pay), diagnoses=[], lines=[], area="411200").warnings == warnings


def test_numbers_and_text_read_the_same_exactly(client: Client) -> None:
    as_text = read_settlement(_row(medfee_sumamt="86520.40"), diagnoses=[], lines=[], area="411200")
    as_number = read_settlement(_row(medfee_sumamt=Decimal("86520.40")), diagnoses=[], lines=[], area="411200")
    assert as_text.total_fen == as_number.total_fen == 8_652_040


@pytest.mark.parametrize("amount", ["1.005", "abc", "1,000.00", "NaN", "Infinity"])
def test_an_amount_that_is_no_amount_is_unreadable_and_named_without_its_value(amount: str) -> None:
    with pytest.raises(Unreadable) as error:
        read_settlement(_row(inscp_scp_amt=amount), diagnoses=[], lines=[], area="411200")
    assert error.value.field == "in_scope_fen"
    assert amount not in str(error.value)


@pytest.mark.parametrize("field", ["medfee_sumamt", "psn_pay"])
def test_a_settlement_without_total_or_personal_part_is_unreadable(field: str) -> None:
    with pytest.raises(Unreadable):
        read_settlement(_row(**{field: ""}), diagnoses=[], lines=[], area="411200")


# fee lines -----------------------------------------------------------------------------------------------------------


def _fee(**changes: Any) -> dict[str, Any]:
    return {
        "feedetl_sn": "L1", "hilist_code": "X1", "hilist_name": "注射剂", "list_type": "101", "chrgitm_lv": "01",
        "med_chrgitm_type": "09", "cnt": "1", "pric": "100", "det_item_fee_sumamt": "100.00", "inscp_scp_amt": "100.00",
        **changes,
    }  # fmt: skip


def _read(*lines: dict[str, Any], **changes: Any) -> Settlement:
    return read_settlement(_row(**changes), diagnoses=[], lines=list(lines), area="411200")


CATEGORIES = {
    "01": "bed", "02": "consultation", "03": "examination", "04": "laboratory", "05": "treatment", "06": "surgery",
    "07": "nursing", "08": "material", "09": "western_medicine", "10": "herbal_slices",
    "11": "chinese_patent_medicine", "12": "general_treatment", "13": "registration", "14": "other",
}  # fmt: skip


def test_every_fee_category_has_a_word() -> None:
    lines = _read(*(_fee(med_chrgitm_type=code) for code in CATEGORIES)).lines
    assert [line.category for line in lines] == list(CATEGORIES.values())


@pytest.mark.parametrize(("category", "kind"), [("03", "examination"), ("04", "examination"), ("06", "service")])
def test_a_service_of_examination_or_laboratory_is_an_examination(category: str, kind: str) -> None:
    (line,) = _read(_fee(list_type="201", med_chrgitm_type=category)).lines
    assert line.kind == kind


def test_codes_for_which_a_region_has_no_word_are_named_once() -> None:
    stay = _read(_fee(med_chrgitm_type="77"), _fee(med_chrgitm_type="77"), _fee(med_chrgitm_type=""), med_type="99")
    assert stay.unmapped == (("med_type", "99"), ("med_chrgitm_type", "77"))
    assert (stay.encounter_type, [line.category for line in stay.lines]) == ("other", ["", "", ""])


def test_a_quantity_is_exact_and_what_came_back_is_negative() -> None:
    stay = _read(
        _fee(cnt="1.5", det_item_fee_sumamt="150.00", inscp_scp_amt="150.00"),
        _fee(cnt="-0.5", det_item_fee_sumamt="-50.00", inscp_scp_amt="-50.00", feedetl_sn="L2", init_feedetl_sn="L1"),
    )
    assert [(line.quantity, line.amount_fen, line.in_scope_fen) for line in stay.lines] == [
        (Decimal("1.5"), 15_000, 15_000), (Decimal("-0.5"), -5_000, -5_000),
    ]  # fmt: skip
    assert [line.original_line_no for line in stay.lines] == ["", "L1"]
    assert stay.warnings == ()


@pytest.mark.parametrize("count", ["half", "NaN", "Infinity"])
def test_a_quantity_that_is_no_number_is_unreadable(count: str) -> None:
    with pytest.raises(Unreadable) as error:
        _read(_fee(cnt=count))
    assert error.value.field == "quantity"


@pytest.mark.parametrize(
    ("line", "settled", "warning"),
    [
        ({"det_item_fee_sumamt": "90.00"}, {}, "line_vs_parts:-1000:L1"),
        ({"det_item_fee_sumamt": "90.00", "inscp_scp_amt": "90.00"}, {}, "total_vs_lines:+1000"),
        ({"det_item_fee_sumamt": ""}, {}, "line_without_amount:+10000:L1"),
        ({"fulamt_ownpay_amt": "100"}, {"fulamt_ownpay_amt": "0"}, "out_of_catalogue_vs_lines:-10000"),
        ({}, {"hifp_pay": "-70.00"}, "negative:-7000:basic_fund_paid_fen"),
    ],
)  # fmt: skip
def test_what_does_not_add_up_is_a_warning_and_never_a_reason_to_drop_the_bill(
    line: dict[str, str], settled: dict[str, str], warning: str
) -> None:
    assert warning in _read(_fee(**line), **settled).warnings


@pytest.mark.parametrize(
    ("med_type", "place"), [("23", "elsewhere_referred"), ("21", "elsewhere"), ("28", "elsewhere")]
)
def test_only_who_was_referred_is_elsewhere_by_referral(med_type: str, place: str) -> None:
    assert _read(med_type=med_type, fixmedins_poolarea="310101", insu_optins="411200").place == place
