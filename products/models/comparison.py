"""Terms compared on a city year: what is compared, how far it is, what came of it.

Of a city year nothing personal is kept: a generated one is its seed and its shape, an uploaded one has people by
running numbers of its own.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parties.models import Scheme
from privacy.files import SealedFile
from products.lifecycle import COMPARISON_LIFECYCLE, ComparisonState
from products.models.plan_year import PlanYear
from products.models.terms_draft import TermsDraft
from work.models import AppendOnly, LeasedModel, LifecycleEvent
from work.triggers import fixed, never_deleted


class CityOrigin(models.TextChoices):
    GENERATED = "generated", pgettext_lazy("city year", "Generated")
    UPLOADED = "uploaded", pgettext_lazy("city year", "Uploaded")


class CityYear(AppendOnly):
    """people, bills: how many; bills None where they are only known when they are made. made_from: seed, year and shape
    of a generated one (benefits.simulation.city). sha256: of what it is made from: two of one digest are the same."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="city_years", verbose_name=_("scheme"))
    title = models.CharField(pgettext_lazy("city year", "title"), max_length=80)
    origin = models.CharField(pgettext_lazy("city year", "origin"), max_length=10, choices=CityOrigin.choices)
    made_from = models.JSONField(pgettext_lazy("city year", "made from"), default=dict)
    people = models.PositiveIntegerField(_("insured people"))
    bills = models.PositiveIntegerField(_("bills"), null=True)
    sha256 = models.CharField(_("digest"), max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("created"))

    scope_columns = {"scheme": "scheme"}

    class Meta(AppendOnly.Meta):
        verbose_name = _("city year")
        verbose_name_plural = _("city years")
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(name="city_year_has_people", condition=Q(people__gt=0))]

    def __str__(self) -> str:
        return self.title


class CityYearFile(SealedFile):
    """The rows of an uploaded city year, as they were read."""

    folder = "products/city_years"

    city_year = models.OneToOneField(CityYear, models.PROTECT, related_name="file")

    def __str__(self) -> str:
        return f"{self.city_year_id}"


class Comparison(LeasedModel):
    """The row is the queue (work.leases). parts, parts_done: of the city year's people, as far as they are computed and
    kept; a worker that dies leaves the rest to another. problem: why it cannot be computed, in the reader's words."""

    city_year = models.ForeignKey(CityYear, models.PROTECT, related_name="comparisons", verbose_name=_("city year"))
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+", verbose_name=_("scheme"))
    state = models.CharField(
        _("state"), max_length=10, choices=ComparisonState.choices, default=ComparisonState.RUNNING
    )
    parts = models.PositiveIntegerField(pgettext_lazy("comparison", "parts"))
    parts_done = models.PositiveIntegerField(pgettext_lazy("comparison", "parts computed"), default=0)
    people_done = models.PositiveIntegerField(pgettext_lazy("comparison", "people computed"), default=0)
    problem = models.CharField(pgettext_lazy("comparison", "problem"), max_length=500, blank=True)
    shared = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("created"))
    ended_at = models.DateTimeField(pgettext_lazy("comparison", "ended"), null=True, blank=True)

    lifecycle = COMPARISON_LIFECYCLE
    scope_columns = {"scheme": "scheme"}

    class Meta:
        verbose_name = pgettext_lazy("workshop", "comparison")
        verbose_name_plural = _("plan workshop: comparisons")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="comparison_is_done_up_to_its_parts", condition=Q(parts__gt=0, parts_done__lte=F("parts"))
            ),
        ]
        triggers = [
            *COMPARISON_LIFECYCLE.triggers(),
            fixed("comparison_is_of_its_city_year", "city_year", "scheme", "parts", "created_by", "created_at"),
            never_deleted("comparison_is_kept"),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], name="comparison_due", condition=Q(next_attempt_at__isnull=False))
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.city_year}"

    @property
    def is_running(self) -> bool:
        return self.state == ComparisonState.RUNNING

    @property
    def percent_done(self) -> int:
        """Of the people: what is computed and kept."""
        return 100 * self.people_done // self.city_year.people


class ComparisonEvent(LifecycleEvent):
    subject = models.ForeignKey(Comparison, models.PROTECT, related_name="events")

    class Meta(LifecycleEvent.Meta):
        verbose_name = _("event of a comparison")
        verbose_name_plural = _("events of comparisons")


class ComparedTerms(models.Model):
    """One of the terms compared, as they stood when it began: text and premium are copies. position: 0 is what the
    others are compared with. first_on: whose rules count. figures: once it is done (products.workshop.figures)."""

    comparison = models.ForeignKey(Comparison, models.PROTECT, related_name="terms", db_index=False)
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    plan_year = models.ForeignKey(PlanYear, models.PROTECT, related_name="+", null=True, db_index=False)
    draft = models.ForeignKey(TermsDraft, models.PROTECT, related_name="compared", null=True)
    revision = models.PositiveIntegerField(default=0)
    benefits_plan = models.CharField(max_length=100)
    benefits_text = models.TextField()
    first_on = models.DateField()
    premium_fen = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    figures = models.JSONField(default=dict)

    class Meta:
        ordering = ["comparison", "position"]
        constraints = [
            models.UniqueConstraint(name="one_compared_at_a_position", fields=["comparison", "position"]),
            models.CheckConstraint(
                name="compared_terms_are_of_one_thing",
                condition=Q(plan_year__isnull=False, draft__isnull=True)
                | Q(plan_year__isnull=True, draft__isnull=False),
            ),
        ]
        triggers = [
            fixed(
                "compared_terms_are_as_they_stood", "comparison", "position", "name", "plan_year", "draft", "revision",
                "benefits_plan", "benefits_text", "first_on", "premium_fen", "sha256",
            ),
            never_deleted("compared_terms_are_kept"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.comparison_id}/{self.position} {self.name}"


class ComparisonPart(SealedFile):
    """What one part of the people came to under each of the terms: arrays, until all parts are put together. people:
    of the part; counted: what needs no arrays."""

    folder = "products/comparison_parts"

    comparison = models.ForeignKey(Comparison, models.PROTECT, related_name="done", db_index=False)
    number = models.PositiveIntegerField()
    counted = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_part_of_a_number", fields=["comparison", "number"])]

    def __str__(self) -> str:
        return f"{self.comparison_id}/{self.number}"
