"""Copies of a sample row, as many as a source table has rows.

`f` is the source's row in every SQL expression, `s` the sample. Columns that are not named are the sample's. Triggers
and foreign keys sleep meanwhile (session_replication_role), which only a superuser may ask for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import psycopg
from django.db import models

from privacy import crypto
from privacy.fields import BlindIndexField, EncryptedTextField
from work.models import Change
from work.row_ids import RowId

Columns = Mapping[str, str]
Then = Mapping[str, Callable[[str], str]]
_PART = 1 << 20
_OWN_KEYS = (models.AutoField, models.BigAutoField)


class Copier:
    """writes: the connection that fills, its triggers asleep. reads: another one, for what is sealed on its way."""

    def __init__(self, writes: psycopg.Connection, reads: psycopg.Connection, *, say: Callable[[str], None]) -> None:
        self.writes, self.reads, self._say = writes, reads, say

    def run(self, statement: str) -> int:
        """Our own SQL; the number of rows that it touched."""
        return self.writes.execute(statement).rowcount

    def rows(
        self,
        sample: models.Model,
        source: str,
        columns: Columns,
        *,
        then: Then | None = None,
        at: str = "f.at",
        kept_with_it: bool = True,
    ) -> None:
        """One copy for each row of `source` ("fill.person AS f WHERE …").

        columns: by field name or column. Of an encrypted field: the plain text; without one the sample's own text is
        sealed for each row, and blind indexes follow. then: what becomes of a column's text on its way. kept_with_it:
        its events and its history are copied along, at the time that `at` says.
        """
        model = type(sample)
        given = {_column(model, name): text for name, text in columns.items()}
        key = given.get(str(model._meta.pk.column))
        sealed = [field for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]
        if any(field.column in given or sample.__dict__.get(field.attname) for field in sealed) or then:
            count = self._sealed(sample, source, given, then or {})
        else:
            count = self._plain(model, f'"{model._meta.pk.column}" = {_literal(sample.pk)}', source, given)
        self._say(f"{count:>12,}  {model._meta.db_table}")
        if kept_with_it and key is not None:
            self._history(model, sample, source, key, at)
            self._events(model, sample, source, key, at)

    def children(
        self, children: models.QuerySet[Any], parent: str, source: str, columns: Columns, *, at: str = "f.at"
    ) -> None:
        """Copies of the sample parent's rows, for which one statement is enough: nothing sealed, keys of their own.

        parent: the field that points to the parent; columns[parent] is its key.
        """
        model = children.model
        given = {_column(model, name): text for name, text in columns.items()}
        keys = ", ".join(_literal(key) for key in children.values_list("pk", flat=True)) or "NULL"
        count = self._plain(model, f'"{model._meta.pk.column}" IN ({keys})', source, given)
        self._say(f"{count:>12,}  {model._meta.db_table}")

    def _events(self, model: type[models.Model], sample: models.Model, source: str, key: str, at: str) -> None:
        for related in model._meta.related_objects:
            if related.get_accessor_name() == "events":
                found = related.related_model._default_manager.filter(subject=sample)
                self.children(found, "subject", source, {"subject": key, "at": at})

    def _history(self, model: type[models.Model], sample: models.Model, source: str, key: str, at: str) -> None:
        found = Change.objects.filter(relation=model._meta.db_table, row_id=str(sample.pk))
        if found.exists():
            self.children(found, "row_id", source, {"row_id": f"({key})::text", "at": at})

    def _plain(self, model: type[models.Model], which: str, source: str, given: Mapping[str, str]) -> int:
        into, values = [], []
        for column, value in _values(model, given):
            into.append(f'"{column}"')
            values.append(value)
        # The optimiser must not guess how large a table without statistics is: it is read once, from end to end.
        return self.run(
            f"INSERT INTO {model._meta.db_table} ({', '.join(into)}) SELECT {', '.join(values)}"
            f" FROM (SELECT * FROM {model._meta.db_table} WHERE {which} ORDER BY 1) AS s, {source}"
        )

    def _sealed(self, sample: models.Model, source: str, given: Mapping[str, str], then: Then) -> int:
        model = type(sample)
        pairs = list(_values(model, given))
        place = {column: number for number, (column, _value) in enumerate(pairs)}
        changes = _changes(sample, given, then, place)
        own_key = place[str(model._meta.pk.column)]
        select = (
            f"COPY (SELECT {', '.join(f'({value})' for _column, value in pairs)} FROM (SELECT * FROM"
            f' {model._meta.db_table} WHERE "{model._meta.pk.column}" = {_literal(sample.pk)}) AS s, {source})'
            " TO STDOUT"
        )
        names = ", ".join(f'"{column}"' for column in place)
        count = 0
        with (
            self.reads.cursor().copy(select) as lines,
            self.writes.cursor().copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as out,
        ):
            for part in _parts(lines, changes, own_key):
                out.write(part)
                count += part.count(b"\n")
        return count


# What becomes of one text of a line: (its place, the new text from the row's key and the texts as they were read).
_Change = tuple[int, Callable[[str, list[str]], str]]


def _changes(sample: models.Model, given: Mapping[str, str], then: Then, place: Mapping[str, int]) -> list[_Change]:
    """Blind indexes first: they read what is sealed afterwards."""
    model = type(sample)
    fields = {str(field.column): field for field in model._meta.concrete_fields}
    changes: list[_Change] = []
    for column, field in fields.items():
        if isinstance(field, BlindIndexField):
            source = _column(model, field.source)
            if source in given:
                changes.append((place[column], _digest(field, place[source])))
    changes += [(place[name], _through(act, place[name])) for name, act in then.items()]
    for column, field in fields.items():
        if isinstance(field, EncryptedTextField):
            if column in given:
                changes.append((place[column], _seal_text(field, place[column])))
            elif plain := getattr(sample, field.attname):
                changes.append((place[column], _seal_same(field, field._to_text(plain))))
    return changes


def _digest(field: BlindIndexField, source: int) -> Callable[[str, list[str]], str]:
    return lambda _key, texts: field.digest(texts[source])


def _through(act: Callable[[str], str], own: int) -> Callable[[str, list[str]], str]:
    return lambda _key, texts: act(texts[own])


def _seal_text(field: EncryptedTextField, own: int) -> Callable[[str, list[str]], str]:
    context = field.context(0)[:-1]  # "room.model.field#"
    nothing = ("", r"\N")
    return lambda key, texts: texts[own] if texts[own] in nothing else _sealed(texts[own], context + key)


def _seal_same(field: EncryptedTextField, text: str) -> Callable[[str, list[str]], str]:
    context = field.context(0)[:-1]
    return lambda key, _texts: _sealed(text, context + key)


def _sealed(text: str, context: str) -> str:
    """As COPY reads bytes."""
    return "\\\\x" + crypto.encrypt(text, context=context).hex()


def _parts(lines: Iterable[Any], changes: list[_Change], own_key: int) -> Iterator[bytes]:
    """COPY's own text format, line by line, in parts of about a megabyte."""
    part: list[str] = []
    size = 0
    for line in lines:
        texts = bytes(line).decode()[:-1].split("\t")
        was = texts.copy()
        for number, change in changes:
            texts[number] = change(was[own_key], was)
        part.append("\t".join(texts) + "\n")
        size += len(part[-1])
        if size > _PART:
            yield "".join(part).encode()
            part, size = [], 0
    yield "".join(part).encode()


def _values(model: type[models.Model], given: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Column and SQL expression. A key that the database gives by itself is left to it."""
    for field in model._meta.concrete_fields:
        column = str(field.column)
        if column in given:
            yield column, given[column]
        elif not field.primary_key:
            yield column, f's."{column}"'
        elif isinstance(field, RowId):
            yield column, "nextval('fill.row_id')"
        elif isinstance(field, models.UUIDField):
            yield column, "gen_random_uuid()"
        elif not isinstance(field, _OWN_KEYS):
            raise TypeError(f"{model.__name__} needs a key of its own")


def _column(model: type[models.Model], name: str) -> str:
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field) and field.column is not None, f"{name} is no column of the table itself"
    return field.column


def _literal(key: object) -> str:
    return str(key) if isinstance(key, int) else "'{}'".format(str(key).replace("'", "''"))


def numbered(number: str, place: str, *, offset: int = 20_000_000) -> str:
    """SQL of a number like this one with other digits: numbered("CL-2026-0000007", "f.n")."""
    prefix = re.sub(r"\d+$", "", number)
    return f"'{prefix}' || ({offset} + {place})"
