from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actors import IN_COMMON, ScopeColumns
from ledger.chart import CHART


class Account(models.Model):
    """A row of the chart (ledger.chart, which writes it). needs_…: without it an entry of the account is refused."""

    # The chart is everybody's who reads the books; whose sums she sees is asked of the entries.
    scope_columns: ScopeColumns = IN_COMMON

    code = models.CharField(_("code"), max_length=80, unique=True)
    nature = models.CharField(pgettext_lazy("ledger account", "nature"), max_length=12)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=pgettext_lazy("ledger account", "group"),
    )
    is_group = models.BooleanField(_("takes no entries"), default=False)
    needs_plan_year = models.BooleanField(_("needs a plan year"), default=False)
    needs_insurer = models.BooleanField(_("needs an insurer"), default=False)
    needs_area = models.BooleanField(_("needs an area"), default=False)
    needs_money_account = models.BooleanField(_("needs a money account"), default=False)

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """In the reader's language."""
        return str(CHART[self.code].name)

    @property
    def depth(self) -> int:
        return self.code.count(".")
