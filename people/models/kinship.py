"""Who belongs to whom. A claim of kinship opens nothing; a proved one opens what relatives may do for each other."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from parties.models import Scheme
from people.lifecycle import KINSHIP_LIFECYCLE, KinshipState
from people.models.person import ConsentKind, Person
from people.relations import CLOSE_RELATIONS, Relation
from privacy.fields import EncryptedTextField
from work.audit import tracked
from work.models import AppendOnly, LifecycleEvent
from work.row_ids import RowId


class KinshipProof(models.TextChoices):
    """How it was shown: by the civil register through the platform, by staff who read the household register, or by
    the other person, signed in and proved to be she."""

    REGISTER = "register", _("National platform")
    HOUSEHOLD = "household", _("Household register, read by staff")
    CONSENT = "consent", _("The person's own consent")


@tracked
class Kinship(models.Model):
    """`relative` is `relation` to `payer`: (Li Xiulan, Wang Guiying, PARENT) says that Wang is Li's mother.

    state: until PROVED nothing of the relative's is shown and nobody's personal account pays for her; she may be
    enrolled and paid for in another way. proof_kind, proved_at, proved_by: how, when, by whom (None: the platform).
    authorisation_no: the platform's number for paying from the payer's personal account; "" until first needed.
    """

    payer = models.ForeignKey(Person, models.PROTECT, related_name="relatives")
    relative = models.ForeignKey(Person, models.PROTECT, related_name="relative_of")
    relation = models.CharField(_("relation"), max_length=20, choices=Relation.choices)
    consent_kind = models.CharField(_("consent"), max_length=20, choices=ConsentKind.choices)
    consented_at = models.DateTimeField(_("consent recorded"))
    authorisation_no = models.CharField(_("authorisation to pay for"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=KinshipState.choices, default=KinshipState.CLAIMED)
    proof_kind = models.CharField(_("how it was proved"), max_length=20, choices=KinshipProof.choices, blank=True)
    proved_at = models.DateTimeField(_("proved"), null=True, blank=True)
    proved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("proved by"),
    )
    privacy_document = models.ForeignKey("products.PlanDocument", models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField(_("created"))

    lifecycle = KINSHIP_LIFECYCLE
    # As on messages about it: the scheme under whose notice she was put on the list; the area of who pays.
    scope_columns = {"scheme": "privacy_document__plan_year__scheme", "area": "payer__insurance_area"}

    class Meta:
        verbose_name = _("relative")
        verbose_name_plural = _("relatives")
        constraints = [
            models.UniqueConstraint(
                name="one_kinship_per_pair",
                fields=["payer", "relative"],
                condition=~models.Q(state=KinshipState.DROPPED),
            ),
            models.CheckConstraint(name="nobody_is_own_relative", condition=~models.Q(payer=models.F("relative"))),
            models.CheckConstraint(name="kinship_is_not_self", condition=~models.Q(relation=Relation.SELF)),
            models.CheckConstraint(
                name="proved_kinship_says_how",
                condition=~models.Q(state=KinshipState.PROVED)
                | models.Q(proved_at__isnull=False) & ~models.Q(proof_kind=""),
            ),
        ]
        indexes = [
            # The operator's list, newest first. Partial: nearly all are proved, and by the register.
            models.Index(
                name="kinships_not_proved", fields=["state", "id"], condition=~models.Q(state=KinshipState.PROVED)
            ),
            models.Index(
                name="kinships_proved_otherwise",
                fields=["proof_kind", "id"],
                condition=~models.Q(proof_kind=KinshipProof.REGISTER),
            ),
        ]
        triggers = KINSHIP_LIFECYCLE.triggers()

    def __str__(self) -> str:
        return f"{self.payer} → {self.relative}: {self.get_relation_display()}"

    @property
    def scheme(self) -> Scheme:
        """Under whose privacy notice she was put on the list: whose words stand on messages about it."""
        return self.privacy_document.plan_year.scheme

    @property
    def is_close(self) -> bool:
        return self.relation in CLOSE_RELATIONS

    @property
    def is_proved(self) -> bool:
        return self.state == KinshipState.PROVED


class KinshipEvent(LifecycleEvent):
    """Outlasts a kinship that goes with its account (enrollment.retention): hence no constraint."""

    subject = models.ForeignKey(Kinship, models.DO_NOTHING, related_name="events", db_constraint=False)

    class Meta(LifecycleEvent.Meta):
        verbose_name = _("kinship event")
        verbose_name_plural = _("kinship events")


class HouseholdCheck(AppendOnly):
    """Staff read a household register. Outlasts a kinship that goes with its account: hence no constraint."""

    id = RowId()
    kinship = models.ForeignKey(Kinship, models.DO_NOTHING, related_name="household_checks", db_constraint=False)
    shows_it = models.BooleanField(_("shows that they are relatives"))
    found = EncryptedTextField(_("what was read"))
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("time"))

    class Meta(AppendOnly.Meta):
        verbose_name = _("household register read")
        verbose_name_plural = _("household registers read")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.kinship_id}: {self.shows_it}"
