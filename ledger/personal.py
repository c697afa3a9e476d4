"""Personal fields of this room (privacy.register): none; the books know obligations, not people."""

from __future__ import annotations

from privacy.register import declare_impersonal


def register() -> None:
    declare_impersonal("ledger.transaction", "what was booked, by numbers of orders, claims and payments", "narrative")
    declare_impersonal(
        "ledger.dimensions", "whose money it is: an area and one of our own accounts", "area", "money_account"
    )
