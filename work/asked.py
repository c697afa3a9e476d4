"""Questions that every order asks, put into SQL once.

Django writes the SQL of a queryset anew each time it is asked and PostgreSQL plans it anew: together that takes longer
than the answer. An asked question is a queryset with places for what changes; its SQL, and how rows become objects, are
kept by the process, and the server keeps its plan for as long as the connection lasts.

    @asked
    def _lines_of_order(number: Any) -> QuerySet[OrderLine]:
        return OrderLine.objects.filter(order__number=number).select_related("insured")

    lines = _lines_of_order(number="OR-2026-0000001")
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Lookup, Model, QuerySet, Value
from django.db.models.fields import Field
from django.db.models.fields.related import ForeignObject
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)

R = TypeVar("R")


class Given(Value):
    """The place of a value that is given when the question is asked."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


def filled(params: Sequence[Any], given: Mapping[str, Any]) -> list[Any]:
    """params of a text that was written with places: the values in them."""
    return [_plain(given[param.value]) if isinstance(param, Given) else param for param in params]


class Among(Lookup):
    """`person__among=[1, 2]`: IN with one place for all values, so that it is the same question for any number."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} = ANY({right})", [*left_params, *right_params]


Field.register_lookup(Among)
ForeignObject.register_lookup(Among)


@dataclass(frozen=True)
class _Written:
    """params: in the order of their places, a Given where the value comes with the question. made: rows as the
    database gives them → what the queryset gives."""

    sql: str
    params: tuple[Any, ...]
    made: Callable[[Sequence[Sequence[Any]]], list[Any]]


class Asked(Generic[R]):
    """A question. What it is asked with goes to the database as it is: what the model's field stores, not an instance.

    Its function must not look at anything but its arguments: it is called once.
    """

    def __init__(self, question: Callable[..., QuerySet[Any, R]]) -> None:
        self._question = question
        self._written: _Written | None = None

    def __call__(self, **given: Any) -> list[R]:
        written = self._written
        if written is None:
            written = self._written = _write(self._question)
        with connection.asking() as cursor:  # type: ignore[attr-defined]  # core.postgresql
            cursor.execute(written.sql, filled(written.params, given))
            return written.made(cursor.fetchall())

    def first(self, **given: Any) -> R | None:
        """Of a question that asks for one row, or orders them."""
        return next(iter(self(**given)), None)


def asked(question: Callable[..., QuerySet[Any, R]]) -> Asked[R]:
    """Decorator: the function is called once, with places in place of its arguments."""
    return Asked(question)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _write(question: Callable[..., QuerySet[Any, Any]]) -> _Written:
    queryset = question(*map(Given, inspect.signature(question).parameters))
    compiler = queryset.query.get_compiler(connection=connection)
    text, params = compiler.as_sql()
    return _Written(text, tuple(params), _maker(queryset, compiler))


def _maker(queryset: QuerySet[Any, Any], compiler: Any) -> Callable[[Sequence[Sequence[Any]]], list[Any]]:
    """As Django's iterables do it. Nothing here holds on to the connection that the question was written for."""
    assert not queryset._prefetch_related_lookups, "one question"  # type: ignore[attr-defined]  # not in the stubs
    fields = [column[0] for column in compiler.select[: compiler.col_count]]
    converters = list(compiler.get_converters(fields).items())

    def converted(row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for place, (steps, expression) in converters:
            for step in steps:
                values[place] = step(values[place], expression, connection)
        return values

    kind = queryset._iterable_class
    if kind is FlatValuesListIterable:
        return lambda rows: [converted(row)[0] for row in rows]
    if kind is ValuesListIterable:
        return lambda rows: [tuple(converted(row)) for row in rows]
    assert kind is ModelIterable, "instances or lists of values"
    made = _instances(compiler, queryset.db)
    return lambda rows: [made(converted(row)) for row in rows]


def _instances(compiler: Any, alias: str) -> Callable[[Sequence[Any]], Model]:
    """What a row of a model, of those that it refers to and of annotations becomes."""
    info, annotations = compiler.klass_info, compiler.annotation_col_map or {}
    model, columns = info["model"], info["select_fields"]
    begin, end = columns[0], columns[-1] + 1
    names = [column[0].target.attname for column in compiler.select[begin:end]]
    populators = get_related_populators(info, compiler.select, alias)  # type: ignore[call-arg]  # stubs of Django 6

    def made(row: Sequence[Any]) -> Model:
        instance: Model = model.from_db(alias, names, row[begin:end])
        for populator in populators:
            populator.populate(row, instance)
        for name, place in annotations.items():
            setattr(instance, name, row[place])
        return instance

    return made
