"""The people and bills of the sandbox are plausible: valid numbers, amounts that add up, a reproducible crowd."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.identifiers import check_id_number
from sandbox import generator, seed
from sandbox.testing import Sandbox

CONTENT = seed.load()
PEOPLE: dict[str, dict[str, Any]] = {person["psn_no"]: person for person in CONTENT["people"]}
STAYS: list[dict[str, Any]] = CONTENT["stays"]


@pytest.mark.parametrize("person", PEOPLE.values(), ids=lambda person: person["name"])
def test_every_number_passes_the_portal_s_own_check(person: dict[str, Any]) -> None:
    """Two implementations of GB 11643 agree: the portal's and the one that made the seed."""
    number = check_id_number(person["certno"], today=date(2026, 11, 22))
    assert str(number.birth_date) == person["born"]
    assert number.sex == {"1": "M", "2": "F"}[person["gender"]]


@pytest.mark.parametrize("stay", STAYS, ids=lambda stay: stay["setl_id"])
def test_every_stay_satisfies_the_platform_s_identities(stay: dict[str, Any]) -> None:
    amounts = seed.expand_stay(PEOPLE[stay["psn_no"]], {**stay, "override": {}, "blank": []})["setlinfo"]

    def yuan(*names: str) -> Decimal:
        return sum((Decimal(amounts[name]) for name in names), Decimal(0))

    total = yuan("medfee_sumamt")
    assert total == yuan("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
    assert total == yuan("fund_pay_sumamt", "psn_pay")
    assert yuan("psn_pay") == yuan("acct_pay", "cash_payamt")
    assert yuan("fund_pay_sumamt") == yuan(*seed.FUNDS)


def test_li_xiulan_s_stay_is_the_one_the_demonstration_tells_of() -> None:
    stay = next(stay for stay in STAYS if stay["setl_id"] == "S2026031900000002")
    amounts = seed.expand_stay(PEOPLE[stay["psn_no"]], stay)["setlinfo"]
    told = (
        "medfee_sumamt",
        "fulamt_ownpay_amt",
        "overlmt_selfpay",
        "preselfpay_amt",
        "inscp_scp_amt",
        "hifp_pay",
        "psn_pay",
    )
    expected = ["86200.00", "12340.00", "860.00", "6500.00", "66500.00", "45920.00", "40280.00"]
    assert [amounts[name] for name in told] == expected


def test_the_series_is_the_same_whatever_is_asked_for() -> None:
    assert generator.people(3, first=100) == generator.people(103)[100:]
    assert generator.people(4, seed=2) != generator.people(4, seed=1)


def test_five_thousand_generated_people_have_distinct_valid_numbers() -> None:
    crowd = generator.people(5_000)
    assert len({person["certno"] for person in crowd}) == 5_000
    assert len({person["psn_no"] for person in crowd}) == 5_000
    for person in crowd:
        number = check_id_number(person["certno"], today=date(2026, 11, 22))
        assert number.sex == {"1": "M", "2": "F"}[person["gender"]]
        assert number.warnings == ()


def test_generated_people_can_be_found_by_the_platform(sandbox: Sandbox) -> None:
    made = sandbox.generate(40)
    assert len(made) == 40
    assert len(sandbox.control("GET", "people", all=1)) == len(PEOPLE) + 40
    assert len(sandbox.people()) == len(PEOPLE)


def test_a_person_can_be_changed_for_one_test(sandbox: Sandbox) -> None:
    sandbox.put_person(psn_no="41120000000000000000001001", balance_fen=99)
    assert sandbox.person("李秀兰")["balance_fen"] == 99
    sandbox.reset()
    assert sandbox.person("李秀兰")["balance_fen"] == 328_640


def test_a_person_with_a_wrong_check_digit_is_not_taken(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="should end in 4"):
        sandbox.put_person(psn_no="41120000000000000000001001", certno="411202196803154265")
