"""What does not add up on Li's bill stands at the desk in sentences: no code, no sign of a machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from claims.checks.amounts_add_up import CHECK


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("warning", "sentence"),
    [
        ("total_vs_parts:+1000", "The total and its parts are 10.00 yuan apart."),
        ("funds_vs_layers:-5", "What all funds paid and what each of them paid are 0.05 yuan apart."),
        ("total_vs_payers:-5", "The total and what everybody paid are 0.05 yuan apart."),
        (
            "personal_vs_account_and_cash:+200",
            "The person's part and what came from account and cash are 2.00 yuan apart.",
        ),
        ("total_vs_lines:+1000", "The total and the fee lines are 10.00 yuan apart."),
        (
            "out_of_catalogue_vs_lines:-10000",
            "The cost outside the catalogue and the fee lines outside it are 100.00 yuan apart.",
        ),
        ("line_without_amount:+10000:L1", "Fee line L1 has no amount; its parts are 100.00 yuan."),
        ("line_vs_parts:-300:L2", "Fee line L2 and its parts are 3.00 yuan apart."),
        ("negative:-7000:basic_fund_paid_fen", "Basic medical insurance is below nothing: −70.00 yuan."),
        ("negative:-7000:funds_paid_fen", "An amount of the bill is below nothing: −70.00 yuan."),
        ("said_by_nobody_yet:+1", "Amounts of the bill do not add up."),
    ],
)
def test_each_warning_of_the_platform_has_its_sentence(warning: str, sentence: str) -> None:
    assert CHECK.detail({"warnings": [warning]}) == sentence


def test_several_stand_side_by_side_each_once() -> None:
    said = CHECK.detail({"warnings": ["total_vs_lines:+1000", "line_vs_parts:-300:L2", "total_vs_lines:+1000"]})
    assert said == "The total and the fee lines are 10.00 yuan apart. Fee line L2 and its parts are 3.00 yuan apart."
