"""The figures of a plan file as people read and write them: yuan, percent, whole numbers; and back into the file."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from benefits.files.edit import Place
from core.errors import DomainError

# Words that stand for no number, as the file has them and as people may write them.
NOT_STATED, NONE = "not_stated", "none"
_WORDS = {
    NOT_STATED: NOT_STATED, "not stated": NOT_STATED, "未载明": NOT_STATED,
    NONE: NONE, "不设": NONE, "无": NONE, "no limit": NONE,
}  # fmt: skip
SHOWN = {NOT_STATED: pgettext_lazy("figure", "not stated"), NONE: pgettext_lazy("figure", "no limit")}

UNITS = {
    "money": _("yuan"),
    "rate": "%",
    "days": pgettext_lazy("unit", "days"),
    "years": pgettext_lazy("unit", "years"),
    "items": pgettext_lazy("unit", "items"),
    "age": pgettext_lazy("unit", "years of age"),
}

_HUNDRED = Decimal(100)
# What has been multiplied in a file by a hundred already, or is a part of one.
_PER_FILE_UNIT = {"yuan": Decimal(1), "fen": _HUNDRED, "percent": Decimal(1), "ratio": 1 / _HUNDRED}


def shown(place: Place) -> str:
    """As the form's field has it: "15000", "75", "not stated"."""
    if place.value in SHOWN:
        return str(SHOWN[place.value])
    value = Decimal(place.value.replace(",", "").replace("_", "").removesuffix("%"))
    if place.value.endswith("%"):
        return _plain(value)
    return _plain(value / _PER_FILE_UNIT.get(place.unit, Decimal(1)))


def unit_of(place: Place) -> str:
    return str(UNITS.get(place.kind) or UNITS.get(place.unit, ""))


def written(place: Place, text: str) -> str:
    """What stands in the file for what somebody wrote into the field. Raises DomainError with the place as its field:
    figure_unreadable, figure_decimals, rate_out_of_range."""
    text = text.strip().removesuffix("%").replace(",", "").replace("，", "")
    word = _WORDS.get(text.lower()) or next((one for one, said in SHOWN.items() if str(said) == text), None)
    if word is not None:
        return word
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        raise DomainError("figure_unreadable", _("Please write a number, for example 15000."), field=place.name)
    if place.kind == "rate" and not -100 <= value <= 1000:
        raise DomainError("rate_out_of_range", _("A rate lies between 0 and 100 percent."), field=place.name)
    if _decimals(value) > {"money": 2, "rate": 4}.get(place.kind, 0):
        raise DomainError(
            "figure_decimals", _("Please write fewer decimals: yuan have two, rates four."), field=place.name
        )
    if place.value.endswith("%"):
        return f"{_plain(value)}%"
    return _plain(value * _PER_FILE_UNIT.get(place.unit, Decimal(1)))


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _plain(value: Decimal) -> str:
    """Without exponent and without zeros at the end."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
