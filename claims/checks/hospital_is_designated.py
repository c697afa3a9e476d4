"""Treatment in an institution that the basic insurance has no contract with is not covered."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from claims.checking import Case, Check, Finding


def find(case: Case) -> Finding | None:
    return None if all(bill.designated for bill in case.bills) else Finding()


CHECK = Check(
    label=_("Designated hospital"),
    find=find,
    todo=_("Look the institution up in the register of designated ones."),
)
