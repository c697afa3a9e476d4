from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base, schema
from django.db.models import Field, Model
from psycopg.pq import ConnStatus


class SchemaEditor(schema.DatabaseSchemaEditor):
    def _create_like_index_sql(self, model: type[Model], field: Field[Any, Any]) -> None:
        """Beside the index of a unique or indexed text column Django keeps another one, for LIKE 'the beginning%'. No
        page asks that of such a column, and each cost 60 to 90 bytes a row and a write per insert."""


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = SchemaEditor

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
