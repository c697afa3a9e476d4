"""The bill bar: widths are exact, small payers stay visible, screen readers get a table."""

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DomainError
from look.components import NARROWEST, WHOLE, BillPart, bar_segments

LI_JIANGUO = [
    BillPart("基本医保", 4_138_000, "basic"),
    BillPart("大病保险", 946_000, "critical"),
    BillPart("惠民保", 1_864_000, "huiminbao"),
    BillPart("您自己", 1_672_000, "self"),
]


def drawn(parts: list[BillPart]) -> str:
    return Template("{% load look %}{% bill_bar parts 'Who paid' %}").render(Context({"parts": parts}))


def test_a_bill_of_86200_yuan_is_drawn_in_the_order_in_which_the_payers_paid():
    segments = bar_segments(LI_JIANGUO)
    assert [(segment.kind, segment.x, segment.w) for segment in segments] == [
        ("basic", "0.00%", "48.02%"),
        ("critical", "48.02%", "10.97%"),
        ("huiminbao", "58.99%", "21.62%"),
        ("self", "80.61%", "19.39%"),
    ]


def test_a_part_of_four_yuan_eighty_stays_visible():
    segments = bar_segments([BillPart("惠民保", 11_500_000, "huiminbao"), BillPart("您自己", 480, "self")])
    assert segments[-1].width == NARROWEST
    assert segments[0].width == WHOLE - NARROWEST


def test_nobody_paid_zero_yuan_in_the_bar_but_the_table_says_so():
    parts = [BillPart("惠民保", 100, "huiminbao"), BillPart("您自己", 0, "self")]
    assert [segment.kind for segment in bar_segments(parts)] == ["huiminbao"]
    page = drawn(parts)
    assert "您自己" in page and "0.00" in page


def test_a_bill_of_nothing_has_no_bar():
    assert '<svg class="bar"' not in drawn([BillPart("您自己", 0, "self")])


def test_a_negative_part_is_refused():
    with pytest.raises(DomainError) as refused:
        bar_segments([BillPart("您自己", -1, "self")])
    assert refused.value.code == "bill_part_negative"


def test_the_picture_is_hidden_from_screen_readers_and_the_table_is_not():
    page = drawn(LI_JIANGUO)
    assert 'class="bar" width="100%" height="28" aria-hidden="true"' in page
    assert "86,200.00" in page and '<th scope="row">' in page
    assert "style=" not in page, "the content security policy allows no inline styles"


@given(st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=6))
def test_the_bar_is_always_filled_exactly(amounts_fen):
    parts = [BillPart("x", amount, "other") for amount in amounts_fen]
    segments = bar_segments(parts)
    assert sum(segment.width for segment in segments) == (WHOLE if any(amounts_fen) else 0)
    assert all(segment.width >= NARROWEST for segment in segments)
    starts = [segment.start for segment in segments]
    assert starts == [sum(s.width for s in segments[:i]) for i in range(len(segments))]
