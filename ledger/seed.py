"""Writes the chart's accounts as rows, after every migrate, as the owner of the tables: the application may not."""

from __future__ import annotations

from typing import Any

from ledger.chart import CHART, Dimension


class ChartChanged(RuntimeError):
    """The chart says something else of an account than its row. Rows are fixed: that needs a migration."""


def seed_chart(*, using: str = "default", **_signal: Any) -> None:
    """Idempotent. A group is written before its accounts, as the chart names it first. Raises ChartChanged."""
    from django.db import connections

    from ledger.models import Account

    if Account._meta.db_table not in connections[using].introspection.table_names():
        return  # migrated to a state before this room
    known = {account.code: account for account in Account.objects.using(using)}
    for code, planned in CHART.items():
        row = Account(
            code=code,
            nature=planned.nature,
            parent=known.get(planned.parent),
            is_group=planned.is_group,
            **{f"needs_{dimension}": dimension in planned.demands for dimension in Dimension},
        )
        if code not in known:
            row.save(using=using)
            known[code] = row
        elif any(getattr(row, name) != getattr(known[code], name) for name in _COMPARED):
            raise ChartChanged(f"{code} has other properties in the chart than in the database")


_COMPARED = ("nature", "parent_id", "is_group", *(f"needs_{dimension}" for dimension in Dimension))
