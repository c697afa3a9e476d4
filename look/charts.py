"""Charts drawn by the server as SVG: grouped bars and lines, with the table of their figures beside them, no script.

    chart = Chart("Paid by age", ["0-17", "18-39"], [Series("2027", [12, 80.5]), Series("copy", [10, 90])], say=str)
    {% chart_bars chart %}   {% chart_lines chart %}

What a chart shows is said in its table too, so it is read aloud as its title alone. Sizes are in the units of the
drawing, WIDTH across; it grows and shrinks with the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 8, 12, 30
PLOT_WIDTH, PLOT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
TICKS = 4

# Light values of the tokens --chart-*; written into the SVG for PDFs, which have no style sheet for what is inside one.
COLOURS = ("#0a6b50", "#c8473a", "#4a6fa5", "#a66a00", "#6b4e9b")


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    values: Sequence[float | None]


@dataclass(frozen=True)
class Chart:
    """labels: along the bottom. series: at most five, each with a value for each label; None where there is none.
    say: a value in words, on the axis and in the table; unit: behind the title."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    say: Callable[[float], str]
    unit: str = ""
    first_heading: str = ""

    @property
    def highest(self) -> float:
        values = [value for one in self.series for value in one.values if value is not None]
        return max(values, default=0.0)

    @property
    def step(self) -> float:
        """Between two lines of the grid: 1, 2 or 5 times a power of ten."""
        rough = (self.highest or 1.0) / TICKS
        power = 1.0
        while power * 10 <= rough:
            power *= 10
        while power > rough:
            power /= 10
        return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)

    @property
    def top(self) -> float:
        step, top = self.step, 0.0
        while top < self.highest or top == 0.0:
            top += step
        return top

    def y(self, value: float) -> float:
        return TOP + PLOT_HEIGHT * (1 - value / self.top)

    @property
    def slot(self) -> float:
        return PLOT_WIDTH / max(len(self.labels), 1)

    def middle(self, i: int) -> float:
        return LEFT + self.slot * (i + 0.5)


@dataclass(frozen=True, slots=True)
class GridLine:
    y: str
    says: str


@dataclass(frozen=True, slots=True)
class Label:
    x: str
    says: str


@dataclass(frozen=True, slots=True)
class Bar:
    x: str
    y: str
    width: str
    height: str
    number: int
    fill: str


@dataclass(frozen=True, slots=True)
class Line:
    points: str
    dots: tuple[tuple[str, str], ...]
    number: int
    colour: str


@dataclass(frozen=True, slots=True)
class Key:
    number: int
    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class TableRow:
    label: str
    cells: tuple[str, ...]


def grid(chart: Chart) -> list[GridLine]:
    count = round(chart.top / chart.step)
    levels = [chart.step * i for i in range(count + 1)]
    return [GridLine(_number(chart.y(level)), chart.say(level)) for level in levels]


def labels(chart: Chart) -> list[Label]:
    return [Label(_number(chart.middle(i)), text) for i, text in enumerate(chart.labels)]


def bars(chart: Chart) -> list[Bar]:
    """Side by side within a label, with a gap between labels."""
    width = chart.slot * 0.78 / max(len(chart.series), 1)
    drawn = []
    for number, series in enumerate(chart.series):
        for i, value in enumerate(series.values):
            if value is None:
                continue
            x = chart.middle(i) + width * (number - len(chart.series) / 2)
            y = chart.y(max(value, 0.0))
            height = TOP + PLOT_HEIGHT - y
            drawn.append(
                Bar(_number(x), _number(y), _number(width * 0.92), _number(height), number + 1, _colour(number))
            )
    return drawn


def lines(chart: Chart) -> list[Line]:
    drawn = []
    for number, series in enumerate(chart.series):
        dots = tuple(
            (_number(chart.middle(i)), _number(chart.y(max(value, 0.0))))
            for i, value in enumerate(series.values)
            if value is not None
        )
        drawn.append(Line(" ".join(f"{x},{y}" for x, y in dots), dots, number + 1, _colour(number)))
    return drawn


def keys(chart: Chart) -> list[Key]:
    return [Key(number + 1, series.name, _colour(number)) for number, series in enumerate(chart.series)]


def table(chart: Chart) -> list[TableRow]:
    return [
        TableRow(
            label,
            tuple("–" if series.values[i] is None else chart.say(series.values[i]) for series in chart.series),  # type: ignore[arg-type]  # asked
        )
        for i, label in enumerate(chart.labels)
    ]


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]


def _number(value: float) -> str:
    """Without more digits than a screen can show, the same on every machine."""
    return f"{value:.1f}"
