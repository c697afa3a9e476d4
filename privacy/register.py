"""Every personal field of every model: how it is shown, exported, corrected, and how long it is kept.

Rooms declare theirs in <room>/personal.py, called at start. A test fails on what `undeclared` finds in the models.
Source: PIPL 6, 19 (no longer than needed), 45 (copy), 46 (correction), 47 (deletion); Insurance Law 87.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import models

from core.registry import Registry
from privacy.fields import BlindIndexField, EncryptedTextField


class Shown(Enum):
    """On screens."""

    MASKED = "masked; in full only after a reason, on record (the model's REVEALABLE_FIELDS)"
    TO_HER = "in full to the person herself; to nobody else"
    AT_THE_DESK = "in full to the person herself and to staff who decide about the very matter"
    TO_STAFF = "in full to staff whose role it is, on pages of their own"
    NEVER = "on no page"


@dataclass(frozen=True, slots=True)
class Way:
    """words: for people. by: the code that does it, as a dotted path; "" where there is nothing to be done."""

    words: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Exported:
    """Where in the copy of "my data": keys joined by points, "[]" behind a list, as in "claims[].bill.diagnoses"."""

    path: str


@dataclass(frozen=True, slots=True)
class NotExported:
    """why: what the person gets instead, or why it is not hers to get."""

    why: str


@dataclass(frozen=True, slots=True)
class Personal:
    """what: one field in the insurer's words."""

    what: str
    shown: Shown
    exported: Exported | NotExported
    corrected: Way
    kept: Way


# How it is corrected
AS_IT_WAS = Way("A record of what was said or done then: what is said later stands beside it.")
# How long it is kept
WITH_CONTRACT = Way(
    "Five years from the end of a cover of up to a year, ten for a longer one: as long an account cannot be closed, "
    "and with it goes what no record of somebody else's names."
)
WITH_THE_BOOKS = Way("Rows about money are never deleted.", by="work.triggers.never_deleted")
NO_END_YET = Way("No end is set yet.")


class NotPersonal:
    """A field that only looks like one. why: what it holds."""

    def __init__(self, why: str) -> None:
        self.why = why

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NotPersonal) and other.why == self.why

    def __hash__(self) -> int:
        return hash(self.why)


fields: Registry[Personal | NotPersonal] = Registry("personal field")

_LOOKS_PERSONAL = re.compile(
    r"(^|_)(name|phone|mobile|address|ip|birth|sex|id_number|id_type|psn|account|payee|tail|diagnoses|hospital|invoice|reason|note|"
    r"message|answer|narrative|subject|resolution|body|text|agent|username|path|before|data|area|relation|repr|"
    r"evidence|details|computation|found|wanted)(_|$)"
)
_READABLE = (models.CharField, models.TextField, models.DateField, models.JSONField, models.GenericIPAddressField)


def declare(model: str, **named: Personal) -> None:
    """model: its label in lower case, or room and class of the abstract model that the field comes from."""
    for name, personal in named.items():
        fields.register(f"{model}.{name}", personal)


def declare_impersonal(model: str, why: str, *names: str) -> None:
    for name in names:
        fields.register(f"{model}.{name}", NotPersonal(why))


def declaration_of(model: type[models.Model], name: str) -> Personal | NotPersonal | None:
    """The field's own, or that of the abstract model it was inherited from."""
    for place in _places(model):
        found = fields.find(f"{place}.{name}")
        if found is not None:
            return found
    return None


def _places(model: type[models.Model]) -> Iterator[str]:
    yield model._meta.label_lower
    for base in model.__mro__[1:]:
        if hasattr(base, "_meta") and base._meta.abstract:
            yield f"{base.__module__.partition('.')[0]}.{base.__name__.lower()}"


def is_personal(field: models.Field[Any, Any]) -> bool:
    """By what it is, or by its name. An index is declared with the field it finds."""
    if isinstance(field, BlindIndexField) or field.is_relation or field.primary_key:
        return False
    if isinstance(field, EncryptedTextField):
        return True
    return isinstance(field, _READABLE) and _LOOKS_PERSONAL.search(field.name) is not None


def undeclared(of: Iterable[type[models.Model]]) -> list[str]:
    return [
        f"{model._meta.label_lower}.{field.name}"
        for model in of
        for field in model._meta.concrete_fields
        if is_personal(field) and declaration_of(model, field.name) is None
    ]
