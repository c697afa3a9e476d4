"""Kept balances: sums of a day (Balance), and what was posted since they were last folded (Unfolded).

Both together are the sum of all entries at every moment. A posting only adds rows to Unfolded, in the database itself,
so that no posting waits for a row that another holds; `ledger_fold` moves them into Balance, now and then. The
application may read both and write neither: see migration 0005.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ledger.models.account import Account
from ledger.models.books import Dimensions
from parties.models import Insurer, Scheme

_DAY_OF_AN_ACCOUNT = ("account", "scheme", "booking_date", "recorded_on")


def _copied(to: type[models.Model], name: str | Promise, **more: Any) -> Any:
    return models.ForeignKey(
        to,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=name,  # type: ignore[arg-type]  # the stubs know no lazy text here
        **more,
    )


class _Kept(Dimensions):
    """recorded_on: the civil day of occurred_at. debit_fen and credit_fen are not negative."""

    # The entry's own keys were checked; what repeats them is not checked once more.
    account = _copied(Account, _("ledger account"))
    scheme = _copied(Scheme, _("scheme"))
    insurer = _copied(Insurer, _("insurer"), null=True, blank=True)
    recorded_on = models.DateField(_("written down on"))
    debit_fen = models.BigIntegerField(_("debit (fen)"))
    credit_fen = models.BigIntegerField(_("credit (fen)"))

    class Meta:
        abstract = True


class Unfolded(_Kept):
    """One entry that is in no balance yet."""

    class Meta:
        verbose_name = _("entry in no balance yet")
        verbose_name_plural = _("entries in no balance yet")


class Balance(_Kept):
    """What the entries of one account and one set of dimensions sum to that count to one day and were written down on
    one day. entries: how many they are."""

    entries = models.BigIntegerField(_("entries"))

    class Meta:
        verbose_name = _("kept balance")
        verbose_name_plural = _("kept balances")
        constraints = [
            models.UniqueConstraint(
                fields=[*_DAY_OF_AN_ACCOUNT, "plan_year", "insurer", "area", "money_account"],
                name="one_balance_a_day",
                nulls_distinct=False,
            )
        ]
