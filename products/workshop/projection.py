"""Five years of a plan: price × cover × who leaves. A small model, for orientation, written out here in full.

It starts from a city year computed under the terms: how many are insured, what they pay, what is paid to them, how many
of them got something. From one year to the next:

- the price rises by `price_rise`, each yuan of cost by `inflation`; what the terms pay rises `leverage` times as fast
  as costs, since deductibles stay (1.5: costs + 6 %, payouts + 9 %);
- of those who got nothing `leaving` leave, and `reaction` more for each percent by which the price rises; of those who
  got something only `loyal` of that share leaves: who leaves is healthier than who stays;
- who got something costs `known_risk` times the average in the next year too, everybody else accordingly less;
- of those who are not insured `joining` join, at the risk of the first year.

Amounts are whole fen, rounded at the end of each year; rates are floats: this is no money of anybody's.
"""

from __future__ import annotations

from dataclasses import dataclass

YEARS = 5


@dataclass(frozen=True, slots=True)
class Assumptions:
    """All in percent, but leverage and known_risk, which are factors. covered: of those who could be insured, in the
    first year."""

    covered: float = 40.0
    price_rise: float = 0.0
    inflation: float = 6.0
    leverage: float = 1.5
    leaving: float = 12.0
    reaction: float = 0.8
    loyal: float = 25.0
    known_risk: float = 2.5
    joining: float = 5.0


@dataclass(frozen=True, slots=True)
class Start:
    """Of a comparison, under one of its terms. price_fen: the premium of one, on average."""

    insured: int
    premium_fen: int
    paid_fen: int
    reached: int


@dataclass(frozen=True, slots=True)
class Year:
    """risk: average cost of those insured, 1.0 in the first year. left, joined: at its beginning."""

    number: int
    insured: int
    covered: float
    price_fen: int
    premium_fen: int
    paid_fen: int
    risk: float
    left: int
    joined: int

    @property
    def loss_ratio(self) -> float | None:
        return self.paid_fen / self.premium_fen if self.premium_fen else None

    @property
    def loss_percent(self) -> str:
        return "–" if self.loss_ratio is None else f"{100 * self.loss_ratio:.1f}%"


def project(start: Start, assumed: Assumptions) -> list[Year]:
    """YEARS years; the first is the city year itself."""
    if not start.insured:
        return []
    eligible = start.insured * 100 / assumed.covered
    price = start.premium_fen / start.insured
    per_head = start.paid_fen / start.insured
    reached = start.reached / start.insured
    insured, risk, left, joined = float(start.insured), 1.0, 0.0, 0.0
    growth = 1.0
    years = []
    for number in range(1, YEARS + 1):
        if number > 1:
            share = min(reached * risk * growth, 0.95)
            insured, risk, left, joined = _next(insured, risk, share, eligible, assumed)
            price *= 1 + assumed.price_rise / 100
            growth *= 1 + assumed.inflation * assumed.leverage / 100
        years.append(
            Year(
                number=number,
                insured=round(insured),
                covered=100 * insured / eligible,
                price_fen=round(price),
                premium_fen=round(insured * price),
                paid_fen=round(insured * per_head * risk * growth),
                risk=risk,
                left=round(left),
                joined=round(joined),
            )
        )
    return years


def _next(
    insured: float, risk: float, share: float, eligible: float, assumed: Assumptions
) -> tuple[float, float, float, float]:
    """(insured, risk, left, joined) of the next year. share: of the insured that got something this year."""
    leaving = min((assumed.leaving + assumed.reaction * max(assumed.price_rise, 0.0)) / 100, 1.0)
    known = min(assumed.known_risk, 1 / share if share else assumed.known_risk)
    others = (1 - share * known) / (1 - share)
    stay_known = insured * share * (1 - leaving * assumed.loyal / 100)
    stay_others = insured * (1 - share) * (1 - leaving)
    joined = max(eligible - insured, 0.0) * assumed.joining / 100
    after = stay_known + stay_others + joined
    if not after:
        return 0.0, risk, insured, 0.0
    cost = stay_known * risk * known + stay_others * risk * others + joined
    return after, cost / after, insured - stay_known - stay_others, joined
