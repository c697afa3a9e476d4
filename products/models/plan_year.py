"""The product of one year: price, window, cover, insurers, and the documents that residents read (E1)."""

from __future__ import annotations

from datetime import date, datetime

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from parties.models import Scheme
from products import carriers
from products.lifecycle import FIXED_PLAN_YEAR_STATES, PLAN_YEAR_LIFECYCLE, PlanYearState
from work.audit import tracked
from work.models import AppendOnly, LifecycleEvent
from work.triggers import never_deleted, refuse

# What a resident bought may not change under him, and what was filed may not change after filing.
TERMS = (
    "code",
    "scheme_id",
    "name_zh",
    "name_en",
    "premium_fen",
    "opens_at",
    "closes_at",
    "cover_from",
    "cover_to",
    "benefits_plan",
    "benefits_text",
    "benefits_sha256",
)


_FIXED_TERMS_CHANGED = "OLD.state IN ({states}) AND ({changed})".format(
    states=", ".join(f"'{state}'" for state in FIXED_PLAN_YEAR_STATES),
    changed=" OR ".join(f'OLD."{name}" IS DISTINCT FROM NEW."{name}"' for name in TERMS),
)


@tracked
class PlanYear(models.Model):
    """Terms of one year. Money in fen; window and cover are half-open: opens_at <= now < closes_at.

    benefits_plan names the plan file; benefits_text is the copy that was filed and that claims are computed by,
    whatever happens to the file afterwards; benefits_sha256 is its digest.
    scheme: whose product it is; who may enrol is asked of the scheme's areas. insurers: in `shares`, dated, by area.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="plan_years", verbose_name=_("scheme"))
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    premium_fen = models.BigIntegerField(_("premium (fen)"))
    opens_at = models.DateTimeField(_("window opens"))
    closes_at = models.DateTimeField(_("window closes (not included)"))
    cover_from = models.DateField(_("cover begins"))
    cover_to = models.DateField(_("cover ends (not included)"))
    benefits_plan = models.CharField(_("plan file"), max_length=100)
    benefits_text = models.TextField(_("text of the plan file"))
    benefits_sha256 = models.CharField(_("digest of the plan file"), max_length=64)
    filing_number = models.CharField(_("filing number"), max_length=60, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=PlanYearState.choices, default=PlanYearState.DRAFT)
    created_at = models.DateTimeField(_("created"))

    lifecycle = PLAN_YEAR_LIFECYCLE
    scope_columns = {"scheme": "scheme"}

    class Meta:
        verbose_name = _("plan year")
        verbose_name_plural = _("plan years")
        ordering = ["-cover_from"]
        constraints = [
            models.CheckConstraint(name="plan_year_window_runs_forward", condition=Q(opens_at__lt=F("closes_at"))),
            models.CheckConstraint(name="plan_year_cover_runs_forward", condition=Q(cover_from__lt=F("cover_to"))),
            # A scheme has one product for each beginning of cover.
            models.UniqueConstraint(name="one_plan_year_per_scheme_and_cover", fields=["scheme", "cover_from"]),
            models.CheckConstraint(name="plan_year_premium_is_positive", condition=Q(premium_fen__gt=0)),
        ]
        triggers = [
            *PLAN_YEAR_LIFECYCLE.triggers(),
            refuse("plan_year_terms_fixed", pgtrigger.Update, when=pgtrigger.Condition(_FIXED_TERMS_CHANGED)),
            never_deleted("plan_year_kept"),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_en if _english() else self.name_zh

    @property
    def insurer_names(self) -> tuple[str, ...]:
        """Of those who carry it when cover begins, in the reader's language, the leading one first."""
        found = carriers.insurers_on(self.pk, self.cover_from, may_change=self.state not in FIXED_PLAN_YEAR_STATES)
        return tuple(insurer.name for insurer in found)

    @property
    def is_published(self) -> bool:
        return self.state == PlanYearState.PUBLISHED

    def is_open(self, now: datetime) -> bool:
        """Published, and inside the half-open window (Sanmenxia 五(一): October to the end of December)."""
        return self.is_published and self.opens_at <= now < self.closes_at

    def covers(self, day: date) -> bool:
        return self.cover_from <= day < self.cover_to


class PlanYearEvent(LifecycleEvent):
    subject = models.ForeignKey(PlanYear, models.PROTECT, related_name="events")

    class Meta(LifecycleEvent.Meta):
        verbose_name = _("plan year event")
        verbose_name_plural = _("plan year events")


class DocumentKind(models.TextChoices):
    NOTICE = "notice", _("What to know before you enrol")
    CLAUSES = "clauses", _("Insurance clauses")
    EXCLUSIONS = "exclusions", _("What is not covered")
    PRIVACY = "privacy", _("How your data is used")


class PlanDocument(AppendOnly):
    """A text that residents read, in both languages, stamped with sha256 over both. A new version is a new row.

    Body: paragraphs apart by a blank line, "## " headings, "1. " and "- " lists (`products.texts`). Source: what it was
    made from, with the keys that make each sentence true (`products.texts.source`). sentences: by language, each
    sentence that has keys, {"keys": […], "text": …}, as it was published.
    """

    plan_year = models.ForeignKey(PlanYear, models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind.choices)
    version = models.PositiveIntegerField(_("version"))
    body_zh = models.TextField(_("text in Chinese"))
    body_en = models.TextField(_("text in English"))
    source_zh = models.TextField(_("source in Chinese"))
    source_en = models.TextField(_("source in English"))
    sentences = models.JSONField(_("sentences with their keys"), default=dict)
    sha256 = models.CharField(_("digest"), max_length=64)
    created_at = models.DateTimeField(_("created"))

    scope_columns = {"scheme": "plan_year__scheme"}

    class Meta(AppendOnly.Meta):
        verbose_name = _("plan document")
        verbose_name_plural = _("plan documents")
        ordering = ["plan_year", "kind", "-version"]
        constraints = [
            models.UniqueConstraint(name="one_document_per_version", fields=["plan_year", "kind", "version"]),
        ]

    def __str__(self) -> str:
        return f"{self.plan_year_id}/{self.kind}/{self.version}"

    @property
    def body(self) -> str:
        return self.body_en if _english() else self.body_zh

    def body_of(self, language: str) -> str:
        """language: "zh" or "en"."""
        return self.body_en if language == "en" else self.body_zh

    def source_of(self, language: str) -> str:
        return self.source_en if language == "en" else self.source_zh

    @property
    def title(self) -> str:
        return str(DocumentKind(self.kind).label)


def _english() -> bool:
    return (get_language() or "").startswith("en")
