"""Every change of a tracked table leaves an immutable row, written by the database itself.

`@tracked` puts django-pghistory's triggers on insert, update and delete; the history tables are append-only.
Actor and request come from the context that `accounts.middleware` (or an action's caller) sets.
Encrypted columns are copied as ciphertext: the history opens with the same keys and hides as much.
"""

from __future__ import annotations

from typing import TypeVar

import pghistory
from django.db import models
from django.utils.text import format_lazy

T = TypeVar("T", bound=type[models.Model])


def tracked(model: T) -> T:
    """Class decorator. Adds the model `<Name>History` with one row per change, refusing UPDATE and DELETE."""
    decorate = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        model_name=f"{model.__name__}History",
        append_only=True,
        obj_field=pghistory.ObjForeignKey(related_name="history", related_query_name="history"),
        # Lazy: what the reader's language is must not end up in a migration.
        meta={"verbose_name": format_lazy("{} history", model._meta.verbose_name)},
    )
    result: T = decorate(model)
    return result
