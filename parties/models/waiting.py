"""How long a city's basic insurance does not yet pay (待遇等待期): dated rules, by kind of insurance."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parties.models.scheme import Scheme
from work.audit import tracked
from work.triggers import fixed, never_deleted


class BasicInsurance(models.TextChoices):
    EMPLOYEE = "employee", _("Employees' basic insurance")
    RESIDENT = "resident", _("Residents' basic insurance")


@tracked
class WaitingRule(models.Model):
    """For whoever is insured, or insured again, from from_on on and before a later rule begins.

    Whoever is insured for the first time waits months_at_first; whoever comes back after a break of more than
    break_months waits months_after_break; after a shorter one nobody waits. 0 months: no waiting. source: the city's
    document. The terms of the product pay such people as if the basic insurance had paid. Source: Sanmenxia 三(三)1.
    """

    scheme = models.ForeignKey(
        Scheme, models.PROTECT, related_name="waiting_rules", db_index=False, verbose_name=_("scheme")
    )
    insurance_type = models.CharField(_("basic insurance"), max_length=12, choices=BasicInsurance.choices)
    from_on = models.DateField(_("for whoever is insured from"))
    months_at_first = models.PositiveSmallIntegerField(_("months of waiting, first time"))
    months_after_break = models.PositiveSmallIntegerField(_("months of waiting, after a break"))
    break_months = models.PositiveSmallIntegerField(_("a break is longer than (months)"))
    source = models.CharField(_("said by"), max_length=120)

    scope_columns = {"scheme": "scheme"}

    class Meta:
        verbose_name = _("waiting period of the basic insurance")
        verbose_name_plural = _("waiting periods of the basic insurance")
        ordering = ["scheme", "insurance_type", "-from_on"]
        constraints = [
            models.UniqueConstraint(name="one_waiting_rule_from_a_day", fields=["scheme", "insurance_type", "from_on"]),
            models.CheckConstraint(
                name="waiting_rule_is_of_months",
                condition=Q(months_at_first__lte=24, months_after_break__lte=24, break_months__lte=24),
            ),
        ]
        triggers = [
            fixed("waiting_rule_is_of_its_scheme", "scheme", "insurance_type", "from_on"),
            never_deleted("waiting_rule_is_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.insurance_type} {self.from_on}"
