"""Ten people, worked out by hand: what terms come to, and who gets less."""

from __future__ import annotations

from typing import Any

import pytest

from products.workshop.figures import Measured, Terms, measure, put_together
from products.workshop.upload import UploadedCity, read_csv
from tests.benefits.helpers import plan_of

# 15,000.00 and 45,000.00 beyond a deductible of 10,000.00; 0.02 beyond it; a fen short of it; two stays that only
# together are beyond it; and five people who were not ill.
TEN = """人员序号,年龄,参保类型,救助身份,医保政策范围内费用
1,70,居民,,30000
2,65,居民,特困,60000
3,30,职工,,10000.02
4,45,职工,,9999.99
5,81,居民,,8000
5,81,居民,,8000
6,5,,,
7,15,,,
8,33,职工,,
9,50,,,
10,62,,,
"""
OWN = "- {{key: own, name: x, base: [{{amount: in_scope}}], deductible: {}, rate: {}, cap: 20000}}"
PREMIUM = "premium: [{who: 全体, amount: 100}]\n"


def terms(deductible: int, rate: float) -> Terms:
    return Terms(plan_of(OWN.format(deductible, rate), PREMIUM), 10_000)


@pytest.fixture(scope="module")
def found() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    city = read_csv(TEN.encode())
    part = measure(city.part(0), [terms(10_000, 0.5), terms(5_000, 0.5), terms(10_000, 0.4)], areas=1)
    return put_together([part], areas=city.area_names)


def test_the_city_is_ten_people_with_six_bills(found: Any) -> None:
    shared, _terms = found
    assert shared == {"people": 10, "bills": 6, "ill": 5, "burden_fen": 126_000_01}


def test_at_half_above_10000_it_pays_33000_01_of_1000_00_in_premiums(found: Any) -> None:
    """10,000.00 to the first, 20,000.00 (the cap, of 25,000.00) to the second, 0.01 to the third, 3,000.00 to the fifth
    for both her stays."""
    one = found[1][0]
    assert (one["premium_fen"], one["paid_fen"], one["reached"], one["bills_paid"]) == (1_000_00, 33_000_01, 4, 4)
    assert one["points_fen"] == {"50": 3_000_00, "90": 20_000_00, "99": 20_000_00, "100": 20_000_00}
    assert one["by_responsibility_fen"] == {"own": 33_000_01}


def test_it_is_told_by_age_kind_class_and_tenth(found: Any) -> None:
    one = found[1][0]
    ages = {group["name"]: (group["insured"], group["people"], group["paid_fen"]) for group in one["ages"]}
    assert ages == {
        "0-17": (2, 0, 0), "18-39": (2, 1, 1), "40-59": (2, 1, 0), "60-69": (2, 1, 20_000_00),
        "70-79": (1, 1, 10_000_00), "80+": (1, 1, 3_000_00),
    }  # fmt: skip
    assert [(g["name"], g["insured"], g["paid_fen"]) for g in one["kinds"]] == [
        ("employee", 3, 1), ("resident", 7, 33_000_00), ("new_citizen", 0, 0),
    ]  # fmt: skip
    assert [(g["insured"], g["paid_fen"]) for g in one["classes"]] == [(9, 13_000_01), (1, 20_000_00)]
    burdens = [group["burden_fen"] for group in one["deciles"]]
    assert burdens == [9_999_99, 10_000_02, 16_000_00, 30_000_00, 60_000_00, 0, 0, 0, 0, 0]


def test_with_half_the_deductible_four_get_more_and_nobody_less(found: Any) -> None:
    """2,500.00 more each for the first, the third, the fourth (2,499.995 is rounded up) and the fifth; the second is at
    the cap already."""
    against = found[1][1]["against"]
    assert found[1][1]["paid_fen"] == 33_000_01 + 4 * 2_500_00
    assert against["better"] == {"people": 4, "fen": 4 * 2_500_00, "largest_fen": 2_500_00}
    assert against["worse"] == {"people": 0, "fen": 0, "largest_fen": 0}


def test_at_40_percent_two_get_less_2600_00_together(found: Any) -> None:
    """8,000.00 in place of 10,000.00, and 2,400.00 in place of 3,000.00; 0.008 is a fen as before."""
    against = found[1][2]["against"]
    assert found[1][2]["paid_fen"] == 8_000_00 + 20_000_00 + 1 + 2_400_00
    assert against["worse"] == {"people": 2, "fen": 2_600_00, "largest_fen": 2_000_00}
    by_age = {group["name"]: group["worse"]["people"] for group in against["ages"]}
    assert by_age == {"0-17": 0, "18-39": 0, "40-59": 0, "60-69": 0, "70-79": 1, "80+": 1}


def test_in_parts_it_comes_to_the_same(found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("products.workshop.upload.PART", 3)
    city = UploadedCity.read(read_csv(TEN.encode()).written())
    assert city.parts == 4
    compared = [terms(10_000, 0.5), terms(5_000, 0.5), terms(10_000, 0.4)]
    parts = [measure(city.part(number), compared, areas=1) for number in range(city.parts)]
    again = [Measured.read(part.counted, part.written()) for part in parts]
    assert put_together(again, areas=city.area_names) == found
