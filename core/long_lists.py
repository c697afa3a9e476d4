"""Lists of the admin over tables of millions of rows: nothing here reads a table from end to end.

Django counts every row for the number under a list, reads a whole column for the values of a filter, and compares in
upper case when it searches. Here is counted as far as one can turn pages, the values are picked from an index one by
one, and what is typed is looked up whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.paginator import Page, Paginator
from django.db import connections, models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# Nobody turns more pages than this takes: older rows are found by a filter or a number.
MOST_LISTED = 1000
_MOST_FOUND = 200


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # the stubs' generic is not there at run time
    """Counts and lists the first thousand rows."""

    template_name = "admin/pagination_bounded.html"

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:MOST_LISTED].count())

    @property
    def said(self) -> str:
        """The number under the list, in words."""
        if self.count < MOST_LISTED:
            return ngettext("%(count)s row", "%(count)s rows", self.count) % {"count": self.count}
        return _("The first %(count)s rows. Others are found by a filter or a number.") % {"count": self.count}

    def page(self, number: int | str) -> Page[Any]:
        """Which rows stand on the page is asked of their keys alone: an index answers that without the rows, where
        PostgreSQL would else read the table backwards for a year that lies long ago; and what belongs to a row is
        fetched for those only, not for every row of the pages before."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        rows: Any = self.object_list
        keys = list(rows.values_list("pk", flat=True)[first : min(first + self.per_page, MOST_LISTED)])
        return Page(rows.filter(pk__in=keys), number, self)


def values_in_use(model: type[models.Model], name: str) -> list[str]:
    """The values of a column, in order, by as many looks into its index as there are values and one more.

    The column leads an index: core.checks refuses a filter over one that does not.
    """
    table, column = (
        connections["default"].ops.quote_name(part) for part in (model._meta.db_table, _column(model, name))
    )
    with connections["default"].cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE used (value) AS (SELECT min({column}) FROM {table} UNION ALL"  # noqa: S608  (our own names)
            f" SELECT (SELECT min({column}) FROM {table} WHERE {column} > used.value) FROM used"
            " WHERE used.value IS NOT NULL) SELECT value FROM used WHERE value IS NOT NULL"
        )
        return [str(value) for (value,) in cursor.fetchall()]


def _column(model: type[models.Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]  # a column of the table itself


class ValuesInUse(admin.AllValuesFieldListFilter):
    """For a column without choices of its own: `list_filter = [("plan_year", ValuesInUse)]`."""

    def __init__(
        self,
        field: Any,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[models.Model],
        model_admin: Any,
        field_path: str,
    ) -> None:
        super().__init__(field, request, params, model, model_admin, field_path)
        choices: Any = values_in_use(model, field_path)  # a list does: they are only gone through
        self.lookup_choices = choices


def found_by(rows: QuerySet[Any], names: Iterable[str], typed: str) -> QuerySet[Any]:
    """Rows of which one of the columns is what was typed, in any case of its letters.

    Each column is asked by itself, by its own index, and the answers are put together: never an OR over joins.
    """
    term = typed.strip()
    if not term:
        return rows
    written = list(dict.fromkeys((term, term.upper(), term.lower())))
    each = [rows.model._default_manager.filter(**{f"{name}__in": written}).order_by().values("pk") for name in names]
    first, *others = each
    found = first.union(*others) if others else first
    return rows.filter(pk__in=[row["pk"] for row in found[:_MOST_FOUND]])


def leading_columns(model: type[models.Model]) -> set[str]:
    """Names of fields by which rows are found or ordered without reading the table: each leads an index."""
    meta = model._meta
    fields: Iterable[Any] = meta.concrete_fields  # the stubs know no db_index
    found = {field.name for field in fields if field.primary_key or field.unique or field.db_index}
    for index in meta.indexes:
        found |= {name.lstrip("-") for name in index.fields[:1]}
    for constraint in meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            found.add(constraint.fields[0])
    return found
