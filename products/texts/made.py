"""Lists of a text that are made from the plan: `{{terms}}`, `{{layers}}`, `{{changes}}` … Each item brings its keys.

What is said is what the terms come to ("rate 77% (others 75%)"), so that a reader need not add anything up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from benefits.explain import AMOUNT_NAMES
from benefits.plan import Layer, Pool, Responsibility
from benefits.terms import NO_CAP, Adjustment, Terms, TermSet
from products.texts.figures import Figures

MOST_KEYS = 3


@dataclass(frozen=True, slots=True)
class Item:
    text: str
    keys: tuple[str, ...]


Said = list[tuple[str, tuple[str, ...]]]
"""Parts of a sentence, each with its keys."""


def terms(figures: Figures) -> Iterator[Item]:
    """Every responsibility with all that changes its terms, then what several share."""
    for one in figures.plan.responsibilities:
        yield from _terms_of(figures, one.key, one.per, one.terms, one)
        yield from _changes_of(figures, one.key, one.terms)
        yield from _limits(figures, one)
        yield from _counted_in_part(figures, one)
    yield from pools(figures)


def layers(figures: Figures) -> Iterator[Item]:
    """The layers before the product that are computed as if they paid."""
    for layer in _simulated(figures):
        yield from _terms_of(figures, layer.key, "stay" if layer.per_stay else "year", layer.terms)
        yield from _changes_of(figures, layer.key, layer.terms)


def changes(figures: Figures) -> Iterator[Item]:
    """Who gets other terms than everybody else, under each responsibility."""
    for one in figures.plan.responsibilities:
        yield from _changes_of(figures, one.key, one.terms)


def deductible(figures: Figures) -> Iterator[Item]:
    words = figures.language
    for one in figures.plan.responsibilities:
        path, amount_fen = deductible_of(figures, one)
        name = figures.name(one.key)
        if "deductible" in _open(figures, one):
            yield Item(words.terms.format(name=name, what=words.deductible["year"].format(words.not_stated)), path)
        elif amount_fen:
            said = words.below.format(name=name, per=words.per[one.per], amount=words.money(amount_fen))
            yield Item(said, path)
        else:
            # A fixed sum, and whatever its file gives no deductible: what is paid of the whole makes it true.
            path = path or _there(figures, f"{one.key}.rate", f"{one.key}.bands", f"{one.key}.lump_sum")
            yield Item(words.no_deductible.format(name=name), path)


def cap(figures: Figures) -> Iterator[Item]:
    words = figures.language
    for one in figures.plan.responsibilities:
        cap_fen = one.terms.terms(0).cap_fen
        if cap_fen < NO_CAP and not one.terms.terms(0).unstated.get("cap"):
            said = words.at_most.format(name=figures.name(one.key), amount=words.money(cap_fen))
            yield Item(said, _there(figures, f"{one.key}.cap"))
    yield from pools(figures)


def pools(figures: Figures) -> Iterator[Item]:
    """Limits that several responsibilities share."""
    words = figures.language
    for key, pool in figures.plan.cap_pools.items():
        path = "total_cap" if key == "total" else f"pools.caps.{key}.amount"
        cap_fen = pool.terms.terms(0).cap_fen
        if cap_fen < NO_CAP:
            said = words.at_most.format(name=words.of(pool.name), amount=words.money(cap_fen))
            yield Item(said, _there(figures, path))
        if key != "total":
            yield from _changes_of(figures, f"pools.caps.{key}", pool.terms)
    for key, pool in figures.plan.deductible_pools.items():
        yield from _deductible_pool(figures, key, pool)


def waiting(figures: Figures) -> Iterator[Item]:
    for i, one in enumerate(figures.plan.waiting):
        path = f"waiting_period[{i}]"
        text = figures.language.waiting.format(figures.of_unit("days", one.days))
        yield Item(text, _there(figures, f"{path}.days", f"{path}.if", f"{path}.except_encounters"))


def standing(figures: Figures) -> Iterator[Item]:
    """How long what was before counts: of illnesses, and of years insured."""
    words = figures.language
    for path, sentence in {
        "preexisting.within_years": words.within_years,
        "preexisting.lifted_after_years": words.lifted_after,
        "continuity.break_forgiven": words.break_forgiven,
        "continuity.late_renewal": words.late_renewal,
    }.items():
        if path in figures.rows:
            yield Item(sentence.format(figures.text(path)), (path,))


def premium(figures: Figures) -> Iterator[Item]:
    words = figures.language
    for i, line in enumerate(figures.plan.premiums):
        said = words.premium.format(who=words.of(line.who), amount=figures.text(f"premium[{i}].amount"))
        yield Item(said, _there(figures, f"premium[{i}].amount", f"premium[{i}].if"))


MADE: Mapping[str, Callable[[Figures], Iterator[Item]]] = {
    one.__name__: one for one in (terms, layers, changes, deductible, cap, pools, waiting, standing, premium)
}


def deductible_of(figures: Figures, one: Responsibility) -> tuple[tuple[str, ...], int]:
    """Where a responsibility's deductible stands, and what it comes to for most people."""
    if one.deductible_pool is None:
        return _there(figures, f"{one.key}.deductible"), one.terms.terms(0).deductible_fen
    pool = figures.plan.deductible_pools[one.deductible_pool]
    paths = f"pools.deductibles.{pool.key}.amount", f"{pool.counted_by}.deductible"
    return _there(figures, *paths)[:1], pool.terms.terms(0).deductible_fen


def _open(figures: Figures, one: Responsibility) -> Mapping[str, bool]:
    pool = one.deductible_pool
    return one.terms.terms(0).unstated if pool is None else figures.plan.deductible_pools[pool].terms.terms(0).unstated


def _simulated(figures: Figures) -> list[Layer]:
    return [layer for layer in figures.plan.layers if layer.simulate is not None]


def _there(figures: Figures, *paths: str) -> tuple[str, ...]:
    return tuple(path for path in paths if path in figures.keys)


def _terms_of(
    figures: Figures, path: str, per: str, term_set: TermSet, of: Responsibility | None = None
) -> Iterator[Item]:
    words, base, name = figures.language, term_set.terms(0), figures.name(path)
    if of is not None and of.lump_sum:
        amount = words.not_stated if base.unstated.get("amount") else words.money(base.amount_fen)
        yield Item(
            words.terms.format(name=name, what=words.lump_sum.format(amount)), _there(figures, f"{path}.lump_sum")
        )
        return
    deductible_at, deductible_fen = (
        (_there(figures, f"{path}.deductible"), base.deductible_fen) if of is None else deductible_of(figures, of)
    )
    is_open = base.unstated if of is None else {**base.unstated, **_open(figures, of)}
    amount = words.not_stated if is_open.get("deductible") else words.money(deductible_fen)
    first = words.deductible[per].format(amount)
    if not deductible_fen and not is_open.get("deductible"):
        first = words.no_deductible_here
    rate = words.not_stated if is_open.get("rate") else figures.bands(base.bands, from_fen=deductible_fen)
    limit = words.not_stated if is_open.get("cap") else figures.cap(base.cap_fen)
    limited = words.no_cap if limit == words.without else words.cap.format(limit)
    said: Said = [
        (first, deductible_at),
        (words.rate.format(rate), _there(figures, f"{path}.rate", f"{path}.bands")),
        (limited, _there(figures, f"{path}.cap")),
    ]
    yield from _sentences(figures, partial(words.terms.format, name=name), said)
    if base.stay_cap_fen < NO_CAP:
        amount = words.money(base.stay_cap_fen)
        yield Item(words.stay_cap.format(name=name, amount=amount), _there(figures, f"{path}.stay_cap"))


def _or_none(figures: Figures, amount_fen: int) -> str:
    return figures.language.money(amount_fen) if amount_fen else figures.language.without


def _changes_of(figures: Figures, path: str, term_set: TermSet) -> Iterator[Item]:
    block = figures.structure.blocks.get(path)
    words, name = figures.language, figures.name(path)
    for bit, (at, adjustment) in enumerate(zip(block.adjustments if block else (), term_set.adjustments, strict=False)):
        said = _change(figures, at, adjustment, term_set.terms(0), term_set.terms(1 << bit))
        whole = partial(words.who.format, name=name, who=words.of(adjustment.name))
        yield from _sentences(figures, whole, said, _there(figures, f"{at}.if"))


def _change(figures: Figures, at: str, adjustment: Adjustment, base: Terms, changed: Terms) -> Said:
    words = figures.language
    if not changed.covered:
        return [(words.not_covered, _there(figures, f"{at}.covered"))]
    said: Said = []
    if adjustment.covered:
        said.append((words.covered, _there(figures, f"{at}.covered")))
    compared: list[tuple[str, Any, Any, tuple[str, ...]]] = [
        (
            words.rate, figures.bands(changed.bands, from_fen=changed.deductible_fen),
            figures.bands(base.bands, from_fen=base.deductible_fen), ("rate", "rate_add", "rate_factor", "bands"),
        ),
        (
            words.deductible["year"], _or_none(figures, changed.deductible_fen),
            _or_none(figures, base.deductible_fen), ("deductible", "deductible_add", "deductible_factor"),
        ),
        (words.cap, figures.cap(changed.cap_fen), figures.cap(base.cap_fen), ("cap",)),
        (words.cap, figures.cap(changed.stay_cap_fen), figures.cap(base.stay_cap_fen), ("stay_cap",)),
        (words.lump_sum, words.money(changed.amount_fen), words.money(base.amount_fen), ("amount",)),
    ]  # fmt: skip
    for sentence, new, old, names in compared:
        is_open = any(changed.unstated.get(name) for name in names)
        if new != old or is_open:
            new = words.not_stated if is_open else new
            said.append(
                (
                    sentence.format(words.instead.format(new=new, old=old)),
                    _there(figures, *(f"{at}.{n}" for n in names)),
                )
            )
    return said


def _limits(figures: Figures, one: Responsibility) -> Iterator[Item]:
    words = figures.language
    for limit in one.limits:
        path = f"{one.key}.{limit.key.removeprefix(f'{one.key}:')}"
        name = f"{figures.name(one.key)}{words.comma}{words.of(limit.name)}"
        for sentence, amount, key in (
            (words.eligible, limit.eligible_fen, "eligible"),
            (words.payable, limit.payable_fen, "payable"),
        ):
            if amount is not None:
                said = sentence.format(name=name, per=words.per[limit.per], amount=words.money(amount))
                yield Item(said, _there(figures, f"{path}.{key}"))
        if limit.count is not None:
            count = figures.of_unit("items", limit.count)
            said = words.count.format(name=name, per=words.per[limit.per], amount=count)
            yield Item(said, _there(figures, f"{path}.count"))


def _counted_in_part(figures: Figures, one: Responsibility) -> Iterator[Item]:
    words = figures.language
    for i, term in enumerate(one.base):
        path = f"{one.key}.base[{i}].factor"
        if path in figures.rows:
            amount = AMOUNT_NAMES.get(term.amount or "")
            what = words.of(amount) if amount else (term.amount or figures.name(one.key))
            said = words.counts.format(name=figures.name(one.key), what=what, rate=figures.text(path))
            yield Item(said, (path,))


def _deductible_pool(figures: Figures, key: str, pool: Pool) -> Iterator[Item]:
    words, path = figures.language, f"pools.deductibles.{key}"
    amount = _or_none(figures, pool.terms.terms(0).deductible_fen)
    said = words.terms.format(name=words.of(pool.name), what=words.deductible["year"].format(amount))
    yield Item(said, _there(figures, f"{path}.amount"))
    if pool.counted_by is None:
        yield from _changes_of(figures, path, pool.terms)


def _sentences(figures: Figures, whole: Callable[..., str], said: Said, start: tuple[str, ...] = ()) -> Iterator[Item]:
    """As many sentences as it takes to keep each within its keys."""
    texts: list[str] = []
    keys = list(start)
    for text, of in said:
        if texts and len({*keys, *of}) > MOST_KEYS:
            yield Item(whole(what=figures.language.comma.join(texts)), tuple(keys))
            texts, keys = [], []
        texts.append(text)
        keys += [key for key in of if key not in keys]
    if texts:
        yield Item(whole(what=figures.language.comma.join(texts)), tuple(keys))
