"""What a plan year in draft was made from: its dossier, as experts and bureau may read it."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from privacy.files import SealedFile
from products.models.comparison import Comparison
from products.models.plan_year import PlanYear
from products.models.terms_draft import TermsDraft
from work.triggers import refuse


class DossierForm(models.TextChoices):
    PDF = "pdf", "PDF"
    JSON = "json", "JSON"


class Dossier(SealedFile):
    """What changed against which terms, parameter by parameter and sentence by sentence; what the check found; what a
    city year would have come to; who made it when. The same in both forms."""

    folder = "products/dossiers"

    plan_year = models.ForeignKey(PlanYear, models.PROTECT, related_name="dossiers", verbose_name=_("plan year"))
    draft = models.ForeignKey(
        TermsDraft, models.PROTECT, related_name="dossiers", db_index=False, verbose_name=_("draft of terms")
    )
    comparison = models.ForeignKey(Comparison, models.PROTECT, related_name="+", null=True, db_index=False)
    form = models.CharField(pgettext_lazy("dossier", "form"), max_length=4, choices=DossierForm.choices)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, db_index=False, verbose_name=_("by")
    )
    created_at = models.DateTimeField(_("created"))

    scope_columns = {"scheme": "plan_year__scheme"}

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        constraints = [models.UniqueConstraint(name="one_dossier_of_a_form", fields=["draft", "form"])]
        triggers = [
            refuse("dossier_is_kept", pgtrigger.Update | pgtrigger.Delete, because="a dossier stays as it was filed")
        ]

    def __str__(self) -> str:
        return f"{self.plan_year_id} {self.form}"
