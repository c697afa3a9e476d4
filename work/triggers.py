"""Guards that live in the database as plain SQL, and that no setting of a session switches off.

django-pgtrigger finds the triggers of `Meta.triggers` and writes them into migrations; the SQL is ours. Its own
template asks a session setting first whether the trigger should be passed over, and any session may set that, the
application's too. Only the owner of the tables can switch these off, and the application does not connect as the
owner. See decision 16.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models
from pgtrigger import compiler

_TRIGGER = """
    DROP TRIGGER IF EXISTS {pgid} ON {table};
    CREATE {constraint} TRIGGER {pgid}
        {when} {operation} ON {table}
        {timing}
        FOR EACH {level} {condition}
        EXECUTE FUNCTION {execute};

    COMMENT ON TRIGGER {pgid} ON {table} IS '{hash}';
"""
_FUNCTION = """
    CREATE OR REPLACE FUNCTION {pgid}() RETURNS trigger LANGUAGE plpgsql AS $$
        {declare}
        BEGIN
            {func}
        END;
    $$;
"""


class PlainSql(compiler.UpsertTriggerSql):
    """What a migration installs: the trigger, and before it a function of its own unless it shares one."""

    def get_template(self) -> str:
        return (_FUNCTION if self.kwargs["func"] else "") + _TRIGGER


class OwnersSql(PlainSql):
    """The function has the rights of the owner of the tables, not of whoever caused it."""

    def get_template(self) -> str:
        definer = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS"
        return super().get_template().replace("LANGUAGE plpgsql AS", definer)


class Plain(pgtrigger.Trigger):
    """A trigger compiled without a way around it. execute: the call of a shared function, instead of one of its own."""

    sql_class: type[PlainSql] = PlainSql

    def __init__(self, *, execute: str = "", fixed: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.execute = execute
        self.fixed = fixed  # fields that keep their first value: grant_app_role gives no UPDATE on them either
        super().__init__(**kwargs)

    def get_func(self, model: Any) -> Any:
        return "" if self.execute else super().get_func(model)

    def compile(self, model: Any) -> compiler.Trigger:  # the class of a model, whatever the package calls it
        own: dict[str, str] = {"execute": self.execute} if self.execute else {}
        sql = self.sql_class(
            pgid=self.get_pgid(model),
            declare=self.render_declare(model),
            func=self.render_func(model),
            table=model._meta.db_table,
            constraint="CONSTRAINT" if self.timing else "",
            when=self.when,
            operation=self.operation,
            timing=f"DEFERRABLE INITIALLY {self.timing}" if self.timing else "",
            level=self.level,
            condition=self.render_condition(model),
            **own,
        )
        return compiler.Trigger(name=str(self.name), sql=sql)


def refuse(
    name: str,
    operation: pgtrigger.Operation,
    *,
    when: pgtrigger.Condition | None = None,
    because: str = "",
) -> Plain:
    """Refuses the operation on every row for which the condition holds (on every row without one).

    because: what the refusal says, for the engineer who reads the log; by default the guard's name in words.
    """
    reason = (because or name.replace("_", " ")).replace("'", "''")
    return Plain(
        name=name, when=pgtrigger.Before, operation=operation, condition=when, execute=f"work_refuse('{reason}')"
    )


def never_deleted(name: str) -> Plain:
    """A row that stays, whatever it has become."""
    return refuse(name, pgtrigger.Delete, because="rows of this table are kept")


def fixed(name: str, *columns: str) -> Plain:
    """These fields keep the value they were inserted with. The application's role may not update them either."""
    guard = refuse(name, pgtrigger.Update, when=pgtrigger.AnyChange(*columns), because=f"fixed: {', '.join(columns)}")
    guard.fixed = columns
    return guard


def fixed_columns() -> dict[type[models.Model], set[str]]:
    """Columns that keep their first value, by model: those of `fixed`, and every id."""
    found: dict[type[models.Model], set[str]] = {}
    registered: list[tuple[Any, pgtrigger.Trigger]] = pgtrigger.registered()
    for model, trigger in registered:
        for name in getattr(trigger, "fixed", ()):
            known = found.setdefault(model, {model._meta.pk.column})
            known.add(model._meta.get_field(name).column)
    return found
