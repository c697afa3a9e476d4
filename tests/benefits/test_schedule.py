"""The schedule alone: both sides of each edge, the rounding, the way back from a payment to its cost."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from benefits import AmountOutOfRange, load_plan
from benefits.money import MAX_FEN, RATE_DENOMINATOR, percent_text, rate_text, round_half_up, yuan
from benefits.schedule import MANY, ONE, Band, Schedule, cumulative
from benefits.terms import NO_CAP, TermSet, cost_at_cap

SHANDONG = Schedule.from_bands(
    [Band(1_200_000, 10_000_000, 500_000), Band(10_000_000, 20_000_000, 600_000), Band(20_000_000, None, 650_000)]
)


@pytest.mark.parametrize(
    ("amount", "pays"),
    [
        (0, 0),
        (1_199_999, 0),
        (1_200_000, 0),
        (1_200_001, 1),  # half a fen rounds up
        (1_200_002, 1),
        (1_200_003, 2),
        (9_999_999, 4_400_000),  # 4,399,999.5 fen
        (10_000_000, 4_400_000),
        (10_000_001, 4_400_001),  # 4,400,000.6 fen
        (20_000_000, 10_400_000),
        (20_000_001, 10_400_001),  # 10,400,000.65 fen
        (25_000_000, 13_650_000),
    ],
)
def test_shandong_2015_pays_the_published_rates_on_both_sides_of_each_edge(amount: int, pays: int) -> None:
    assert SHANDONG.pays(amount) == pays


def test_steps_are_the_changes_of_rate() -> None:
    assert SHANDONG.edges == (1_200_000, 10_000_000, 20_000_000)
    assert SHANDONG.steps == (500_000, 100_000, 50_000)


def test_a_gap_between_bands_pays_nothing() -> None:
    schedule = Schedule.from_bands([Band(0, 100, 500_000), Band(200, 300, 1_000_000)])
    assert [schedule.pays(x) for x in (100, 150, 200, 201, 300, 900)] == [50, 50, 50, 51, 150, 150]
    assert schedule.steps == (500_000, -500_000, 1_000_000, -1_000_000)


def test_bands_of_equal_rate_join_without_an_edge() -> None:
    assert Schedule.from_bands([Band(0, 100, 500_000), Band(100, None, 500_000)]).edges == (0,)


def test_the_first_band_may_begin_above_zero_and_nothing_is_paid_below() -> None:
    assert Schedule.from_bands([Band(100, None, RATE_DENOMINATOR)]).pays(101) == 1


@pytest.mark.parametrize(
    ("bands", "complaint"),
    [
        ([Band(0, 100, 1), Band(99, None, 1)], "band 2 begins before band 1 ends"),
        ([Band(0, None, 1), Band(100, None, 1)], "band 2 begins before band 1 ends"),
        ([Band(100, 100, 1)], "band 1 is empty"),
        ([Band(0, None, RATE_DENOMINATOR + 1)], "band 1: a rate lies between 0 and 1"),
        ([Band(0, None, -1)], "band 1: a rate lies between 0 and 1"),
    ],
)
def test_bands_that_make_no_sense_are_refused_by_number(bands: list[Band], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Schedule.from_bands(bands)


def test_gross_bands_count_from_the_first_fen_and_those_after_the_deductible_from_there() -> None:
    schedule = Schedule.from_bands([Band(0, 1000, 500_000), Band(1000, None, RATE_DENOMINATOR)])
    # 1,500 fen, of which the deductible ate 600: gross pays 400 at half and 500 whole; net pays 900 at half
    assert cumulative(schedule, False, 1500, 600) == 700
    assert cumulative(schedule, True, 1500, 600) == 450


def test_the_way_back_finds_the_first_fen_that_reaches_a_payment() -> None:
    assert SHANDONG.amount_that_pays_numerator(4_400_000 * RATE_DENOMINATOR) == 10_000_000
    assert SHANDONG.amount_that_pays_numerator(0) == 0
    assert SHANDONG.amount_that_pays_numerator(1) == 1_200_001
    assert Schedule.from_bands([Band(0, 100, 500_000)]).amount_that_pays_numerator(51 * RATE_DENOMINATOR) is None
    assert Schedule((0,), (RATE_DENOMINATOR,)).amount_that_pays_numerator(MAX_FEN * RATE_DENOMINATOR) == MAX_FEN


def test_a_cap_converts_back_to_the_cost_at_which_it_is_reached() -> None:
    half = Schedule.from_bands([Band(0, None, 500_000)])
    assert cost_at_cap(half, False, 1000, 300) == (1600, 0, 500_000)
    assert cost_at_cap(half, True, 1000, 300) == (1600, 0, 500_000)
    assert cost_at_cap(half, False, 1000, 0) == (0, 0, 1)  # nothing is left to reach: all cost lies above
    assert cost_at_cap(half, False, 1000, NO_CAP) == (NO_CAP, 0, 1)
    assert cost_at_cap(Schedule.from_bands([Band(0, 100, 500_000)]), False, 0, 51) == (NO_CAP, 0, 1)


def test_a_cap_is_seldom_reached_at_a_whole_fen() -> None:
    """1,000 fen at 70 % are reached at 1,428.5714… fen: 1,429 less 300,000/700,000 of one."""
    seventy = Schedule.from_bands([Band(0, None, 700_000)])
    assert cost_at_cap(seventy, False, 0, 1_000) == (1_429, 300_000, 700_000)
    assert cost_at_cap(seventy, True, 50, 1_000) == (1_479, 300_000, 700_000)


def test_one_and_many_have_the_same_arithmetic_up_to_the_largest_amount() -> None:
    amounts = [0, 1, 1_199_999, 1_200_000, 1_200_001, 10_000_000, 20_000_001, MAX_FEN - 1, MAX_FEN]
    many = round_half_up(SHANDONG.integral(np.array(amounts, np.int64), MANY))
    assert many.tolist() == [SHANDONG.pays(amount) for amount in amounts]


def test_many_skips_edges_that_no_amount_reaches_without_changing_a_fen() -> None:
    assert MANY.highest(np.array([0, 5, 1_200_000], np.int64)) == 1_200_000
    assert MANY.highest(np.array([], np.int64)) == 0
    assert ONE.highest(7) == 7
    assert np.all(SHANDONG.integral(np.array([0, 1_200_000], np.int64), MANY) == 0)
    each = Schedule((np.array([5, 100]),), (RATE_DENOMINATOR,))
    assert each.integral(np.array([7, 7], np.int64), MANY).tolist() == [2 * RATE_DENOMINATOR, 0]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("deductible", [0, 50, 100, 150, 200, 400])
def test_a_schedule_net_of_its_deductible_pays_what_both_together_pay(after: bool, deductible: int) -> None:
    schedule = Schedule.from_bands([Band(0, 100, 500_000), Band(100, 200, 200_000), Band(200, None, 900_000)])
    net = schedule.net_of(deductible, after)
    for amount in range(0, 700, 7):
        assert net.pays(amount) == cumulative(schedule, after, amount, min(amount, deductible))


def test_a_share_is_rounded_down_and_exact_beyond_int64() -> None:
    assert ONE.share(100, 1, 3) == 33
    assert ONE.share(7, 1, 1) == 7
    assert ONE.share(100, 0, 0) == 0
    assert MANY.share(np.array([100, 7, 7]), np.array([1, 0, 1]), np.array([3, 0, 1])).tolist() == [33, 0, 7]
    assert MANY.share(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64)).tolist() == []
    # the product is 2^63 and beyond, where int64 would turn negative
    for payable, part in ((2**33, 2**30), (2**33 + 1, 2**30 + 1), (MAX_FEN - 1, MAX_FEN - 3)):
        whole = MAX_FEN - 1
        many = MANY.share(*(np.array([one, 1], np.int64) for one in (payable, part, whole)))
        assert many.tolist() == [payable * part // whole, 1]
        assert many.dtype == np.int64
    # a fraction of 1 - 10^-12, which floats round up
    almost = MANY.share(
        *(
            np.array(pair, np.int64)
            for pair in ((10**6, MAX_FEN), (MAX_FEN - 10**6 - 1, MAX_FEN), (MAX_FEN - 1, MAX_FEN))
        )
    )
    assert almost.tolist() == [999_998, MAX_FEN]


@pytest.mark.parametrize(("numerator", "fen"), [(0, 0), (499_999, 0), (500_000, 1), (1_499_999, 1), (1_500_000, 2)])
def test_the_one_rounding_is_half_up(numerator: int, fen: int) -> None:
    assert round_half_up(numerator) == fen
    assert round_half_up(np.array([numerator]))[0] == fen


def test_amounts_and_rates_read_as_people_write_them() -> None:
    assert [yuan(fen) for fen in (0, 5, 100, 123_456_789, -1)] == ["0.00", "0.05", "1.00", "1,234,567.89", "-0.01"]
    assert [rate_text(rate) for rate in (0, 650_000, RATE_DENOMINATOR, 123_456)] == ["0", "0.65", "1", "0.123456"]
    assert [percent_text(rate) for rate in (650_000, RATE_DENOMINATOR, 5_000, 1_000_000)] == [
        "65%",
        "100%",
        "0.5%",
        "100%",
    ]


def test_many_yearly_amounts_are_paid_as_one_bill_of_each_would_be() -> None:
    terms = load_plan("shandong/critical-illness-2015", on=date(2015, 1, 1)).responsibilities[0].terms.terms(0)
    amounts = np.array([0, 1_199_999, 1_200_001, 10_000_001, 90_000_000] * 20_000, np.int64)
    assert terms.pays_many(amounts).tolist() == [0, 0, 1, 4_400_001, 30_000_000] * 20_000
    assert terms.pays_many(amounts[:0]).tolist() == []
    bands = (Band(0, 100, 500_000), Band(100, None, RATE_DENOMINATOR))
    net = TermSet(bands, True, 1_000, NO_CAP, NO_CAP, 0, ()).terms(0)
    assert net.pays_many(np.array([1_000, 1_100, 1_200], np.int64)).tolist() == [0, 50, 150]
    assert terms.pays_many(np.array([MAX_FEN, MAX_FEN], np.int64)).tolist() == [30_000_000] * 2
    for wrong in (-1, MAX_FEN + 1):
        with pytest.raises(AmountOutOfRange, match=f"amounts lie between {wrong} and 5 fen|between 5 and {wrong} fen"):
            terms.pays_many(np.array([5, wrong], np.int64))
