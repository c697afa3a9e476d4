"""A year of bills in files: read, computed, compared; the same fen as one by one."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benefits import BadValue, Bill, Person, bill_from_json, load_plan, person_from_json
from benefits.book import Book
from benefits.cli import main
from benefits.errors import AmountOutOfRange
from benefits.simulation import BillTable, simulate, table_of
from benefits.simulation.compare import compare
from benefits.simulation.generate import generate
from benefits.simulation.read import people_facts, read_bills, read_people
from benefits.simulation.run import CHUNK, rank_within
from tests.benefits.helpers import plan_of, yuan

SANMENXIA = load_plan("sanmenxia/huiminbao", on=date(2026, 3, 1))
SIMPLE = "- {key: own, name: x, base: [{amount: in_scope}], deductible: 10000, rate: 0.5, cap: 6000}"


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_a_csv_of_yuan_accumulates_per_person_in_the_order_of_its_rows(tmp_path: Path) -> None:
    path = write(
        tmp_path / "bills.csv",
        "person_id,in_scope_yuan,county\nli,8000.00,a\nzhao,12000,b\nli,8000.01,a\nli,,a\nli,90000,a\n",
    )
    table = read_bills(plan_of(SIMPLE), path)
    result = simulate(plan_of(SIMPLE), table)
    # the deductible ate 2,000 of the second bill; 6,000.01 at half is 3,000.005, rounded up; the cap leaves 2,999.99
    assert result.payable_fen.tolist() == [0, yuan(1_000), 300_001, 0, 299_999]
    assert table.labels["county"].to_pylist() == ["a", "b", "a", "a", "a"]
    assert table.person_ids == ["li", "zhao"]


def test_all_facts_and_amounts_of_a_csv_reach_the_terms(tmp_path: Path) -> None:
    header = (
        "person_id,age,insured_type,assistance,preexisting,continuous_years,claim_free_years,in_waiting_period,large_amount_cover,"
        "encounter_type,hospital_level,place,designated,diagnoses,bill_tags,admitted_on,cover_from,cover_to,"
        "total_fen,in_scope_fen,class_b_first_yuan,out_of_catalogue_fen,basic_fund_paid_fen,cash_paid_fen,special_drug_fen\n"
    )
    rows = [
        "a,61,employee,低保|特困,false,3,2,0,1,inpatient,3,local,true,C34|I10,,2026-02-01,2026-01-01,2027-01-01,,9000000,1000.00,5000000,2000000,,0",
        "b,30,resident,,true,1,0,1,1,inpatient,1,elsewhere,1,J18,,2026-02-01,2026-01-01,2027-01-01,,9000000,0,5000000,2000000,,100",
        "c,30,employee,,,1,0,0,0,emergency,2,local,0,,,2026-02-01,2026-01-01,2027-01-01,,90000000,0,5000000,2000000,,",
        "d,30,employee,,,1,0,,,inpatient,,overseas,1,,,2026-02-01,2026-01-01,2027-01-01,,9000000,0,0,0,,0",
        "e,30,resident,,0,1,0,0,1,inpatient,2,local,1,,third_party,2026-02-01,2026-01-01,2027-01-01,,9000000,0,0,0,,0",
        "f,30,resident,,0,1,0,0,1,inpatient,2,local,1,,,2025-12-31,2026-01-01,2027-01-01,,9000000,0,0,0,,0",
        "a,61,employee,低保|特困,false,3,2,0,1,inpatient,3,local,true,,,2026-02-01,2026-01-01,,9999999,9000000,0,0,2000000,1234567,0",
    ]
    table = read_bills(SANMENXIA, write(tmp_path / "bills.csv", header + "\n".join(rows) + "\n"))
    result = simulate(SANMENXIA, table)
    book = Book(lambda _: SANMENXIA)
    for i, row in enumerate(rows):
        person, bill = _objects(dict(zip(header.strip().split(","), row.split(","), strict=True)))
        assert book.add(person, bill, on=SANMENXIA.on).payable_fen == result.payable_fen[i], row
    assert np.count_nonzero(result.payable_fen) == 4


def _objects(row: dict[str, str]) -> tuple[Person, Bill]:
    given = {name: value for name, value in row.items() if value != ""}
    given["id"] = given.pop("person_id")
    names = {
        "age",
        "insured_type",
        "assistance",
        "preexisting",
        "continuous_years",
        "claim_free_years",
        "in_waiting_period",
    }
    names |= {"large_amount_cover", "cover_from", "cover_to", "id"}
    person = person_from_json({name: value for name, value in given.items() if name in names})
    bill = {name: value for name, value in given.items() if name not in names}
    if "bill_tags" in bill:
        bill["tags"] = bill.pop("bill_tags")
    return person, bill_from_json({k: int(v) if k.endswith("_fen") else v for k, v in bill.items()})


def test_a_familys_deductible_is_shared_in_the_order_of_the_rows(tmp_path: Path) -> None:
    plan = plan_of(
        "- {key: own, name: x, base: [{amount: in_scope}], shared_deductible: home, rate: 0.5}",
        "pools: {deductibles: {home: {name: 家庭, amount: 10000, shared_by: family}}}\n",
    )
    text = "person_id,family_id,in_scope_yuan\nmother,f,7000\nchild,f,7000\nalone,,7000\nmother,f,100\nalone,,7000\n"
    result = simulate(plan, read_bills(plan, write(tmp_path / "bills.csv", text)))
    assert result.payable_fen.tolist() == [0, yuan(2_000), 0, yuan(50), yuan(2_000)]


def test_people_are_joined_by_their_id_and_pay_their_premium(tmp_path: Path) -> None:
    plan = plan_of(
        "- {key: own, name: x, if: {age: {min: 60}}, base: [{amount: in_scope}], rate: 0.5}",
        "premium: [{who: young, if: {age: {max: 59}}, amount: 59}, {who: old, amount: 169}]\n",
    )
    people = write(tmp_path / "people.csv", "person_id,age\n1,61\n2,30\n3,70\n")
    bills = write(tmp_path / "bills.csv", "person_id,in_scope_yuan\n3,100\n2,100\n")
    table = read_bills(plan, bills, people)
    figures = compare(plan, table, simulate(plan, table), insured=3, people_facts=people_facts(read_people(people)))
    assert (figures.paid_fen, figures.premium_fen, figures.reached, figures.insured) == (
        5_000,
        yuan(59 + 169 + 169),
        1,
        3,
    )
    assert figures.loss_ratio == 5_000 / yuan(397)
    with pytest.raises(BadValue, match="lacks 1 bills' people"):
        read_bills(plan, write(tmp_path / "more.csv", "person_id,in_scope_yuan\n9,100\n"), people)


def test_ages_come_from_birth_dates_as_birthdays_count(tmp_path: Path) -> None:
    text = "person_id,birth_date,admitted_on,in_scope_fen\na,1966-03-02,2026-03-01,100\nb,1966-03-01,2026-03-01,100\n"
    plan = plan_of("- {key: own, name: x, if: {age: {min: 60}}, base: [{amount: in_scope}], rate: 1}")
    assert simulate(plan, read_bills(plan, write(tmp_path / "b.csv", text))).payable_fen.tolist() == [0, 100]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("in_scope_fen\n5\n", "no column person_id"),
        ("person_id,in_scope_fen,in_scope_yuan\na,5,5\n", "given twice"),
        ("person_id,in_scope_yuan\na,5.001\n", "parts of a fen"),
        ("person_id,in_scope_fen\na,many\n", "in_scope_fen"),
        ("person_id,preexisting\na,perhaps\n", "expected true or false"),
    ],
)
def test_a_file_that_cannot_be_read_names_the_column(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadValue, match=message):
        read_bills(plan_of(SIMPLE), write(tmp_path / "b.csv", text))
    with pytest.raises(BadValue, match="no such file"):
        read_bills(plan_of(SIMPLE), tmp_path / "nowhere.csv")


def test_amounts_out_of_range_and_facts_that_are_missing_are_refused(tmp_path: Path) -> None:
    with pytest.raises(AmountOutOfRange, match="in_scope: between -5 and -5"):
        read_bills(plan_of(SIMPLE), write(tmp_path / "b.csv", "person_id,in_scope_fen\na,-5\n"))
    with pytest.raises(BadValue, match="expected int64"):
        BillTable(np.zeros(1, int), np.zeros(1, int), {"in_scope": np.zeros(1)}, {})  # type: ignore[dict-item]  # the fault under test
    aged = plan_of("- {key: own, name: x, if: {age: {min: 60}}, base: [{amount: in_scope}], rate: 1}")
    for text in ("person_id,in_scope_fen\na,5\n", "person_id,age,in_scope_fen\na,,5\n"):
        with pytest.raises(BadValue, match="age: is not"):
            simulate(aged, read_bills(aged, write(tmp_path / "b.csv", text)))


def test_parquet_may_carry_decimals_floats_and_booleans(tmp_path: Path) -> None:
    from decimal import Decimal

    path = tmp_path / "bills.parquet"
    columns = {
        "person_id": [1, 1],
        "in_scope_yuan": pa.array([Decimal("8000.10"), None], pa.decimal128(12, 2)),
        "out_of_catalogue_yuan": [0.29, 1e6],
        "preexisting": [True, None],
        "cash_paid_yuan": [None, 5.5],
    }
    pq.write_table(pa.table(columns), path)
    table = read_bills(plan_of(SIMPLE), path)
    assert table.amounts["in_scope"].tolist() == [800_010, 0]
    assert table.amounts["out_of_catalogue"].tolist() == [29, 100_000_000]
    assert table.amounts["cash_paid"].tolist() == [-1, 550]
    pq.write_table(pa.table({"person_id": [1], "in_scope_yuan": [0.001]}), path)
    with pytest.raises(BadValue, match="parts of a fen"):
        read_bills(plan_of(SIMPLE), path)


def test_more_bills_than_a_chunk_and_several_rounds_keep_their_order() -> None:
    n = CHUNK + 10
    person = np.r_[np.arange(n), np.arange(n), np.zeros(3, int)]
    table = BillTable(person, person, {"in_scope": np.full(len(person), yuan(8_000), np.int64)}, {})
    done: list[int] = []
    result = simulate(plan_of(SIMPLE), table, progress=done.append)
    assert set(result.payable_fen[:n]) == {0}
    assert set(result.payable_fen[n : 2 * n]) == {yuan(3_000)}
    assert result.payable_fen[2 * n :].tolist() == [yuan(3_000), 0, 0]  # the cap of 6,000
    assert sum(done) == table.n
    assert rank_within(np.array([5, 7, 5, 5, 7])).tolist() == [0, 0, 1, 2, 1]
    assert rank_within(np.array([], int)).tolist() == []


def test_nothing_to_compute_is_no_error() -> None:
    result = simulate(plan_of(SIMPLE), table_of(plan_of(SIMPLE), []))
    assert result.payable_fen.tolist() == []


def test_a_waiting_period_that_asks_for_earlier_bills_is_the_same_for_many_bills() -> None:
    plan = plan_of(
        "- {key: own, name: x, base: [{amount: in_scope}], rate: 1}",
        "waiting_period: [{days: 30, if: {earlier_bills: {min: 1}}}]\n",
    )
    new = Person("li", cover_from=date(2026, 1, 1))
    bills = [Bill(id=str(i), in_scope_fen=100, admitted_on=date(2026, 1, 5)) for i in range(2)]
    assert simulate(plan, table_of(plan, [(new, bill) for bill in bills])).payable_fen.tolist() == [100, 0]


def test_less_detail_changes_no_payment() -> None:
    cases = [(Person("li"), Bill(in_scope_fen=yuan(20_000)))]
    table = table_of(plan_of(SIMPLE), cases)
    full, brief = simulate(plan_of(SIMPLE), table), simulate(plan_of(SIMPLE), table, detail=False)
    assert brief.payable_fen.tolist() == full.payable_fen.tolist() == [yuan(5_000)]
    assert brief.base_fen == {} and full.base_fen["own"].tolist() == [yuan(20_000)]


def test_the_same_seed_makes_the_same_city_and_another_seed_another() -> None:
    one, other = (generate(people=2_000, seed=7, waterfall="sanmenxia/huiminbao") for _ in range(2))
    assert one[0].equals(other[0]) and one[1].equals(other[1])
    assert not one[1].equals(generate(people=2_000, seed=8, waterfall="sanmenxia/huiminbao")[1])
    bills = one[1].to_pydict()
    assert bills["admitted_on"] == sorted(bills["admitted_on"])
    paid = ("basic_fund_paid_fen", "critical_illness_paid_fen", "large_amount_paid_fen", "assistance_paid_fen")
    for i, total in enumerate(bills["total_fen"]):
        parts = ("in_scope_fen", "class_b_first_fen", "over_limit_fen", "out_of_catalogue_fen", "special_drug_fen")
        assert sum(bills[part][i] for part in parts) == total
        assert sum(bills[part][i] for part in paid) <= bills["in_scope_fen"][i]


def test_the_commands_make_a_city_compare_plans_and_write_what_they_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(
            [
                "generate",
                "sanmenxia/huiminbao",
                "--people",
                "3000",
                "--seed",
                "3",
                "--out",
                str(tmp_path),
                "--format",
                "csv",
            ]
        )
        == 0
    )
    bills, people = str(tmp_path / "bills.csv"), str(tmp_path / "people.csv")
    out = {name: tmp_path / name for name in ("figures.csv", "chart.png", "decisions.csv")}
    command = ["simulate", "sanmenxia/huiminbao", "jinan/qilu-2025", "--bills", bills, "--people", people]
    command += [
        "--csv",
        str(out["figures.csv"]),
        "--chart",
        str(out["chart.png"]),
        "--decisions",
        str(out["decisions.csv"]),
    ]
    assert main(command) == 0
    printed = capsys.readouterr().out
    assert "loss ratio" in printed and "三门峡惠民保" in printed and "D10" in printed and "C34" in printed
    rows = list(csv.DictReader(out["figures.csv"].open(encoding="utf-8-sig")))
    figures = {(r["plan"], r["section"], r["group"], r["figure"]): r["value"] for r in rows}
    assert figures["sanmenxia/huiminbao", "summary", "", "insured"] == "3000"
    assert figures["sanmenxia/huiminbao", "summary", "", "premium_fen"] == str(yuan(100 * 3000))
    paid = int(figures["sanmenxia/huiminbao", "summary", "", "paid_fen"])
    for section in ("responsibility", "deciles", "ages"):
        parts = [
            int(v)
            for (plan, s, _, figure), v in figures.items()
            if plan.startswith("san") and s == section and figure == "paid_fen"
        ]
        assert sum(parts) == paid
    assert out["chart.png"].read_bytes().startswith(b"\x89PNG")
    decisions = list(csv.DictReader((tmp_path / "decisions-sanmenxia-huiminbao.csv").open(encoding="utf-8")))
    assert sum(int(row["payable_fen"]) for row in decisions) == paid
