from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import DomainError
from products.lifecycle import PlanYearState
from products.models import PlanYear
from products.models.plan_year import DocumentKind
from products.plans import lists_lacking
from products.suppliers import require_supplied
from products.texts.coverage import require_covered
from work.lifecycle import transition


@transaction.atomic
def send_to_experts(*, plan_year: PlanYear, actor: Actor, now: datetime) -> PlanYear:
    """DRAFT → EXPERT_REVIEW. Raises `documents_missing` unless every kind of document is there, `shares_missing`
    unless it is said who carries it, `ways_missing` unless somebody may enrol, `lists_missing` unless what its rules
    look up is published for the first day of cover, `facts_without_supplier` unless somebody supplies every fact that
    they ask for, `clauses_not_covered` unless every sentence of the texts is true by the plan and everything in the
    plan is said (Sanmenxia 四(一)(二)(三), 三(三)3)."""
    actor.require("enrollment.operate", plan_year)
    present = set(plan_year.documents.values_list("kind", flat=True))
    missing = [kind.label for kind in DocumentKind if kind not in present]
    if missing:
        raise DomainError(
            "documents_missing",
            _("These documents are missing: %(missing)s."),
            missing=", ".join(str(label) for label in missing),
        )
    if not plan_year.shares.exists():
        raise DomainError("shares_missing", _("Please say first which insurers carry this plan year."))
    if not plan_year.ways.exists():
        raise DomainError("ways_missing", _("Please say by which ways people may enrol."))
    if lacking := lists_lacking(plan_year):
        raise DomainError(
            "lists_missing",
            _("These lists are not published for the first day of cover: %(missing)s."),
            missing=", ".join(lacking),
        )
    require_supplied(plan_year)
    require_covered(plan_year)
    return transition(plan_year, PlanYearState.EXPERT_REVIEW, actor=actor, now=now)
