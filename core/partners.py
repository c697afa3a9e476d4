"""What an outside partner (platform, payment channel, gateway) gives us: named variables, PREFIX_FIELD.

A room declares its partners as data. settings.PARTNERS is the environment, and what stands in the files that
PREFIX_FIELD_FILE names (secrets of a container). The site compares the two before it serves (portal.checks). The prefix
is the reference by which credentials are named; nothing else knows where they come from. Several partners of a kind are
numbered: WECHAT_PAY_MCHID is the first merchant's, WECHAT_PAY_2_MCHID another's.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.conf import settings

from core.shapes import Judge

FILE = "_FILE"


class NotConfigured(Exception):
    """A partner is called whose variables are not all set; says which. Outside demo and tests nothing starts so."""


class Fault(StrEnum):
    MISSING = "missing"
    UNREADABLE = "unreadable"
    TWICE = "twice"
    MALFORMED = "malformed"
    CONTRADICTORY = "contradictory"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Problem:
    fault: Fault
    variable: str
    sentence: str
    todo: str


@dataclass(frozen=True, slots=True)
class Variable:
    """what: what it is and who hands it out, for the person who fills it in."""

    field: str
    what: str
    judge: Judge
    default: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Partner:
    """together: looks at values that are good each by itself; returns (field, sentence, todo) or None."""

    prefix: str
    variables: tuple[Variable, ...]
    together: Callable[[Mapping[str, str]], tuple[str, str, str] | None] = lambda _values: None

    def values(self) -> dict[str, str]:
        """By field. Raises NotConfigured."""
        given: Mapping[str, str] = settings.PARTNERS
        found = {one.field: given.get(f"{self.prefix}_{one.field}") or one.default for one in self.variables}
        must_be_set = [one.field for one in self.variables if not one.is_optional]
        if missing := [f"{self.prefix}_{field}" for field in must_be_set if not found[field]]:
            raise NotConfigured(f"not set: {', '.join(missing)}")
        return found


class Given(Mapping[str, str]):
    """The environment as partners read it: under a plain name also the content of the file that NAME_FILE names.

    A plain value wins, a file that cannot be read counts as not given: the checks say both. A file is read once.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._files: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        if self._environ.get(name) or name + FILE not in self._environ:
            return self._environ[name]
        if name not in self._files:
            content, reason = _read(self._environ[name + FILE])
            if reason:
                raise KeyError(name)
            self._files[name] = content
        return self._files[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._environ)

    def __len__(self) -> int:
        return len(self._environ)

    def __repr__(self) -> str:
        return "the environment, as partners read it"


def references(prefix: str, given: Mapping[str, str]) -> list[str]:
    """The prefixes of all partners of a kind that are named: the kind's own, then WECHAT_PAY_2, WECHAT_PAY_3 …"""
    numbered = re.compile(rf"{prefix}_([0-9]+)_[A-Z]")
    numbers = {int(found[1]) for name in given if (found := numbered.match(name))}
    return [prefix, *(f"{prefix}_{number}" for number in sorted(numbers))]


def with_files(environ: Mapping[str, str], names: Iterable[str]) -> dict[str, str]:
    """environ, and for each of these names the content of the file that NAME_FILE names. A plain value wins, a file
    that cannot be read counts as not given: the checks say both."""
    found = dict(environ)
    for name in names:
        if (path := environ.get(name + FILE)) and not environ.get(name):
            content, reason = _read(path)
            if not reason:
                found[name] = content
    return found


def unreadable(environ: Mapping[str, str], name: str) -> str:
    """Why the file that NAME_FILE names gives nothing; "" if no file is named or it can be read."""
    path = environ.get(name + FILE)
    return _read(path)[1] if path else ""


def _read(path: str) -> tuple[str, str]:
    """(content without the blank end that editors leave, "") or ("", reason)."""
    try:
        return Path(path).read_text(encoding="utf-8").strip(), ""
    except OSError as error:
        return "", error.strerror or type(error).__name__
    except UnicodeDecodeError:
        return "", "not a text file"


def problems(partner: Partner, given: Mapping[str, str]) -> list[Problem]:
    """All that keeps this partner from being used, each in one sentence; [] if it is complete and well formed."""
    found = [problem for one in partner.variables if (problem := _problem(partner, one, given))]
    found += _unknown(partner, given)
    if any(problem.fault is not Fault.UNKNOWN for problem in found):
        return found
    values = {one.field: given.get(f"{partner.prefix}_{one.field}") or one.default for one in partner.variables}
    if contradiction := partner.together(values):
        field, sentence, todo = contradiction
        name = f"{partner.prefix}_{field}"
        found.append(Problem(Fault.CONTRADICTORY, name, f"{name} {sentence}.", todo))
    return found


def _problem(partner: Partner, one: Variable, given: Mapping[str, str]) -> Problem | None:
    name = f"{partner.prefix}_{one.field}"
    path, value = given.get(name + FILE), given.get(name) or one.default
    if path:
        content, reason = _read(path)
        if reason:
            sentence = f"{name}{FILE} names {path}, which cannot be read: {reason}."
            return Problem(Fault.UNREADABLE, name, sentence, "Put the file there, readable by the service's account.")
        if given.get(name) not in (None, "", content):
            sentence = f"{name} and {name}{FILE} are both set and say different things."
            return Problem(Fault.TWICE, name, sentence, "Keep one of the two.")
    todo = f"Set {name}, or {name}{FILE} to the name of a file that holds it: {one.what}."
    if not value and one.is_optional:
        return None
    if not value:
        return Problem(Fault.MISSING, name, f"{name} is not set.", todo)
    if wrong := one.judge(value):
        return Problem(Fault.MALFORMED, name, f"{name} {wrong}.", todo)
    return None


def _unknown(partner: Partner, given: Mapping[str, str]) -> Iterator[Problem]:
    """A misspelt variable would otherwise be silently without effect."""
    known = [f"{partner.prefix}_{one.field}" for one in partner.variables]
    of_another = re.compile(rf"{partner.prefix}_[0-9]+_[A-Z]")
    for name in given:
        if of_another.match(name):
            continue
        plain = name.removesuffix(FILE)
        if name.startswith(f"{partner.prefix}_") and plain not in known and name not in known:
            near = difflib.get_close_matches(plain, known, n=1)
            todo = f"Did you mean {near[0]}?" if near else "Remove it."
            yield Problem(Fault.UNKNOWN, name, f"{name} is not a variable of the portal.", todo)
