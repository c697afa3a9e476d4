"""Comparisons as tables on the terminal, as CSV, and as one picture."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benefits.errors import needs
from benefits.money import yuan
from benefits.simulation.compare import Comparison, Group

SECTIONS = (
    ("deciles", "By burden / 按个人负担十分位"),
    ("ages", "By age / 按年龄"),
    ("causes", "Top causes / 主要病种"),
)


def _percent(part: float | None) -> str:
    return "-" if part is None else f"{part:.1%}"


def _millions(fen: int) -> str:
    return f"{fen / 100 / 10_000:,.2f}"


def _summary(comparisons: Sequence[Comparison]) -> Table:
    table = Table(title="Plans compared / 方案对比 (amounts in 万元 where marked)")
    table.add_column("")
    rows: list[tuple[str, list[str]]] = [
        ("insured / 参保人数", [f"{c.insured:,}" for c in comparisons]),
        ("premium 万元 / 保费", [_millions(c.premium_fen) if c.premium_fen else "-" for c in comparisons]),
        ("paid 万元 / 赔付", [_millions(c.paid_fen) for c in comparisons]),
        ("loss ratio / 赔付率", [_percent(c.loss_ratio) for c in comparisons]),
        ("bills / 账单", [f"{c.bills:,}" for c in comparisons]),
        ("bills paid / 获赔账单", [f"{c.bills_paid:,}" for c in comparisons]),
        ("people reached / 获赔人数", [f"{c.reached:,}" for c in comparisons]),
        ("of the insured / 占参保人", [f"{c.reached / max(c.insured, 1):.2%}" for c in comparisons]),
        (
            "burden paid / 减负比例",
            [_percent(c.paid_fen / c.burden_fen if c.burden_fen else None) for c in comparisons],
        ),
        ("mean per person yuan / 人均", [yuan(c.mean_fen) for c in comparisons]),
    ]
    for point in comparisons[0].percentiles_fen:
        rows.append((f"{point} yuan", [yuan(c.percentiles_fen[point]) for c in comparisons]))
    for c in comparisons:
        table.add_column(f"{c.plan_name}\n{c.plan_id}", justify="right")
    for name, cells in rows:
        table.add_row(name, *cells)
    return table


def _groups(title: str, comparisons: Sequence[Comparison], section: str) -> Table:
    table = Table(title=title)
    table.add_column("")
    table.add_column("people or bills", justify="right")
    table.add_column("burden yuan", justify="right")
    for c in comparisons:
        table.add_column(f"{c.plan_name}\nreached", justify="right")
        table.add_column("paid 万元", justify="right")
        table.add_column("share", justify="right")
    names = dict.fromkeys(group.name for c in comparisons for group in getattr(c, section))
    for name in names:
        found: list[Group | None] = [
            next((g for g in getattr(c, section) if g.name == name), None) for c in comparisons
        ]
        any_of = next(group for group in found if group is not None)
        cells: list[str] = []
        for group in found:
            cells += (
                ["", "", ""]
                if group is None
                else [f"{group.reached:,}", _millions(group.paid_fen), _percent(group.paid_share)]
            )
        table.add_row(name, f"{any_of.people:,}", yuan(any_of.burden_fen // max(any_of.people, 1)), *cells)
    return table


def print_tables(comparisons: Sequence[Comparison], console: Console) -> None:
    """Summary, responsibilities and distributions of all plans side by side."""
    console.print(_summary(comparisons))
    for c in comparisons:
        table = Table(title=f"{c.plan_name}: by responsibility / 按责任")
        table.add_column("")
        table.add_column("paid 万元", justify="right")
        table.add_column("share", justify="right")
        for key, fen in c.by_responsibility_fen.items():
            table.add_row(key, _millions(fen), _percent(fen / c.paid_fen if c.paid_fen else None))
        console.print(table)
    for section, title in SECTIONS:
        if any(getattr(c, section) for c in comparisons):
            console.print(_groups(title, comparisons, section))


def _long_rows(c: Comparison) -> Iterator[tuple[str, str, str, object]]:
    for name in ("insured", "premium_fen", "paid_fen", "bills", "bills_paid", "reached", "burden_fen", "mean_fen"):
        yield "summary", "", name, getattr(c, name)
    yield "summary", "", "loss_ratio", "" if c.loss_ratio is None else f"{c.loss_ratio:.6f}"
    for point, fen in c.percentiles_fen.items():
        yield "summary", point, "paid_fen", fen
    for key, fen in c.by_responsibility_fen.items():
        yield "responsibility", key, "paid_fen", fen
    for section, _ in SECTIONS:
        for group in getattr(c, section):
            for name in ("people", "reached", "burden_fen", "paid_fen"):
                yield section, group.name, name, getattr(group, name)


def write_csv(comparisons: Sequence[Comparison], path: Path) -> None:
    """Long form: plan, section, group, figure, value. UTF-8 with a mark, so that spreadsheets show Chinese."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["plan", "section", "group", "figure", "value"])
        for c in comparisons:
            writer.writerows((c.plan_id, *row) for row in _long_rows(c))


def _chinese_font() -> str | None:
    """The CJK font file that ships as a package with the product."""
    found = find_spec("cvttf_NotoSansCJK_Regular")
    folders = list(found.submodule_search_locations or ()) if found else []
    files = [
        file for folder in folders for ending in ("ttf", "otf", "ttc") for file in Path(folder).rglob(f"*.{ending}")
    ]
    return str(files[0]) if files else None


def draw(comparisons: Sequence[Comparison], path: Path) -> None:
    """One picture: loss ratio and people reached, share of burden paid by decile, paid by age."""
    needs("matplotlib")
    import matplotlib as mpl  # slow to import, and only charts need it

    mpl.use("Agg")
    from matplotlib import font_manager
    from matplotlib import pyplot as plt

    font = _chinese_font()
    if font is not None:
        font_manager.fontManager.addfont(font)
        mpl.rcParams["font.family"] = font_manager.FontProperties(fname=font).get_name()
    figure, axes = plt.subplots(2, 2, figsize=(12, 8), layout="constrained")
    names = [c.plan_name for c in comparisons]
    _bars(axes[0][0], names, [100 * (c.loss_ratio or 0) for c in comparisons], "赔付率 Loss ratio (%)")
    _bars(
        axes[0][1],
        names,
        [1000 * c.reached / max(c.insured, 1) for c in comparisons],
        "每千人获赔人数 Reached per 1,000 insured",
    )
    for c in comparisons:
        axes[1][0].plot(
            [g.name for g in c.deciles], [100 * g.paid_share for g in c.deciles], marker="o", label=c.plan_name
        )
        axes[1][1].plot([g.name for g in c.ages], [g.paid_fen / 1e6 for g in c.ages], marker="o", label=c.plan_name)
    axes[1][0].set_title("按个人负担十分位的减负比例 Share of burden paid by decile (%)")
    axes[1][1].set_title("按年龄赔付额 Paid by age (万元)")
    for axis in axes.flat:
        axis.grid(axis="y", alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    axes[1][0].legend(frameon=False)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def _bars(axis: Any, names: Sequence[str], values: Sequence[float], title: str) -> None:
    bars = axis.barh(names, values, color="#2f7d6d")
    axis.bar_label(bars, fmt="%.1f", padding=3)
    axis.invert_yaxis()
    axis.set_title(title)
