"""Ids that a row has before it is written, without a question to the database for each.

A process takes a block of ids from a sequence and gives them out itself. They never repeat, they rise roughly with
time, and blocks leave gaps: an id tells nobody how many rows there are.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from work.blocks import Blocks, from_sequence

BLOCK = 1000


def _next_block() -> range:
    [block] = from_sequence("work_row_id_block", 1)
    return range(block * BLOCK, (block + 1) * BLOCK)


_blocks = Blocks(_next_block)


def new_row_id() -> int:
    """For a row to which others refer before it is written."""
    return _blocks.take()


class RowId(models.BigIntegerField):  # type: ignore[type-arg]  # stubs: field get/set types are inferred
    """A primary key that is known before the INSERT, for rows whose values are sealed for them."""

    def __init__(self, **kwargs: Any) -> None:
        fixed = {"primary_key": True, "editable": False}
        super().__init__(**{**kwargs, **fixed})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("primary_key", "editable"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs

    def has_default(self) -> bool:
        """Tells Django that a new instance is inserted at once, not looked for by an UPDATE first."""
        return True

    def get_default(self) -> None:
        """An instance that is only looked at takes no id, and asks no database."""

    def get_pk_value_on_save(self, instance: models.Model) -> int:
        return _blocks.take()
