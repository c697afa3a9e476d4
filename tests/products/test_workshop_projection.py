"""Five years, the second worked out by hand."""

from __future__ import annotations

import pytest

from products.workshop.projection import Assumptions, Start, project

# 100,000 insured at 100.00, of whom 2,000 got something, 7,000,000.00 together: 70.00 a head.
CITY = Start(insured=100_000, premium_fen=10_000_000_00, paid_fen=7_000_000_00, reached=2_000)


def test_the_first_year_is_the_city_year() -> None:
    first = project(CITY, Assumptions())[0]
    assert (first.insured, first.covered, first.price_fen, first.left, first.joined) == (100_000, 40.0, 100_00, 0, 0)
    assert first.loss_ratio == 0.7


def test_the_second_year_by_hand() -> None:
    """250,000 could be insured. Of the 98,000 who got nothing 20 % leave (12 and 0.8 for each of 10 %): 78,400 stay; of
    the 2,000 who got something a quarter of that share, 5 %: 1,900 stay; 5 % of the other 150,000 join: 7,500. So
    87,800 are insured at 110.00. Who got something costs 2.5 times the average, the others (1 - 0.02 x 2.5) / 0.98 =
    0.969388 of it: (1,900 x 2.5 + 78,400 x 0.969388 + 7,500) / 87,800 = 1.005125. Payouts rise by 6 % x 1.5 = 9 %:
    87,800 x 70.00 x 1.005125 x 1.09 = 6,733,477."""
    second = project(CITY, Assumptions(price_rise=10))[1]
    assert (second.insured, second.left, second.joined, second.price_fen) == (87_800, 19_700, 7_500, 110_00)
    assert second.risk == pytest.approx(1.005125, abs=1e-6)
    assert second.premium_fen == 9_658_000_00
    assert second.paid_fen / 100 == pytest.approx(87_800 * 70 * 1.0051253 * 1.09, abs=5)


def test_a_steeper_price_leaves_fewer_and_costlier_people() -> None:
    mild, steep = (project(CITY, Assumptions(price_rise=rise))[-1] for rise in (0, 20))
    assert steep.insured < mild.insured
    assert steep.risk > mild.risk


def test_terms_that_pay_nobody_are_projected_too() -> None:
    years = project(Start(1_000, 100_000, 0, 0), Assumptions())
    assert [year.paid_fen for year in years] == [0] * 5
    assert project(Start(0, 0, 0, 0), Assumptions()) == []
