"""Comparisons and projections as CSV: long form, one figure a line, read by programs and so not translated."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from products.models import ComparedTerms, Comparison
from products.workshop.projection import Assumptions
from products.workshop.shown import GROUPINGS, Projected


def figures_csv(comparison: Comparison, terms: Sequence[ComparedTerms]) -> str:
    """Long form: terms, section, group, figure, value in fen or people. Read by programs, so not translated."""
    rows: list[tuple[Any, ...]] = [("", "city", "", name, value) for name, value in comparison.shared.items()]
    rows.append(("", "city", "", "sha256", comparison.city_year.sha256))
    for one in terms:
        rows += [(one.name, *row) for row in _long(one)]
    return _written(("terms", "section", "group", "figure", "value"), rows)


def _long(one: ComparedTerms) -> Iterator[tuple[str, str, str, Any]]:
    figures = one.figures
    yield "terms", "", "sha256", one.sha256
    for name in ("premium_fen", "paid_fen", "reached", "bills_paid"):
        yield "summary", "", name, figures[name]
    for point, fen in figures["points_fen"].items():
        yield "summary", f"P{point}", "paid_fen", fen
    for key, fen in figures["by_responsibility_fen"].items():
        yield "responsibility", key, "paid_fen", fen
    for grouping in GROUPINGS:
        for group in figures[grouping]:
            yield from ((grouping, group["name"], name, value) for name, value in group.items() if name != "name")
    yield from _against(figures["against"])


def _against(figures: dict[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    for side in ("worse", "better"):
        yield from (("against", side, name, value) for name, value in figures[side].items())
        for grouping in ("ages", "deciles"):
            for group in figures[grouping]:
                for name, value in group[side].items():
                    yield f"against {grouping}", group["name"], f"{side} {name}", value


def _written(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """With a mark, so that spreadsheets read it as UTF-8; nothing in it is taken for a formula."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return out.getvalue()


def _plain(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def projection_csv(found: Sequence[Projected], assumed: Assumptions) -> str:
    head = (
        "terms", "year", "insured", "covered_percent", "price_fen", "premium_fen", "paid_fen", "loss_ratio", "risk",
        "left", "joined",
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = [
        (
            one.name, year.number, year.insured, f"{year.covered:.2f}", year.price_fen, year.premium_fen, year.paid_fen,
            "" if year.loss_ratio is None else f"{year.loss_ratio:.6f}", f"{year.risk:.4f}", year.left, year.joined,
        )
        for one in found
        for year in one.years
    ]  # fmt: skip
    rows += [("assumed", name, value) for name, value in asdict(assumed).items()]
    return _written(head, rows)
