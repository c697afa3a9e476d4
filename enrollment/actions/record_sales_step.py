from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict
from enrollment.lifecycle import OrderState
from enrollment.models import Order, SalesPage, SalesStep
from products.models import PlanDocument
from work.row_ids import new_row_id
from work.writes import insert_together

_SALT = "enrollment.sales_page"


def keep_sales_page(*, order: Order, kind: str, body: str, language: str, now: datetime) -> str:
    """Keep what is about to be shown and return a ticket that says so: signed (order, step, page).

    Equal pages are kept once. The ticket travels in the form, so that the step records what was really on screen, in
    the language it was read in, even if the text changes before the form comes back.
    """
    digest = hashlib.sha256(body.encode()).hexdigest()
    page_id = _kept.get(digest) or _keep(digest, body, language, now)
    return signing.dumps([order.number, str(kind), page_id], salt=_SALT)


# Pages that this process knows to be there: they are never deleted.
_kept: dict[str, int] = {}
_MOST_KEPT = 1000


def _keep(digest: str, body: str, language: str, now: datetime) -> int:
    """The id of the page with this digest, a new one unless it is there."""
    page = SalesPage(pk=new_row_id(), sha256=digest, language=language, body=body, created_at=now)
    is_new = insert_together(page, unless_known=True) == 1
    page_id = page.pk if is_new else SalesPage.objects.values_list("pk", flat=True).get(sha256=digest)
    # A page that names people is seen once; those of everybody are worth remembering.
    if not is_new and not settings.TESTING:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        _kept[digest] = page_id
    return page_id


def record_sales_step(
    *,
    order: Order,
    kind: str,
    ticket: str,
    documents: Sequence[PlanDocument],
    consents: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> SalesStep:
    """Write down one choice: which page and which document versions were shown, and the wording of each consent ticked.

    consents: {name: the sentence as it stood beside the tick}. Append-only. Raises `page_unknown` when the ticket is
    not one of ours for this order and step. Source: 可回溯管理 (2020-10-01).
    """
    actor.require("enrollment.enrol")
    try:
        number, shown_kind, page_id = signing.loads(ticket, salt=_SALT)
    except (signing.BadSignature, ValueError):
        number = shown_kind = page_id = ""
    if (number, shown_kind) != (order.number, str(kind)):
        raise Conflict("page_unknown", _("This page was open for too long. Please read it again and continue."))
    if order.state not in (OrderState.DRAFT, OrderState.PLACED):
        raise Conflict("order_not_open", _("This order is finished. Please look under “My policies”."))
    step = SalesStep(
        order=order,
        kind=kind,
        page_id=page_id,
        documents=[{"kind": doc.kind, "version": doc.version, "sha256": doc.sha256} for doc in documents],
        consents={name: str(sentence) for name, sentence in consents.items()},
        user_id=actor.user_id,
        actor_label=actor.label,
        at=now,
    )
    insert_together(step)
    return step
