"""The states of a plan year and the only ways between them (`work.lifecycle`)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from work.lifecycle import Lifecycle


class PlanYearState(TextChoices):
    DRAFT = "draft", _("Draft")
    EXPERT_REVIEW = "expert_review", _("With the experts")
    FILED = "filed", _("Filed with the bureau")
    PUBLISHED = "published", _("Published")
    CLOSED = "closed", _("Closed")


# Sanmenxia 四(二): expert assessment, then filing with the bureau, then publication.
PLAN_YEAR_LIFECYCLE = Lifecycle(
    name="plan_year",
    states=PlanYearState,
    initial=PlanYearState.DRAFT,
    edges={
        (PlanYearState.DRAFT, PlanYearState.EXPERT_REVIEW): "plan_year.sent_to_experts",
        (PlanYearState.EXPERT_REVIEW, PlanYearState.DRAFT): "plan_year.sent_back",
        (PlanYearState.EXPERT_REVIEW, PlanYearState.FILED): "plan_year.filed",
        (PlanYearState.FILED, PlanYearState.DRAFT): "plan_year.filing_refused",
        (PlanYearState.FILED, PlanYearState.PUBLISHED): "plan_year.published",
        (PlanYearState.PUBLISHED, PlanYearState.CLOSED): "plan_year.closed",
    },
)


# Residents may read these; the terms of these may not change any more.
PUBLIC_PLAN_YEAR_STATES = (PlanYearState.PUBLISHED, PlanYearState.CLOSED)


FIXED_PLAN_YEAR_STATES = (PlanYearState.FILED, PlanYearState.PUBLISHED, PlanYearState.CLOSED)


class TermsDraftState(TextChoices):
    OPEN = "open", pgettext_lazy("draft of terms", "Being worked on")
    FILED = "filed", pgettext_lazy("draft of terms", "Became a plan year")
    DISCARDED = "discarded", pgettext_lazy("draft of terms", "Given up")


# A draft of terms is worked on until a plan year in draft comes of it, or nothing does.
TERMS_DRAFT_LIFECYCLE = Lifecycle(
    name="terms_draft",
    states=TermsDraftState,
    initial=TermsDraftState.OPEN,
    edges={
        (TermsDraftState.OPEN, TermsDraftState.FILED): "terms_draft.filed",
        (TermsDraftState.OPEN, TermsDraftState.DISCARDED): "terms_draft.discarded",
    },
)


class ComparisonState(TextChoices):
    RUNNING = "running", pgettext_lazy("comparison", "Being computed")
    DONE = "done", pgettext_lazy("comparison", "Computed")
    CANCELLED = "cancelled", pgettext_lazy("comparison", "Cancelled")
    FAILED = "failed", pgettext_lazy("comparison", "Cannot be computed")


COMPARISON_LIFECYCLE = Lifecycle(
    name="comparison",
    states=ComparisonState,
    initial=ComparisonState.RUNNING,
    edges={
        (ComparisonState.RUNNING, ComparisonState.DONE): "comparison.done",
        (ComparisonState.RUNNING, ComparisonState.CANCELLED): "comparison.cancelled",
        (ComparisonState.RUNNING, ComparisonState.FAILED): "comparison.failed",
    },
)
