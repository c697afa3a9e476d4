"""Which insurers carry a plan year, where, from when, with which share (Sanmenxia 四(一): five with a lead, by shares;
Shuozhou 六, Shandong 五: one company for each area)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from parties.models import Insurer
from products.models.plan_year import PlanYear
from work.audit import tracked
from work.triggers import Plain, fixed, refuse

WHOLE_MILLIONTHS = 1_000_000

# On every day of cover each area that has rows is carried wholly, and one insurer leads. It is enough to look at the
# days on which something changes, and at the first day of cover.
_WHOLE = """
    WITH concerned AS (
        SELECT share.area, share.from_on, share.to_on, share.share_millionths, share.leads
        FROM products_poolshare AS share WHERE share.plan_year_id = NEW.plan_year_id AND share.area = NEW.area
    ), year AS (
        SELECT cover_from, cover_to FROM products_planyear WHERE id = NEW.plan_year_id
    ), days AS (
        SELECT cover_from AS day FROM year
        UNION SELECT from_on FROM concerned, year WHERE from_on > cover_from AND from_on < cover_to
        UNION SELECT to_on FROM concerned, year WHERE to_on > cover_from AND to_on < cover_to
    )
    SELECT min(days.day) INTO first_day FROM days WHERE (
        SELECT (coalesce(sum(share_millionths), 0), count(*) FILTER (WHERE leads)) FROM concerned
        WHERE from_on <= days.day AND (to_on IS NULL OR days.day < to_on)
    ) <> (1000000::bigint, 1::bigint);
    IF first_day IS NOT NULL THEN
        RAISE EXCEPTION 'pgtrigger: on % the shares of area "%" do not make one whole with one lead',
            first_day, NEW.area USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


@tracked
class PoolShare(models.Model):
    """area: "" for the whole scheme, else the beginning of area codes that this insurer carries by itself or with
    others. share_millionths: of premium and claims of that area during [from_on, to_on); 1,000,000 is all of it."""

    plan_year = models.ForeignKey(PlanYear, models.PROTECT, related_name="shares", verbose_name=_("plan year"))
    insurer = models.ForeignKey(Insurer, models.PROTECT, related_name="shares", verbose_name=_("insurer"))
    area = models.CharField(_("area code begins with"), max_length=6, blank=True)
    share_millionths = models.PositiveIntegerField(_("share (millionths)"))
    leads = models.BooleanField(_("leads"), default=False)
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until (not included)"), null=True, blank=True)

    class Meta:
        verbose_name = _("share of an insurer")
        verbose_name_plural = _("shares of insurers")
        ordering = ["plan_year", "area", "-leads", "pk"]
        constraints = [
            models.CheckConstraint(
                name="pool_share_runs_forward", condition=Q(to_on__isnull=True) | Q(from_on__lt=F("to_on"))
            ),
            models.CheckConstraint(
                name="pool_share_is_a_part",
                condition=Q(share_millionths__gte=1, share_millionths__lte=WHOLE_MILLIONTHS),
            ),
            models.UniqueConstraint(name="one_share_from_a_day", fields=["plan_year", "insurer", "area", "from_on"]),
        ]
        triggers = [
            Plain(
                name="shares_make_one_whole",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                declare=[("first_day", "date")],
                func=pgtrigger.Func(_WHOLE),  # type: ignore[no-untyped-call]  # pgtrigger carries no types
            ),
            # What was agreed stays; a share ends by its last day, and another begins.
            fixed("pool_share_is_as_agreed", "plan_year", "insurer", "area", "share_millionths", "leads", "from_on"),
            refuse("pool_share_is_kept", pgtrigger.Delete, because="a share ends by its date; rows are kept"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_year_id} {self.insurer_id}"
