"""Who supplies each fact that a plan may ask for. What nothing supplies cannot be asked for: the terms sold are the
terms paid (mission B11; Sanmenxia 四(三): 确保宣传内容和保险产品说明书保持一致).

Outer rooms register what they can supply, by the names of `benefits.needs_of`, when the product starts. A plan year
whose rules need a field that nobody supplies is neither sent to the experts nor published.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from benefits import needs_of
from core.errors import DomainError
from core.registry import Registry
from products.models import PlanYear
from products.plans import compiled


class Source(TextChoices):
    PLATFORM = "platform", _("National platform")
    REGISTER = "register", _("Filed list or register")
    FINDING = "finding", _("The reviewer's finding")
    ANSWER = "answer", _("The claimant's answer")
    RECORDS = "records", pgettext_lazy("source of a fact", "Our own records")


@dataclass(frozen=True)
class Supplier:
    """says: what the fact is called. source: who says so first; found: a reviewer may find otherwise. words:
    of a fact with members (`person.assistance:特困`), those that can be had in a plan year; None: any.
    """

    says: str | Promise
    source: Source
    found: bool = False
    words: Callable[[PlanYear], frozenset[str]] | None = None


SUPPLIERS: Registry[Supplier] = Registry("supplier of a fact")


def supplier_of(need: str) -> Supplier | None:
    """need: a name of `benefits.needs_of`. Of a fact with members the supplier of all of them."""
    return SUPPLIERS.find(need) or SUPPLIERS.find(need.partition(":")[0])


def unsupplied(plan_year: PlanYear) -> list[str]:
    """The names of what its rules need, on any day of its cover, and nobody supplies."""
    text = compiled(plan_year.benefits_text, plan_year.benefits_plan)
    needed = {need for _from_on, plan in text.versions for need in needs_of(plan)}
    return sorted(need for need in needed if not _is_supplied(need, plan_year))


def _is_supplied(need: str, plan_year: PlanYear) -> bool:
    supplier = supplier_of(need)
    if supplier is None:
        return False
    _field, _colon, member = need.partition(":")
    return not member or supplier.words is None or member in supplier.words(plan_year)


def require_supplied(plan_year: PlanYear) -> None:
    """Raises DomainError facts_without_supplier, naming each."""
    if lacking := unsupplied(plan_year):
        raise DomainError(
            "facts_without_supplier",
            _("The rules ask for facts that nobody supplies: %(missing)s. Change the rules, or supply them."),
            missing=", ".join(lacking),
        )
