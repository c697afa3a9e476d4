"""Give the application's database role what it needs and nothing more. Run as the owner, after every migrate."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from psycopg import sql

from work.models import AppendOnly
from work.triggers import fixed_columns


def append_only_tables() -> list[str]:
    """Tables whose rows are never changed: the role gets no UPDATE, DELETE or TRUNCATE on them."""
    tables = [m._meta.db_table for m in apps.get_models() if issubclass(m, AppendOnly)]
    tables += [m._meta.db_table for m in apps.get_app_config("ledger").get_models()]
    return sorted(set(tables))


# Written by functions that run as the owner: the history of changes (work.audit), the kept balances (ledger.fold); the
# chart of accounts by migrate.
WRITTEN_FOR_IT = ("work_change", "ledger_account", "ledger_balance", "ledger_unfolded")


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        role = sql.Identifier(settings.DATABASE_APP_ROLE)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s",
                [settings.DATABASE_APP_ROLE],
            )
            if cursor.fetchone() is None:
                self.stdout.write(f"role {settings.DATABASE_APP_ROLE} does not exist: nothing granted")
                return
            cursor.execute("SELECT current_user = %s", [settings.DATABASE_APP_ROLE])
            row = cursor.fetchone()
            if row is not None and row[0]:
                self.stdout.write("migrated as the application's own role: it owns the tables, nothing to grant")
                return
            for statement in (
                "GRANT USAGE ON SCHEMA public TO {}",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
                "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
                "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}",
                "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}",
            ):
                cursor.execute(sql.SQL(statement).format(role))
            for table in WRITTEN_FOR_IT:
                cursor.execute(sql.SQL("REVOKE INSERT ON {} FROM {}").format(sql.Identifier(table), role))
            for model, columns in fixed_columns().items():
                free = [sql.Identifier(str(f.column)) for f in model._meta.concrete_fields if f.column not in columns]
                partly = sql.Identifier(model._meta.db_table)
                cursor.execute(sql.SQL("REVOKE UPDATE ON {} FROM {}").format(partly, role))
                cursor.execute(sql.SQL("GRANT UPDATE ({}) ON {} TO {}").format(sql.SQL(", ").join(free), partly, role))
            for table in append_only_tables():
                cursor.execute(
                    sql.SQL("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}").format(sql.Identifier(table), role)
                )
        self.stdout.write(f"granted to {settings.DATABASE_APP_ROLE}")
