from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.postgresql import base, operations, schema
from django.db.models import Field, Model
from psycopg.pq import ConnStatus


class SchemaEditor(schema.DatabaseSchemaEditor):
    def _create_like_index_sql(self, model: type[Model], field: Field[Any, Any]) -> None:
        """Beside the index of a unique or indexed text column Django keeps another one, for LIKE 'the beginning%'. No
        page asks that of such a column, and each cost 60 to 90 bytes a row and a write per insert."""


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> str:
        """For whoever listens: with the values in the text, also where they travelled beside it."""
        if isinstance(cursor, base.ServerBindingCursor):
            composed: str = self.compose_sql(sql, params)
            return composed
        return super().last_executed_query(cursor, sql, params)


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = SchemaEditor
    ops_class = DatabaseOperations

    def is_usable(self) -> bool:
        """A kept connection is looked at before each request (CONN_HEALTH_CHECKS); Django asks the server for a 1.

        A server that has gone has closed the connection, or left its last words in it: then there is something to read.
        A silent one is good; of a host that vanished without a word the next statement learns, as it would have from
        the question.
        """
        if self.connection is None or self.connection.pgconn.status != ConnStatus.OK:
            return False
        watch = select.poll()
        watch.register(self.connection.pgconn.socket, select.POLLIN | select.POLLPRI)
        return not watch.poll(0) or bool(super().is_usable())

    @contextmanager
    def asking(self) -> Iterator[Any]:
        """A cursor whose values travel beside the text: with prepare_threshold in OPTIONS the server plans a text once
        for this connection. For one statement at a time that changes nothing: who acts is not announced with it."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            plain: Any = base.ServerBindingCursor
            cursor = self._prepare_cursor(plain(self.connection))  # type: ignore[attr-defined]  # not in the stubs
        with cursor:
            yield cursor
