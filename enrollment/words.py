"""Sentences for pages that depend on data: hints beside answers, dates, the plan's terms in plain words."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.clock import civil_date
from core.money import format_yuan
from enrollment.models import Order, PlanYear, Policy
from enrollment.relations import Relation
from enrollment.selectors import FamilyMember
from look.components import KeyValue

RELATION_HINTS = {
    Relation.GRANDPARENT.value: gettext_lazy("On the father's or the mother's side"),
    Relation.GRANDCHILD.value: gettext_lazy("Your son's or your daughter's child"),
    Relation.OTHER.value: gettext_lazy(
        "Please pay with WeChat Pay: your personal account may pay for close relatives only"
    ),
}


def member_hint(member: FamilyMember) -> str:
    """Beside a name on the list: its number, and what is not confirmed yet."""
    hint: str = member.person.masked_id_number
    if member.is_close and not member.is_proved:
        hint += " · " + _("relation not confirmed yet: WeChat Pay only")
    return hint


def last_day(end: date) -> date:
    """The last day inside a half-open period."""
    return end - timedelta(days=1)


def day(value: date) -> str:
    return date_format(value, "DATE_FORMAT")


def cover_words(plan_year: PlanYear | Policy) -> str:
    return _("%(first)s to %(last)s") % {"first": day(plan_year.cover_from), "last": day(last_day(plan_year.cover_to))}


def window_words(plan_year: PlanYear) -> str:
    opens, closes = civil_date(plan_year.opens_at), civil_date(plan_year.closes_at)
    return _("%(first)s to %(last)s") % {"first": day(opens), "last": day(last_day(closes))}


def yuan(amount_fen: int) -> str:
    return _("%(amount)s yuan") % {"amount": format_yuan(amount_fen)}


def whole_yuan(amount_fen: int) -> str:
    """For terms that are round sums: "15,000 yuan"."""
    return _("%(amount)s yuan") % {"amount": format_yuan(amount_fen).removesuffix(".00")}


def round_yuan(amount_fen: int) -> str:
    """Large round sums as people say them: in Chinese 2,000,000 yuan is "200 万元"."""
    ten_thousands, rest = divmod(amount_fen, 100 * 10_000)
    if rest or ten_thousands < 100 or not (get_language() or "").startswith("zh"):
        return whole_yuan(amount_fen)
    return f"{ten_thousands} 万元"


def order_facts(order: Order) -> list[KeyValue]:
    """What is bought, for whom, at which price: for the pages before and after payment."""
    rows = [
        KeyValue(f"{line.insured.name} · {Relation(line.relation).label}", yuan(line.premium_fen))
        for line in order.lines.all()
    ]
    total_fen = sum(line.premium_fen for line in order.lines.all())
    return [*rows, KeyValue(_("Together"), yuan(total_fen), "strong")]


def personal_account_hint(order: Order) -> str:
    """Whose account pays. The balance is not shown: it is the platform's to know and changes any minute."""
    return _("From the account of %(name)s; you see the result at once") % {"name": order.payer.name}
