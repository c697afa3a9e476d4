"""Insurers, institutions and organisations. Their code is their key: it is what contracts, files and scopes name."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from core.actors import IN_COMMON, ScopeColumns
from parties.models.belonging import SchemesOfArea
from work.audit import tracked
from work.triggers import fixed, never_deleted


class Party(models.Model):
    """Known under its code during from_on <= day < to_on (to_on empty: until further notice). name_en may be empty."""

    code = models.CharField(_("code"), max_length=32, primary_key=True)
    name_zh = models.CharField(_("name in Chinese"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=160, blank=True)
    area = models.CharField(_("area code"), max_length=6, blank=True)
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until (not included)"), null=True, blank=True)

    # Of insurers, hospitals and pharmacies everybody who may see any sees all: they are public registers.
    scope_columns: ScopeColumns = IN_COMMON

    class Meta:
        abstract = True
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """In the reader's language."""
        return (self.name_en if _english() else "") or self.name_zh

    def is_known_on(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day < self.to_on)


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _runs_forward(name: str) -> Any:
    return models.CheckConstraint(name=name, condition=Q(to_on__isnull=True) | Q(from_on__lt=F("to_on")))


@tracked
class Insurer(Party):
    """A company that carries a part of a scheme (共保体成员), or one area of it."""

    class Meta(Party.Meta):
        verbose_name = _("insurer")
        verbose_name_plural = _("insurers")
        constraints = [_runs_forward("insurer_runs_forward")]
        triggers = [never_deleted("insurer_is_kept")]


class InstitutionKind(models.TextChoices):
    HOSPITAL = "hospital", _("Hospital")
    PHARMACY = "pharmacy", _("Pharmacy")


@tracked
class Institution(Party):
    """A hospital or pharmacy under its national code (定点医药机构编码). Whether the basic insurance has a contract
    with it, and at which level it treats, changes in time: its designations."""

    kind = models.CharField(pgettext_lazy("institution", "kind"), max_length=12, choices=InstitutionKind.choices)

    class Meta(Party.Meta):
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        constraints = [_runs_forward("institution_runs_forward")]
        triggers = [never_deleted("institution_is_kept")]


@tracked
class Designation(models.Model):
    """So it is from from_on until a later row of the institution begins: designated (定点) or not any more, and at
    which level. level: the grade in a figure as plans name it ("3", "2", "1"); empty where it has none, as pharmacies.

    source: the notice or contract that says so.
    """

    institution = models.ForeignKey(
        Institution, models.PROTECT, related_name="designations", db_index=False, verbose_name=_("institution")
    )
    from_on = models.DateField(_("from"))
    is_designated = models.BooleanField(_("designated"))
    level = models.CharField(_("level"), max_length=12, blank=True)
    source = models.CharField(_("said by"), max_length=120)

    class Meta:
        verbose_name = _("designation")
        verbose_name_plural = _("designations")
        ordering = ["institution", "-from_on"]
        constraints = [
            models.UniqueConstraint(name="one_designation_from_a_day", fields=["institution", "from_on"]),
        ]
        triggers = [
            fixed("designation_is_of_its_institution", "institution", "from_on"),
            never_deleted("designation_is_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.from_on}"


@tracked
class Organisation(Party):
    """An employer, school, village or sponsor under its unified social credit code (统一社会信用代码)."""

    scope_columns: ScopeColumns = {"organisation": "code", "scheme": SchemesOfArea("area"), "area": "area"}

    class Meta(Party.Meta):
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [_runs_forward("organisation_runs_forward")]
        triggers = [never_deleted("organisation_is_kept")]
