"""Who concludes a contract of insurance and pays for it (投保人): a person or an organisation. Orders, policies and
refunds hang on it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from parties.models import Organisation
from people.models import Person
from work.models import AppendOnly
from work.row_ids import RowId


class Policyholder(AppendOnly):
    """Exactly one of person and organisation, each at most once. Who that is never changes: another one is another
    policyholder."""

    id = RowId()
    person = models.OneToOneField(
        Person, models.PROTECT, null=True, blank=True, related_name="policyholder", verbose_name=_("person")
    )
    organisation = models.OneToOneField(
        Organisation, models.PROTECT, null=True, blank=True, related_name="policyholder", verbose_name=_("organisation")
    )
    created_at = models.DateTimeField(_("created"))

    class Meta(AppendOnly.Meta):
        verbose_name = _("policyholder")
        verbose_name_plural = _("policyholders")
        constraints = [
            models.CheckConstraint(
                name="policyholder_is_one_of_two",
                condition=Q(person__isnull=False, organisation__isnull=True)
                | Q(person__isnull=True, organisation__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.masked_name

    @property
    def name(self) -> str:
        """In full, for the contract's papers."""
        return self.person.name if self.person else str(self.organisation)

    @property
    def masked_name(self) -> str:
        return self.person.masked_name if self.person else str(self.organisation)
