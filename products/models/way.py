"""By which ways somebody comes to be insured in a plan year: each with its own window, its smallest group, who pays.

Sanmenxia 五(一): residents by themselves, units for their people; Liupanshui 一(一): villages and schools for theirs.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from products.models.plan_year import PlanYear
from work.audit import tracked
from work.triggers import Plain


class Way(models.TextChoices):
    """How a policy came: which desk, and whose consent it rests on."""

    RESIDENT = "resident", _("Resident, on the portal")
    EMPLOYER = "employer", _("Employer")
    SPONSOR = "sponsor", _("Sponsor")
    SCHOOL = "school", _("School or village")
    COUNTER = "counter", _("Service point")
    API = "api", _("Partner's system")
    IMPORT = "import", _("Taken over")


class WhoPays(models.TextChoices):
    POLICYHOLDER = "policyholder", _("The policyholder")
    INSURED = "insured", _("Everybody insured, for herself")
    BOTH = "both", _("The policyholder a part, everybody insured the rest")
    NOBODY = "nobody", _("Nobody here: it was paid elsewhere")


# What was filed and sold stays: ways are settled while the plan year is a draft, like its terms.
_ONLY_OF_A_DRAFT = """
    IF EXISTS (
        SELECT 1 FROM products_planyear
         WHERE id IN (NEW.plan_year_id, OLD.plan_year_id) AND state <> 'draft'
    ) THEN
        RAISE EXCEPTION 'pgtrigger: the ways into a plan year are fixed once it was sent on';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
"""


@tracked
class OpenWay(models.Model):
    """A policy may come by this way while opens_at <= now < closes_at, and by no other.

    least_people: so many together at least, on one order or roster.
    """

    plan_year = models.ForeignKey(PlanYear, models.PROTECT, related_name="ways", verbose_name=_("plan year"))
    way = models.CharField(_("way in"), max_length=12, choices=Way.choices)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes (not included)"))
    least_people = models.PositiveIntegerField(_("at least so many people"), default=1)
    paid_by = models.CharField(_("who pays"), max_length=12, choices=WhoPays.choices, default=WhoPays.POLICYHOLDER)

    class Meta:
        verbose_name = _("way in")
        verbose_name_plural = _("ways in")
        ordering = ["plan_year", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_window_for_each_way", fields=["plan_year", "way"]),
            models.CheckConstraint(name="way_runs_forward", condition=Q(opens_at__lt=F("closes_at"))),
            models.CheckConstraint(name="way_is_for_somebody", condition=Q(least_people__gte=1)),
        ]
        triggers = [
            Plain(
                name="ways_are_fixed_with_the_terms",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=pgtrigger.Func(_ONLY_OF_A_DRAFT),  # type: ignore[no-untyped-call]  # pgtrigger carries no types
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_year_id} {self.way}"
