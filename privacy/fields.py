"""Model fields for personal data: encrypted text and JSON, and the keyed index to find them by.

A value is sealed for one column of one row: copied to another row, even by somebody who may write to the table, it does
not open. So a row has its id before it is written (work.row_ids.RowId). A value is opened when it is first read, not
when its row is fetched.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression
from django.db.models.query_utils import DeferredAttribute

from privacy import crypto


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value as it lies in the database. No text, so that ciphertext cannot end up on a page by mistake."""

    token: bytes


class SealedAttribute(DeferredAttribute):
    """Opens the value when it is first read."""

    field: EncryptedTextField

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or not isinstance(value, Sealed):
            return value
        opened = self.field.open(value.token, row=instance.pk)
        instance.__dict__[self.field.attname] = opened
        return opened

    def __set__(self, instance: models.Model, value: Any) -> None:
        # With it Python asks __get__ even though the instance has the value.
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # stubs: field get/set types are inferred
    """Text that is ciphertext in the database and plaintext in Python. Cannot be filtered on: use BlindIndexField."""

    descriptor_class = SealedAttribute

    def context(self, row: Any) -> str:
        """Frozen at the first class that declares the column, so a rename of the room needs a re-encryption."""
        if row is None:
            raise TypeError(f"{self.model.__name__} needs an id before it is written: give it a RowId")
        return f"{self.model._meta.label_lower}.{self.name}#{row}"

    def seal(self, value: Any, *, row: Any) -> Any:
        """The value for this column of the row with this id, for an UPDATE that has no instance."""
        if value is None or value == "" or isinstance(value, Sealed):
            return value  # an empty string hides nothing and must stay comparable
        return Sealed(crypto.encrypt(self._to_text(value), context=self.context(row)))

    def open(self, token: bytes, *, row: Any) -> Any:
        """Raises CannotDecrypt, also for a token that was sealed for another row."""
        return self._from_text(crypto.decrypt(token, context=self.context(row)))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        # A value that was never opened goes back as it came.
        return self.seal(model_instance.__dict__.get(self.attname, self.get_default()), row=model_instance.pk)

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "bytea"  # as text it would take a third more

    def get_prep_value(self, value: Any) -> bytes | None:
        if value is None or value == "":
            return b"" if value == "" else None
        if isinstance(value, Sealed):
            return value.token
        raise TypeError(f"{self.name} is sealed for a row: save the instance, or give UPDATE what seal() returns")

    def from_db_value(
        self,
        value: bytes | memoryview | None,
        _expression: Expression,
        _connection: BaseDatabaseWrapper,
    ) -> Any:
        if value is None:
            return None
        return Sealed(bytes(value)) if value else ""

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in ("isnull",):
            raise TypeError(f"{self.name} is encrypted: look it up by its blind index")
        return super().get_lookup(lookup_name)

    def _to_text(self, value: Any) -> str:
        return str(value)

    def _from_text(self, text: str) -> Any:
        return text


def sealed_values(row: models.Model, values: dict[str, Any]) -> dict[str, Any]:
    """Values for `.update()` of this very row, the encrypted ones sealed for it."""
    fields = {field.name: field for field in row._meta.concrete_fields if isinstance(field, EncryptedTextField)}
    return {name: fields[name].seal(value, row=row.pk) if name in fields else value for name, value in values.items()}


class EncryptedJSONField(EncryptedTextField):
    """A JSON value, encrypted as one text."""

    # What may be given to and read from it, for the type checker (django-stubs): not the text of its column.
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def _to_text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def _from_text(self, text: str) -> Any:
        return json.loads(text)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return json.dumps(self.value_from_object(obj), ensure_ascii=False)


class BlindIndexField(models.CharField):  # type: ignore[type-arg]  # stubs: field get/set types are inferred
    """Keyed digest of another field of the same row, kept in step on every save.

    source: the encrypted field's name. normalise: applied to the value first (upper case, no blanks …).
    """

    def __init__(
        self,
        *args: Any,
        source: str = "",
        normalise: Callable[[str], str] = str.strip,
        **kwargs: Any,
    ):
        self.source = source
        self.normalise = normalise
        kwargs["max_length"] = 64
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["source"] = self.source
        kwargs.pop("max_length", None)
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    def digest(self, value: str) -> str:
        return crypto.blind_index(f"{self.model._meta.label_lower}.{self.source}", self.normalise(str(value)))

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        if isinstance(model_instance.__dict__.get(self.source), Sealed):
            kept: str | None = getattr(model_instance, self.attname)
            return kept  # nobody has opened the value since it was read: it has not changed
        value = getattr(model_instance, self.source)
        digest = self.digest(value) if value else None if self.null else ""
        setattr(model_instance, self.attname, digest)
        return digest

    @staticmethod
    def of(model: type[models.Model], field_name: str, value: str) -> str:
        """The digest to filter by: `.filter(number_index=BlindIndexField.of(PersonDocument, "number_index", text))`."""
        field = model._meta.get_field(field_name)
        assert isinstance(field, BlindIndexField)
        return field.digest(value)
