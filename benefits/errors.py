"""Errors of the rules: each has a stable code and a message that says what to do.

The rules run alone (no Django, no other room), so they have their own base class with the same shape as the rest of
the product: `code` for machines, `str(error)` for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec


class BenefitsError(ValueError):
    """Anything the rules refuse. `code` never changes; the message names the thing and what to do about it."""

    code = "benefits_error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BadValue(BenefitsError):
    """A value in a bill, a person or an accumulator cannot be read. `path` says where (`bill.in_scope_yuan`)."""

    code = "bad_value"

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path


class AmountOutOfRange(BenefitsError):
    """An amount is negative or beyond what the exact integer arithmetic is proved for (see `benefits.money`)."""

    code = "amount_out_of_range"


class PlanNotFound(BenefitsError):
    """No plan file has that name or path."""

    code = "plan_not_found"


class PackagesMissing(BenefitsError):
    """What simulations need besides the rules is not installed here."""

    code = "packages_missing"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(f"{', '.join(names)} not installed: run `make setup-simulation`")
        self.names = tuple(names)


class ParameterNotFound(BenefitsError):
    """A dated parameter has no value on the asked date: missing is an error, never zero."""

    code = "parameter_not_found"

    def __init__(self, parameter: str, on: date) -> None:
        super().__init__(
            f"{parameter} has no value on {on.isoformat()}: add one under `values:` that is dated on or before it"
        )
        self.parameter = parameter
        self.on = on


class NotStated(BenefitsError):
    """A bill needs a number that the plan's own document does not state (`not_stated`): a person has to ask for it."""

    code = "not_stated"

    def __init__(self, parameter: str) -> None:
        super().__init__(
            f"{parameter} is not stated in the plan's document, and this bill needs it: ask the insurer, then write "
            "the number with its source"
        )
        self.parameter = parameter


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of `check`: where (1-based line and column), which key, what is wrong and what to do."""

    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.path or 'file'}: {self.message}"


class PlanInvalid(BenefitsError):
    """A plan file has problems; `problems` lists all of them, in the order of the file."""

    code = "plan_invalid"

    def __init__(self, name: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(f"{name}: {len(problems)} problem(s)\n" + "\n".join(f"  {problem}" for problem in problems))
        self.problems = problems


def needs(*packages: str) -> None:
    """Raises PackagesMissing unless all these packages of requirements-simulation.in can be imported."""
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise PackagesMissing(missing)
