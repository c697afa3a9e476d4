from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import DomainError
from products.models import FeeCategory, FiledList, ListItem, ListKind, ListVersion
from products.plan_lists import digest


@dataclass(frozen=True, slots=True)
class Item:
    """As products.models.ListItem. code: the national one, "" where there is none. category, tag: of costs that are not
    paid for."""

    name: str
    code: str = ""
    brand_name: str = ""
    specification: str = ""
    indication: str = ""
    limit_price_fen: int | None = None
    category: str = ""
    tag: str = ""


@transaction.atomic
def draft_list(
    *, filed_list: FiledList, items: Sequence[Item], from_on: date, source: str, actor: Actor, now: datetime
) -> ListVersion:
    """The next version of a list, whole: nothing is added to it or taken from it afterwards; a slip is another version.

    Raises list_empty, list_item_twice, list_item_marks, source_missing. Source: Sanmenxia 三(三)3.
    """
    actor.require("enrollment.operate", filed_list)
    if not items:
        raise DomainError("list_empty", _("A list has at least one item."), field="items")
    codes = [item.code or item.name for item in items]
    if len(set(codes)) < len(codes):
        raise DomainError("list_item_twice", _("A drug or service stands on a list once."), field="items")
    if not all(_may_be_marked(item, filed_list) for item in items):
        raise DomainError(
            "list_item_marks",
            _(
                "Only on a list of costs that are not paid for an item has a mark (small letters, digits, low lines) "
                "or stands for a fee category."
            ),
            field="items",
        )
    if not source.strip():
        raise DomainError("source_missing", _("Please say under which number the list was filed."), field="source")
    # One after the other: the number is the next one.
    locked = FiledList.objects.select_for_update().get(pk=filed_list.pk)
    newest = locked.versions.aggregate(newest=Max("number"))["newest"] or 0
    rows = [
        ListItem(
            position=position,
            code=item.code,
            name=item.name,
            brand_name=item.brand_name,
            specification=item.specification,
            indication=item.indication,
            limit_price_fen=item.limit_price_fen,
            category=item.category,
            tag=item.tag,
        )
        for position, item in enumerate(items, start=1)
    ]
    version = ListVersion.objects.create(
        filed_list=locked,
        number=newest + 1,
        from_on=from_on,
        source=source.strip(),
        sha256=digest(rows),
        created_at=now,
    )
    for row in rows:
        row.version = version
    ListItem.objects.bulk_create(rows)
    return version


def _may_be_marked(item: Item, filed_list: FiledList) -> bool:
    if filed_list.kind != ListKind.EXCLUDED:
        return not (item.tag or item.category)
    return item.category in ("", *FeeCategory.values) and re.fullmatch(r"([a-z][a-z0-9_]*)?", item.tag) is not None
