"""Charts: what is drawn is as high as its value, and everything is in the table too."""

from __future__ import annotations

from django.template import Context, Template

from look.charts import PLOT_HEIGHT, Chart, Series, bars, grid, lines, table


def chart(*values: float | None) -> Chart:
    labels = [f"D{i}" for i, _ in enumerate(values, start=1)]
    return Chart("Paid", labels, [Series("2027", values)], say=lambda value: f"{value:g}")


def test_a_bar_is_as_high_as_its_value() -> None:
    found = bars(chart(10, 5, 0))
    assert [float(bar.height) for bar in found] == [PLOT_HEIGHT, PLOT_HEIGHT / 2, 0]


def test_the_grid_goes_in_round_steps_to_above_the_highest() -> None:
    assert [line.says for line in grid(chart(73))] == ["0", "20", "40", "60", "80"]
    assert next(line.says for line in grid(chart(0))) == "0"
    assert [line.says for line in grid(chart(0.03))] == ["0", "0.01", "0.02", "0.03"]


def test_what_is_not_there_is_not_drawn_and_is_a_dash_in_the_table() -> None:
    gap = chart(10, None)
    assert len(bars(gap)) == len(lines(gap)[0].dots) == 1
    assert [row.cells for row in table(gap)] == [("10",), ("–",)]


def test_the_drawing_has_a_name_and_its_figures_stand_beside_it_without_a_script() -> None:
    html = Template("{% load look %}{% chart_bars chart %}").render(Context({"chart": chart(10, 5)}))
    assert 'role="img" aria-label="Paid"' in html
    assert '<th scope="row">D2</th><td class="money">5</td>' in html
    assert "<script" not in html and "style=" not in html
