"""A money account: one scheme's merchant, bank account or application at a platform, with credentials of its own."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from parties.models import Scheme
from payments import channels
from work.audit import tracked
from work.triggers import Plain, fixed, never_deleted

# Two accounts of one scheme and channel on one day would be a choice that nobody made.
_ONE_A_DAY = """
    PERFORM pg_advisory_xact_lock(hashtext(concat_ws(' ', 'money account', NEW.scheme_id, NEW.channel, NEW.direction)));
    IF EXISTS (SELECT 1 FROM payments_moneyaccount a
                WHERE a.id <> NEW.id AND a.scheme_id = NEW.scheme_id AND a.channel = NEW.channel
                  AND a.direction = NEW.direction
                  AND daterange(a.valid_from, a.valid_to) && daterange(NEW.valid_from, NEW.valid_to))
    THEN
        RAISE EXCEPTION 'scheme % has another money account of % on some of these days', NEW.scheme_id, NEW.channel
            USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
"""


class Direction(models.TextChoices):
    IN = "IN", _("Money in")
    OUT = "OUT", _("Money out")


@tracked
class MoneyAccount(models.Model):
    """code: what rows about money keep, and its dimension in the books. scheme: whose money it is.

    reference: the prefix of the named variables that hold the credentials (WECHAT_PAY, WECHAT_PAY_2); one account each,
    so that no scheme's money goes through another's. Used from valid_from, no longer from valid_to on (half-open); what
    went through it before is still asked about and given back through it.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(pgettext_lazy("money account", "name"), max_length=120, blank=True)
    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, related_name="money_accounts", verbose_name=_("scheme")
    )
    channel = models.CharField(_("channel"), max_length=20, choices=channels.choices)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices)
    reference = models.CharField(_("credentials"), max_length=60, unique=True)
    valid_from = models.DateField(_("used from"))
    valid_to = models.DateField(_("no longer used from"), null=True, blank=True)

    scope_columns = {"scheme": "scheme"}

    class Meta:
        verbose_name = _("money account")
        verbose_name_plural = _("money accounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="money_account_ends_after_it_begins"
            )
        ]
        triggers = [
            Plain(
                name="one_money_account_a_day",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_ONE_A_DAY,
            ),
            fixed("money_account_is_fixed", "code", "scheme", "channel", "direction", "reference", "valid_from"),
            never_deleted("money_account_is_kept"),
        ]

    def __str__(self) -> str:
        return self.code
