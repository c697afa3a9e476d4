"""Model fields for personal data: encrypted text and JSON, and the keyed index to find them by."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression

from privacy import crypto


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # stubs: field get/set types are inferred
    """Text that is ciphertext in the database and plaintext in Python. Cannot be filtered on: use BlindIndexField."""

    @property
    def context(self) -> str:
        # Frozen at the first class that declares the column, so a rename of the room needs a re-encryption.
        # A history row copies the ciphertext, so it opens under the name of the table it was copied from.
        owner = getattr(self.model, "pgh_tracked_model", None) or self.model
        return f"{owner._meta.label_lower}.{self.name}"

    def get_prep_value(self, value: Any) -> str | None:
        if value is None or value == "":
            return "" if value == "" else None  # an empty string hides nothing and must stay comparable
        return crypto.encrypt(self._to_text(value), context=self.context)

    def from_db_value(
        self,
        value: str | None,
        _expression: Expression,
        _connection: BaseDatabaseWrapper,
    ) -> Any:
        if value is None or value == "":
            return value
        return self._from_text(crypto.decrypt(value, context=self.context))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in ("isnull",):
            raise TypeError(f"{self.name} is encrypted: look it up by its blind index")
        return super().get_lookup(lookup_name)

    def _to_text(self, value: Any) -> str:
        return str(value)

    def _from_text(self, text: str) -> Any:
        return text


class EncryptedJSONField(EncryptedTextField):
    """A JSON value, encrypted as one text."""

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
        value = getattr(model_instance, self.source)
        digest = self.digest(value) if value else None if self.null else ""
        setattr(model_instance, self.attname, digest)
        return digest

    @staticmethod
    def of(model: type[models.Model], field_name: str, value: str) -> str:
        """The digest to filter by: `.filter(id_number_index=BlindIndexField.of(Person, "id_number_index", text))`."""
        field = model._meta.get_field(field_name)
        assert isinstance(field, BlindIndexField)
        return field.digest(value)
