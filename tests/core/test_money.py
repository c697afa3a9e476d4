"""Money is whole fen: shares add up, and nothing is lost between the screen and the books."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from core.money import format_yuan, parse_yuan, split_fen

fen = st.integers(min_value=-(10**15), max_value=10**15)
weights = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=12).filter(lambda w: sum(w) > 0)


def test_one_yuan_over_three_members_goes_34_33_33_to_the_earlier_first() -> None:
    assert split_fen(100, [1, 1, 1]) == [34, 33, 33]


def test_the_larger_remainder_gets_the_odd_fen() -> None:
    # 101 over 30/70: 30.3 and 70.7
    assert split_fen(101, [30, 70]) == [30, 71]


@given(fen, weights)
def test_shares_always_sum_to_the_total(total_fen: int, parts: list[int]) -> None:
    assert sum(split_fen(total_fen, parts)) == total_fen


@given(fen, weights)
def test_each_share_is_within_one_fen_of_its_exact_part(total_fen: int, parts: list[int]) -> None:
    for share, weight in zip(split_fen(total_fen, parts), parts, strict=True):
        assert abs(share * sum(parts) - total_fen * weight) < sum(parts)


@given(fen, weights)
def test_taking_back_is_the_mirror_of_giving(total_fen: int, parts: list[int]) -> None:
    given_fen, taken_fen = split_fen(total_fen, parts), split_fen(-total_fen, parts)
    assert [a + b for a, b in zip(given_fen, taken_fen, strict=True)] == [0] * len(parts)


@pytest.mark.parametrize("bad", [[0, 0], [], [-1, 2]])
def test_weights_that_make_no_sense_are_refused(bad: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split_fen(100, bad)


def test_amounts_read_as_people_write_them() -> None:
    assert format_yuan(1_864_000) == "18,640.00"
    assert format_yuan(5) == "0.05"
    assert format_yuan(-700_000) == "\u22127,000.00"
    assert parse_yuan(" 18,640.00 ") == 1_864_000


@given(st.integers(min_value=0, max_value=10**13))
def test_what_is_shown_reads_back_as_the_same_fen(amount_fen: int) -> None:
    assert parse_yuan(format_yuan(amount_fen)) == amount_fen


@pytest.mark.parametrize("text", ["", "abc", "1.005", "NaN", "Infinity", "1e400x"])
def test_an_amount_that_is_not_whole_fen_is_refused_not_rounded(text: str) -> None:
    with pytest.raises(DomainError) as refusal:
        parse_yuan(text)
    assert refusal.value.code == "amount_unreadable"
