from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base, schema
from django.db.models import Field, Model


class SchemaEditor(schema.DatabaseSchemaEditor):
    def _create_like_index_sql(self, model: type[Model], field: Field[Any, Any]) -> None:
        """Beside the index of a unique or indexed text column Django keeps another one, for LIKE 'the beginning%'. No
        page asks that of such a column, and each cost 60 to 90 bytes a row and a write per insert."""


class DatabaseWrapper(base.DatabaseWrapper):
    SchemaEditorClass = SchemaEditor
