"""Terms of a layer or responsibility: deductible, bands, caps, and the adjustments that change them.

Adjustments (rewards, tilts, pre-existing, place …) are tried in file order; those whose condition holds form a mask
of bits, and `TermSet.terms(mask)` gives the resulting terms, computed once per mask. One bill looks its mask up; an
array of bills looks up the few distinct masks it contains. Both use the same `Terms`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from benefits.conditions import Condition
from benefits.errors import AmountOutOfRange
from benefits.money import MAX_FEN, RATE_DENOMINATOR, round_half_up
from benefits.schedule import CHUNK, ONE, Band, Fen, Ops, Schedule

NO_CAP = MAX_FEN
"""Stands for "no cap": no amount can exceed it (see benefits.money)."""


NOTHING_UNSTATED: Mapping[str, bool] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Text:
    """A name in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A conditional change of terms; None changes nothing. `kind`: reward, tilt, preexisting, place, other."""

    name: Text
    kind: str
    clause: str
    condition: Condition
    covered: bool | None = None
    rate: int | None = None
    rate_add: int | None = None
    rate_factor: int | None = None
    bands: tuple[Band, ...] | None = None
    deductible_fen: int | None = None
    deductible_add_fen: int | None = None
    deductible_factor: int | None = None
    cap_fen: int | None = None
    stay_cap_fen: int | None = None
    amount_fen: int | None = None
    unstated: tuple[str, ...] = ()
    """What the plan's document leaves open for these people: rate, deductible, cap, stay_cap, amount."""


def _states(a: Adjustment) -> set[str]:
    """The numbers that an adjustment sets anew, so that what was open is stated."""
    given = {"deductible": a.deductible_fen, "cap": a.cap_fen, "stay_cap": a.stay_cap_fen, "amount": a.amount_fen}
    stated = {name for name, value in given.items() if value is not None}
    return stated | ({"rate"} if a.rate is not None or a.bands is not None else set())


@dataclass(frozen=True, slots=True)
class Terms:
    """What applies to one bill. `amount_fen`: the lump sum, if any; `applied`: the adjustments that made them."""

    covered: bool
    deductible_fen: int
    bands: tuple[Band, ...]
    schedule: Schedule
    after_deductible: bool
    cap_fen: int
    stay_cap_fen: int
    amount_fen: int
    applied: tuple[Adjustment, ...]
    cost_at_cap: tuple[int, int, int] = (NO_CAP, 0, 1)
    """The cap converted back to cost, exactly: see `cost_at_cap`."""
    unstated: Mapping[str, bool] = field(default_factory=lambda: NOTHING_UNSTATED)
    """Numbers that the plan's document does not state, by name: asked for, they are an error."""

    def pays_many(self, amounts_fen: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """What each of many yearly amounts is paid from nothing accumulated: deductible, bands and cap, exact.

        amounts_fen: int64[n], each within 0 to MAX_FEN. Computed in pieces that stay in the processor's cache.
        """
        if amounts_fen.size and not 0 <= int(amounts_fen.min()) <= int(amounts_fen.max()) <= MAX_FEN:
            raise AmountOutOfRange(f"amounts lie between {amounts_fen.min()} and {amounts_fen.max()} fen")
        net = self.schedule.net_of(self.deductible_fen, self.after_deductible)
        paid = np.empty_like(amounts_fen)
        spare = np.empty(CHUNK, np.int64)
        for start in range(0, len(amounts_fen), CHUNK):
            out = paid[start : start + CHUNK]
            net.pay_into(amounts_fen[start : start + CHUNK], out, spare[: len(out)])
            np.minimum(out, self.cap_fen, out=out)
        return paid


def cost_at_cap(
    schedule: Schedule, after_deductible: bool, deductible_fen: Fen, cap_fen: Fen, ops: Ops = ONE
) -> tuple[Fen, Fen, Fen]:
    """The eligible amount at which a cap is reached, exactly: (whole, short, rate) for whole − short / rate fen.

    NO_CAP where it never is; nothing where there is no cap left to reach.
    """
    borne = 0 if after_deductible else schedule.integral(deductible_fen, ops)
    whole, short, rate = schedule.reach(cap_fen * RATE_DENOMINATOR + borne, ops)
    if after_deductible:
        whole = ops.minimum(whole + deductible_fen, NO_CAP)
    never, spent = (cap_fen >= NO_CAP) | (whole >= NO_CAP), cap_fen <= 0
    whole = ops.where(spent, 0, ops.where(never, NO_CAP, whole))
    exact = never | spent
    return whole, ops.where(exact, 0, short), ops.where(exact, 1, rate)


def _clip_rate(rate: int) -> int:
    return min(max(rate, 0), RATE_DENOMINATOR)


@dataclass(slots=True)
class TermSet:
    """Base terms with their adjustments; resolves masks to terms."""

    bands: tuple[Band, ...]
    after_deductible: bool
    deductible_fen: int
    cap_fen: int
    stay_cap_fen: int
    amount_fen: int
    adjustments: tuple[Adjustment, ...]
    unstated: tuple[str, ...] = ()
    _resolved: dict[int, Terms] = field(default_factory=dict)

    def mask_for(self, facts: Any) -> int:
        """Bit i set: adjustment i holds for this bill's facts."""
        mask = 0
        for bit, adjustment in enumerate(self.adjustments):
            if adjustment.condition.holds(facts):
                mask |= 1 << bit
        return mask

    def terms(self, mask: int) -> Terms:
        """Terms for a mask, computed once."""
        known = self._resolved.get(mask)
        if known is None:
            known = self._resolved[mask] = self._resolve(mask)
        return known

    def _resolve(self, mask: int) -> Terms:
        covered, bands, deductible = True, self.bands, self.deductible_fen
        cap, stay_cap, amount = self.cap_fen, self.stay_cap_fen, self.amount_fen
        applied = tuple(a for bit, a in enumerate(self.adjustments) if mask >> bit & 1)
        unstated = set(self.unstated)
        for a in applied:
            unstated = (unstated - _states(a)) | set(a.unstated)
            covered = covered if a.covered is None else a.covered
            bands = bands if a.bands is None else a.bands
            if a.rate is not None:
                bands = tuple(Band(b.from_fen, b.to_fen, a.rate) for b in bands)
            if a.rate_factor is not None:
                bands = tuple(
                    Band(b.from_fen, b.to_fen, _clip_rate(round_half_up(b.rate * a.rate_factor))) for b in bands
                )
            if a.rate_add is not None:
                bands = tuple(Band(b.from_fen, b.to_fen, _clip_rate(b.rate + a.rate_add)) for b in bands)
            deductible = deductible if a.deductible_fen is None else a.deductible_fen
            if a.deductible_factor is not None:
                deductible = round_half_up(deductible * a.deductible_factor)
            if a.deductible_add_fen is not None:
                deductible = max(deductible + a.deductible_add_fen, 0)
            cap = cap if a.cap_fen is None else a.cap_fen
            stay_cap = stay_cap if a.stay_cap_fen is None else a.stay_cap_fen
            amount = amount if a.amount_fen is None else a.amount_fen
        schedule = Schedule.from_bands(bands)
        at_cap = cost_at_cap(schedule, self.after_deductible, deductible, cap)
        return Terms(
            covered,
            deductible,
            bands,
            schedule,
            self.after_deductible,
            cap,
            stay_cap,
            amount,
            applied,
            at_cap,
            dict.fromkeys(sorted(unstated), True) or NOTHING_UNSTATED,
        )
