"""The figures of a plan year in one language, by their keys: no figure is typed twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from benefits.money import percent_text
from benefits.plan import ParameterRow, Plan
from benefits.schedule import Band
from benefits.terms import NO_CAP, TermSet, Text
from core.clock import civil_date
from products import promises
from products.models import PlanYear
from products.texts.keys import PORTAL, YEAR_KEYS, Structure, is_outside, outside_is_known, structure_of
from products.texts.language import CLASSES, ENCOUNTERS, ILLNESSES, Language

_MILLION = 1_000_000
_FEN = {"yuan": 100, "fen": 1}
_RATE = {"ratio": _MILLION, "percent": _MILLION // 100}
# Of what a condition asks, how its words are called in a sentence.
_WORDS = {"encounter_type": ENCOUNTERS, "assistance": CLASSES}


class NoFigure(LookupError):
    """There is no such key, or it has no figure to show."""


@dataclass(frozen=True)
class Figures:
    """Of a plan year as it stands on the day of `plan`. insurers: in the language, the leading one first."""

    plan_year: PlanYear
    plan: Plan
    language: Language
    insurers: tuple[str, ...]

    @cached_property
    def structure(self) -> Structure:
        return structure_of(self.plan_year.benefits_text)

    @cached_property
    def rows(self) -> Mapping[str, ParameterRow]:
        return {row.path: row for row in self.plan.parameters}

    @cached_property
    def keys(self) -> frozenset[str]:
        """Every key that the plan year itself has; the texts must say each."""
        premium = [key for key in YEAR_KEYS if key != "year.premium" or not self.plan.premiums]
        return frozenset((*self.rows, *self.structure.parts, *premium))

    def knows(self, key: str) -> bool:
        return outside_is_known(key) if is_outside(key) else key in self.keys or key in YEAR_KEYS

    @cached_property
    def names(self) -> Mapping[str, Text]:
        """What the parts of the plan are called, by the beginning of their keys."""
        plan = self.plan
        of_blocks = {path: name for path, (name, _terms) in self._blocks.items()}
        return of_blocks | {
            **{f"exclusions.{one.key}": one.name for one in plan.exclusions},
            **{f"lists.{key}": one.name for key, one in plan.lists.items()},
            **{f"premium[{i}]": one.who for i, one in enumerate(plan.premiums)},
            **{
                path: adjustment.name
                for block in self.structure.blocks.values()
                for path, adjustment in zip(block.adjustments, self._blocks[block.path][1].adjustments, strict=False)
            },
        }

    @cached_property
    def _blocks(self) -> Mapping[str, tuple[Text, TermSet]]:
        """Name and terms of each part of the plan that has terms, by the beginning of its keys."""
        plan = self.plan
        return {
            **{layer.key: (layer.name, layer.terms) for layer in plan.layers},
            **{one.key: (one.name, one.terms) for one in plan.responsibilities},
            **{f"pools.deductibles.{key}": (pool.name, pool.terms) for key, pool in plan.deductible_pools.items()},
            **{f"pools.caps.{key}": (pool.name, pool.terms) for key, pool in plan.cap_pools.items()},
        }

    def name(self, path: str) -> str:
        if path not in self.names:
            raise NoFigure(path)
        return self.language.of(self.names[path])

    def text(self, key: str) -> str:
        """Raises NoFigure."""
        if key in self.rows:
            return self._parameter(self.rows[key])
        if key in YEAR_KEYS:
            return self._of_year(key)
        if key.startswith(PORTAL):
            return self._promised(key)
        return self._words(key)

    def of_unit(self, unit: str, number: object) -> str:
        return self.language.units[unit].format(number)

    def bands(self, bands: Iterable[Band], *, from_fen: int = 0) -> str:
        """from_fen: up to where nothing is paid whatever the bands say."""
        said = [band for band in bands if band.rate or band.to_fen is None]
        if len(said) == 1 and said[0].from_fen <= from_fen and said[0].to_fen is None:
            return percent_text(said[0].rate)
        words = self.language
        return words.comma.join(
            (words.last_band if band.to_fen is None else words.band).format(
                first=words.money(band.from_fen),
                last=words.money(band.to_fen or 0),
                rate=percent_text(band.rate),
            )
            for band in said
        )

    def cap(self, cap_fen: int) -> str:
        return self.language.without if cap_fen >= NO_CAP else self.language.money(cap_fen)

    def _parameter(self, row: ParameterRow) -> str:
        words, what = self.language, row.path.rpartition(".")[2]
        if row.value == "not_stated":
            return words.not_stated
        if row.value == "none":
            return words.without
        if what == "bands":
            raise NoFigure(row.path)  # only a list made from the plan shows them
        if row.unit in _FEN:
            return words.money(abs(int(Decimal(row.value) * _FEN[row.unit])))
        if row.unit not in _RATE:
            return self.of_unit(row.unit, row.value)
        is_percent = row.value.endswith("%")
        unit = "percent" if is_percent else row.unit
        millionths = int(Decimal(row.value.removesuffix("%")) * _RATE[unit])
        if what == "rate_add":
            return words.points.format(percent_text(millionths).removesuffix("%"))
        return percent_text(millionths)

    def _of_year(self, key: str) -> str:
        words, year = self.language, self.plan_year
        if key == "year.premium":
            return words.money(year.premium_fen)
        if key == "year.cover":
            return words.cover.format(period=words.days(year.cover_from, year.cover_to))
        if key == "year.window":
            opens, closes = civil_date(year.opens_at), civil_date(year.closes_at)
            return words.window.format(period=words.days(opens, closes))
        if not self.insurers:
            raise NoFigure(key)
        return words.insurers.format(names=self._several(self.insurers), lead=self.insurers[0])

    def _promised(self, key: str) -> str:
        promise = promises.declared().get(key.removeprefix(PORTAL))
        if promise is None or promise.figure is None:
            raise NoFigure(key)
        return self.of_unit(promise.unit, promise.figure)

    def _words(self, key: str) -> str:
        """For whom or which bills a block of conditions holds, where it asks for words that have names."""
        asked = self.structure.parts.get(key)
        if key == "preexisting.diagnoses" and asked:
            return self._several(self._illness(code) for code in asked)
        if not isinstance(asked, Mapping):
            raise NoFigure(key)
        for fact, known in _WORDS.items():
            if fact in asked:
                wanted = asked[fact] if isinstance(asked[fact], list) else [asked[fact]]
                return self._several(self.language.of(known.get(word, Text(word, word))) for word in wanted)
        raise NoFigure(key)

    def _illness(self, code: str) -> str:
        name = ILLNESSES.get(code)
        return code if name is None else self.language.with_code.format(name=self.language.of(name), code=code)

    def _several(self, names: Iterable[str]) -> str:
        return self.language.listing.join(names)
