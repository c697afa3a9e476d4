"""The page components as template tags: `{% load look %}`. Examples: docs/look.md, all of them: /styleguide/."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    Field,
    FileInput,
    RadioSelect,
)
from django.forms.boundfield import BoundWidget
from django.forms.formsets import BaseFormSet
from django.forms.utils import flatatt
from django.forms.widgets import ChoiceWidget
from django.template import Context
from django.template.context import RequestContext
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from look import charts
from look.components import (
    BAR_COLOURS,
    BarKind,
    BillPart,
    KeyValue,
    ReceiptLine,
    StateKind,
    bar_segments,
)

register = template.Library()

THEMES = ("auto", "light", "dark")
TEXTS = ("normal", "large")

# The widget attributes a page may set on a field, besides those that the component itself needs.
FIELD_ATTRIBUTES = (
    "autocomplete",
    "inputmode",
    "maxlength",
    "spellcheck",
    "enterkeyhint",
    "rows",
    "capture",
    "accept",
)


# the page ------------------------------------------------------------------------------------------------


def preferences(context: Context) -> tuple[str, str]:
    """(theme, text) of this reader.

    From `preferences` (the context processor), which a view may overrule with `look_theme` and `look_text`;
    an error page without any context shows the plain look.
    """
    chosen = context.get("preferences")
    theme = context.get("look_theme") or getattr(chosen, "theme", "")
    text = context.get("look_text") or getattr(chosen, "text", "")
    return (theme if theme in THEMES else "auto", text if text in TEXTS else "normal")


@register.simple_tag(takes_context=True)
def html_attributes(context: Context) -> SafeString:
    """Attributes of <html>: language and the reader's choice of colours and text size."""
    theme, text = preferences(context)
    return format_html('lang="{}" data-theme="{}" data-text="{}"', page_language(), theme, text)


@register.simple_tag(takes_context=True)
def look_theme(context: Context) -> str:
    return preferences(context)[0]


@register.simple_tag(takes_context=True)
def look_text(context: Context) -> str:
    return preferences(context)[1]


@register.simple_tag
def page_language() -> str:
    """The language as HTML names it. "zh-CN" rather than "zh-Hans": older systems choose the font by it."""
    return "zh-CN" if (get_language() or "zh-hans").startswith("zh") else "en"


@register.simple_tag(takes_context=True)
def title_prefix(context: Context) -> str:
    """ "Error: " when a form of this page was refused, so that a screen reader says it first."""
    return _("Error: ") if _has_errors(context) else ""


def _has_errors(context: Context) -> bool:
    if context.get("page_errors"):
        return True
    forms = [context.get("form"), *(context.get("forms") or ())]
    return any(isinstance(form, BaseForm) and form.is_bound and not form.is_valid() for form in forms)


@register.simple_tag
def static_if_present(path: str) -> str:
    """Address of a static file, or "" when the front-end files were not installed: pages work without them."""
    return static(path) if _is_present(path) else ""


@lru_cache(maxsize=32)
def _is_present(path: str) -> bool:
    return finders.find(path) is not None


# What is written of pages' parts, by part and all that it depends on.
PARTS: dict[tuple[object, ...], str] = {}
MOST_PARTS = 2000


class Part(template.Node):
    """`{% part "name" … %}`: written once for each combination of the values that it depends on, and kept until the
    process ends (a test ends). For what is the same on every page; nothing personal is in it."""

    def __init__(self, nodes: template.NodeList, name: str, depends_on: list[template.base.FilterExpression]) -> None:
        self._nodes, self._name, self._depends_on = nodes, name, depends_on

    def render(self, context: Context) -> SafeString:
        if not settings.PARTS_ARE_KEPT:
            return self._nodes.render(context)
        key = (self._name, *(value.resolve(context) for value in self._depends_on))
        if key not in PARTS:
            if len(PARTS) >= MOST_PARTS:
                PARTS.clear()
            PARTS[key] = self._nodes.render(context)
        return mark_safe(PARTS[key])  # noqa: S308  (written by a template)


@register.tag
def part(parser: template.base.Parser, token: template.base.Token) -> Part:
    _tag, name, *depends_on = token.split_contents()
    nodes = parser.parse(("endpart",))
    parser.delete_first_token()
    return Part(nodes, name, [parser.compile_filter(value) for value in depends_on])


# money and facts ----------------------------------------------------------------------------------------


@register.inclusion_tag("components/bill_bar.html")
def bill_bar(parts: Iterable[BillPart | Sequence[Any]], title: str = "", level: int = 2) -> dict[str, object]:
    """The whole bill and who paid which part. `parts`: BillPart or (label, amount_fen, kind), in payer order."""
    rows = [part if isinstance(part, BillPart) else BillPart(*part) for part in parts]
    segments = bar_segments(rows)
    return {
        "rows": rows,
        "segments": segments,
        "gaps": segments[1:],
        "total_fen": sum(part.amount_fen for part in rows),
        "title": title,
        "heading": f"h{level}",
    }


@register.inclusion_tag("components/swatch.html")
def swatch(kind: BarKind) -> dict[str, object]:
    return {"kind": kind, "fill": BAR_COLOURS[kind]}


@register.inclusion_tag("components/receipt.html")
def receipt(
    lines: Iterable[ReceiptLine | Mapping[str, Any]],
    clause: str = "",
    caption: str = "",
    printed: bool = False,
) -> dict[str, object]:
    """The computation like a till receipt. `clause` is the source under the whole slip. `printed`: on paper nothing is
    opened by touching it, so the sentence behind each line stands under it."""
    rows = [line if isinstance(line, ReceiptLine) else ReceiptLine(**line) for line in lines]
    if printed:
        rows = list(_each_clause_once(rows))
    return {
        "rows": rows,
        "clause": clause,
        "caption": caption or _("How it was computed"),
        "printed": printed,
    }


def _each_clause_once(rows: Iterable[ReceiptLine]) -> Iterator[ReceiptLine]:
    """A sentence behind several lines stands under the first of them."""
    said: set[str] = set()
    for row in rows:
        yield replace(row, clause="") if row.clause in said else row
        said.add(row.clause)


@register.inclusion_tag("components/amount.html")
def amount(amount_fen: int, unit: str = "", label: str = "") -> dict[str, object]:
    """One big amount: the answer of the page."""
    return {"amount_fen": amount_fen, "unit": unit or _("yuan"), "label": label}


@register.inclusion_tag("components/key_values.html")
def key_values(rows: Iterable[Any]) -> dict[str, object]:
    """Facts in rows with hairlines. `rows`: KeyValue or (label, value)."""
    return {"rows": [KeyValue(*row) if isinstance(row, tuple | list) else row for row in rows]}


@register.inclusion_tag("components/chart.html")
def chart_bars(chart: charts.Chart) -> dict[str, object]:
    return {**_frame_of(chart), "bars": charts.bars(chart)}


@register.inclusion_tag("components/chart.html")
def chart_lines(chart: charts.Chart) -> dict[str, object]:
    return {**_frame_of(chart), "lines": charts.lines(chart)}


def _frame_of(chart: charts.Chart) -> dict[str, object]:
    return {
        "chart": chart,
        "grid": charts.grid(chart),
        "labels": charts.labels(chart),
        "keys": charts.keys(chart),
        "rows": charts.table(chart),
    }


# states and steps ----------------------------------------------------------------------------------------


@register.inclusion_tag("components/status_chip.html")
def status_chip(text: str, kind: StateKind = "plain") -> dict[str, object]:
    return {"text": text, "kind": kind}


@register.inclusion_tag("components/steps.html")
def steps(current: int, total: int, label: str = "") -> dict[str, object]:
    """Honest progress: "Step 2 of 5". `total` counts the pages this person will really see."""
    return {
        "current": current,
        "total": total,
        "label": label,
        "width": f"{100 * current // total}%",
    }


@register.inclusion_tag("components/task_list.html")
def task_list(tasks: Iterable[Any]) -> dict[str, object]:
    return {"tasks": tasks}


@register.inclusion_tag("components/timeline.html")
def timeline(events: Iterable[Any]) -> dict[str, object]:
    return {"events": events}


@register.inclusion_tag("components/file_list.html", takes_context=True)
def file_list(context: Context, files: Iterable[Any]) -> dict[str, object]:
    return {"files": files, "csrf_token": context.get("csrf_token", "")}


@register.inclusion_tag("components/empty.html")
def empty(title: str, text: str = "", url: str = "", action: str = "") -> dict[str, object]:
    """Nothing here yet, why, and the one thing to do about it."""
    return {"title": title, "text": text, "url": url, "action": action}


# blocks ----------------------------------------------------------------------------------------------------


@register.simple_block_tag
def card(content: str, kind: str = "") -> SafeString:
    return format_html('<section class="card {}">{}</section>', kind, content)


@register.simple_block_tag
def notice(content: str, title: str = "", kind: str = "look") -> SafeString:
    """Something to look at: kind look (amber), done (jade) or stop (red). Not a decoration: use it seldom."""
    heading = format_html('<p class="notice-title">{}</p>', title) if title else ""
    return format_html('<div class="notice notice-{}">{}{}</div>', kind, heading, content)


@register.simple_block_tag
def disclosure(content: str, summary: str, opened: bool = False) -> SafeString:
    """More on demand; works without JavaScript."""
    attribute = mark_safe(" open") if opened else ""
    return format_html(
        '<details class="disclosure"{}><summary>{}</summary>{}</details>',
        attribute,
        summary,
        content,
    )


@register.simple_block_tag
def actions(content: str) -> SafeString:
    """What can be done next: one `button`, then `button button-outline`, then links."""
    return format_html('<div class="buttons">{}</div>', content)


# forms -----------------------------------------------------------------------------------------------------


@register.simple_tag
def error_summary(*sources: Any) -> str:
    """Everything that must be mended, at the top, linked to the fields.

    `sources`: forms, formsets, or (message, "#id") pairs for what no form knows, such as a DomainError's message.
    """
    errors = [error for source in sources for error in _errors_of(source)]
    return render_to_string("components/error_summary.html", {"errors": errors}) if errors else ""


def _errors_of(source: Any) -> list[tuple[str, str]]:
    if not source:
        return []
    if isinstance(source, BaseFormSet):
        whole = [(str(message), "") for message in source.non_form_errors()]
        return whole + [error for form in source.forms for error in _errors_of(form)]
    if isinstance(source, BaseForm):
        if not source.errors:
            return []
        found = [(str(message), "") for message in source.non_field_errors()]
        for bound in source:
            found += [(message, f"#{_anchor(bound)}") for message in plain_errors(bound)]
        return found
    if isinstance(source, str):
        return [(source, "")]
    if isinstance(source, tuple):
        return [(str(source[0]), str(source[1]))]
    return [error for item in source for error in _errors_of(item)]


@register.filter
def plain_errors(bound: BoundField) -> list[str]:
    """The errors of a field as sentences. "This field is required" ten times in a summary helps nobody, so a
    missing answer names what is missing, unless the form gave a message of its own."""
    messages = []
    for error in bound.errors.as_data():
        default = bound.field.default_error_messages.get("required")
        stock = error.code == "required" and error.message in (
            default,
            Field.default_error_messages["required"],
        )
        messages += [_missing(bound)] if stock else [str(message) for message in error.messages]
    return messages


def _missing(bound: BoundField) -> str:
    label = {"label": bound.label}
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        return _("Please tick: %(label)s") % label
    if isinstance(widget, FileInput):
        return _("Please add: %(label)s") % label
    if isinstance(widget, ChoiceWidget):
        return _("Please choose: %(label)s") % label
    return _("Please fill in: %(label)s") % label


def _anchor(bound: BoundField) -> str:
    """The id a summary links to: of a group of choices that is its first choice, not the group."""
    group = isinstance(bound.field.widget, RadioSelect)  # and CheckboxSelectMultiple, which descends from it
    return f"{bound.auto_id}_0" if group else str(bound.id_for_label or bound.auto_id)


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    hint: str = "",
    width: str = "",
    suffix: str = "",
    **attributes: str,
) -> dict[str, object]:
    """A labelled field. `width`: code, phone, id or money; `attributes`: autocomplete, inputmode, maxlength..."""
    unknown = set(attributes) - set(FIELD_ATTRIBUTES)
    if unknown:
        raise template.TemplateSyntaxError(f"field: unknown attributes {sorted(unknown)}")
    hint = hint or str(bound.help_text)
    described = _described_by(bound, hint)
    classes = " ".join(
        filter(
            None,
            (
                "input",
                width and f"width-{width}",
                "field-code" if width in ("code", "id") else "",
            ),
        )
    )
    attrs: dict[str, Any] = {"class": classes, **attributes}
    if described:
        attrs["aria-describedby"] = described
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {
        "bound": bound,
        "hint": hint,
        "suffix": suffix,
        "widget": _control(bound, attrs),
    }


@register.inclusion_tag("components/radio_cards.html")
def radio_cards(
    bound: BoundField,
    hint: str = "",
    hints: Mapping[str, str] | None = None,
    page_title: bool = False,
) -> dict[str, object]:
    """One question with its answers as rows to touch; also for several answers (CheckboxSelectMultiple).

    `hints`: a sentence under the answers, by value. `page_title`: the question is the page's <h1>.
    """
    hint = hint or str(bound.help_text)
    explained = hints or {}
    options = [(option, _choice(option), explained.get(str(option.data["value"]), "")) for option in bound]
    return {
        "bound": bound,
        "hint": hint,
        "options": options,
        "described": _described_by(bound, hint),
        "page_title": page_title,
    }


# Widgets that are one <input>, which Django draws through three templates.
_INPUTS = frozenset(
    f"django/forms/widgets/{name}.html" for name in ("text", "number", "email", "tel", "hidden", "checkbox", "input")
)


def _control(bound: BoundField, attrs: dict[str, Any]) -> SafeString:
    """What `bound.as_widget(attrs)` draws."""
    widget = bound.field.widget
    if getattr(widget, "template_name", "") not in _INPUTS:
        return bound.as_widget(attrs=attrs)
    attrs = bound.build_widget_attrs(attrs, widget)
    if bound.auto_id and "id" not in widget.attrs:
        attrs.setdefault("id", bound.auto_id)
    data = widget.get_context(bound.html_name, bound.value(), attrs)["widget"]
    value = "" if data["value"] is None else format_html(' value="{}"', data["value"])
    return format_html('<input type="{}" name="{}"{}{}>', data["type"], data["name"], value, flatatt(data["attrs"]))


@register.simple_tag
def hidden(bound: BoundField) -> SafeString:
    """A field that is sent along and not shown."""
    return format_html('<input type="hidden" name="{}" value="{}">', bound.html_name, bound.value())


def _choice(option: BoundWidget) -> SafeString:
    """The <input> of one answer: what `option.tag()` draws through four templates, 0.1 ms each."""
    data = option.data
    named = format_html('type="{}" name="{}" value="{}"', data["type"], data["name"], data["value"])
    return format_html("<input {}{}>", named, flatatt(data["attrs"]))


@register.inclusion_tag("components/check_row.html")
def check_row(bound: BoundField, hint: str = "") -> dict[str, object]:
    """One thing to agree to, never ticked beforehand."""
    if not isinstance(bound.field.widget, CheckboxInput):
        raise template.TemplateSyntaxError("check_row: the field is not a checkbox")
    hint = hint or str(bound.help_text)
    attrs: dict[str, Any] = {}
    described = _described_by(bound, hint)
    if described:
        attrs["aria-describedby"] = described
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return {"bound": bound, "hint": hint, "widget": _control(bound, attrs)}


def _described_by(bound: BoundField, hint: str) -> str:
    ids = []
    if hint:
        ids.append(f"{bound.auto_id}_hint")
    if bound.errors:
        ids.append(f"{bound.auto_id}_error")
    return " ".join(ids)


@register.simple_tag(takes_context=True)
def here(context: RequestContext) -> str:
    """The address to come back to after a choice in the header: this page, when it was read, not sent."""
    request = context.get("request")
    return request.get_full_path() if request is not None and request.method == "GET" else "/"
