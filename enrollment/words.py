"""Sentences for pages that depend on data: hints beside answers, dates, the plan's terms in plain words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from enrollment.models import Order
from enrollment.selectors import FamilyMember
from look.components import KeyValue
from look.phrases import yuan
from people.relations import Relation


def member_hint(member: FamilyMember) -> str:
    """Beside a name on the list: its number, and what is not confirmed yet."""
    hint: str = member.person.masked_id_number
    if member.is_close and not member.is_proved:
        hint += " · " + _("relation not confirmed yet: not from your personal account")
    return hint


def order_facts(order: Order) -> list[KeyValue]:
    """What is bought, for whom, at which price: for the pages before and after payment."""
    rows = [
        KeyValue(f"{line.insured.name} · {Relation(line.relation).label}", yuan(line.premium_fen))
        for line in order.lines.all()
    ]
    total_fen = sum(line.premium_fen for line in order.lines.all())
    return [*rows, KeyValue(_("Together"), yuan(total_fen), "strong")]
