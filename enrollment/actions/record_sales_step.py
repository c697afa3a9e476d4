from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict
from enrollment.lifecycle import OrderState
from enrollment.models import Order, SalesPage, SalesStep
from products.models import PlanDocument

_SALT = "enrollment.sales_page"


def keep_sales_page(*, order: Order, kind: str, body: str, language: str, now: datetime) -> str:
    """Keep what is about to be shown and return a ticket that says so: signed (order, step, digest).

    Equal pages are kept once. The ticket travels in the form, so that the step records what was really on screen, in
    the language it was read in, even if the text changes before the form comes back.
    """
    digest = hashlib.sha256(body.encode()).hexdigest()
    if not SalesPage.objects.filter(sha256=digest).exists():
        page = SalesPage(sha256=digest, language=language, body=body, created_at=now)
        SalesPage.objects.bulk_create([page], ignore_conflicts=True)
    return signing.dumps([order.number, str(kind), digest], salt=_SALT)


@transaction.atomic
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
        number, shown_kind, digest = signing.loads(ticket, salt=_SALT)
    except (signing.BadSignature, ValueError):
        number = shown_kind = digest = ""
    page = SalesPage.objects.filter(sha256=digest).first()
    if page is None or (number, shown_kind) != (order.number, str(kind)):
        raise Conflict("page_unknown", _("This page was open for too long. Please read it again and continue."))
    if order.state not in (OrderState.DRAFT, OrderState.PLACED):
        raise Conflict("order_not_open", _("This order is finished. Please look under “My policies”."))
    return SalesStep.objects.create(
        order=order,
        kind=kind,
        page=page,
        documents=[{"kind": doc.kind, "version": doc.version, "sha256": doc.sha256} for doc in documents],
        consents={name: str(sentence) for name, sentence in consents.items()},
        user_id=actor.user_id,
        actor_label=actor.label,
        at=now,
    )
