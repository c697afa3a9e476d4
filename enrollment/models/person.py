"""People who can be insured, whom they are to the payer, and each look-up of a person at the national platform."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.audit import tracked
from core.fields import BlindIndexField, EncryptedTextField
from core.identifiers import mask_id, mask_name
from core.models import AppendOnly
from enrollment.relations import CLOSE_RELATIONS, Relation, age_on


class InsuranceType(models.TextChoices):
    """The two basic insurances (310 and 390 at the national platform), employees' first: it has a personal account."""

    EMPLOYEE = "employee", _("Employees' basic medical insurance")
    RESIDENT = "resident", _("Residents' basic medical insurance")


BASIC_INSURANCE_TYPES: tuple[str, ...] = (InsuranceType.EMPLOYEE.value, InsuranceType.RESIDENT.value)


def normalise_id_number(text: str) -> str:
    return text.strip().upper()


@tracked
class Person(models.Model):
    """Somebody known to the national platform. Found by id_number_index; everything that names him is encrypted.

    user: the account that has proved to be this person, if any. checked_at: last answer of the platform (1101).
    """

    REVEALABLE_FIELDS = {"name": mask_name, "id_number": mask_id}

    name = EncryptedTextField(_("name"))
    id_type = models.CharField(_("kind of document"), max_length=30)
    id_number = EncryptedTextField(_("ID number"))
    id_number_index = BlindIndexField(source="id_number", normalise=normalise_id_number, unique=True)
    birth_date = models.DateField(_("date of birth"))
    sex = models.CharField(_("sex"), max_length=1, blank=True)
    psn_no = EncryptedTextField(_("person number of the platform"))
    psn_no_index = BlindIndexField(source="psn_no", unique=True)
    insurance_type = models.CharField(_("basic insurance"), max_length=20, choices=InsuranceType.choices)
    insurance_area = models.CharField(_("insurance area"), max_length=6)
    mobile = EncryptedTextField(_("mobile"), blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("account"),
    )
    checked_at = models.DateTimeField(_("checked with the platform"))
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.masked_name

    @property
    def masked_name(self) -> str:
        return mask_name(self.name)

    @property
    def masked_id_number(self) -> str:
        return mask_id(self.id_number)

    @property
    def has_personal_account(self) -> bool:
        """Only employees' insurance comes with a personal account that may pay (Sanmenxia 五(一))."""
        return self.insurance_type == InsuranceType.EMPLOYEE

    def age_on(self, day: date) -> int:
        return age_on(self.birth_date, day)


class ConsentKind(models.TextChoices):
    """Who agreed to the insurance: Insurance Law Art. 31: the adult; PIPL Art. 31: the guardian of a child under 14."""

    INSURED = "insured", _("The insured person agreed")
    GUARDIAN = "guardian", _("The guardian agreed")


@tracked
class Kinship(models.Model):
    """`relative` is `relation` to `payer`: (Li Xiulan, Wang Guiying, PARENT) says that Wang is Li's mother.

    authorisation_no: the platform's number for paying from the payer's personal account; "" until first needed.
    """

    payer = models.ForeignKey(Person, models.PROTECT, related_name="relatives")
    relative = models.ForeignKey(Person, models.PROTECT, related_name="relative_of")
    relation = models.CharField(_("relation"), max_length=20, choices=Relation.choices)
    consent_kind = models.CharField(_("consent"), max_length=20, choices=ConsentKind.choices)
    consented_at = models.DateTimeField(_("consent recorded"))
    authorisation_no = models.CharField(_("authorisation to pay for"), max_length=64, blank=True)
    privacy_document = models.ForeignKey("enrollment.PlanDocument", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("relative")
        verbose_name_plural = _("relatives")
        constraints = [
            models.UniqueConstraint(name="one_kinship_per_pair", fields=["payer", "relative"]),
            models.CheckConstraint(name="nobody_is_own_relative", condition=~models.Q(payer=models.F("relative"))),
            models.CheckConstraint(name="kinship_is_not_self", condition=~models.Q(relation=Relation.SELF)),
        ]

    def __str__(self) -> str:
        return f"{self.payer_id} → {self.relative_id}: {self.relation}"

    @property
    def is_close(self) -> bool:
        return self.relation in CLOSE_RELATIONS


class PersonCheck(AppendOnly):
    """One look-up at the national platform: who asked, about whom (digest), what came back. Limits guessing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    id_number_digest = models.CharField(max_length=64, db_index=True)
    outcome = models.CharField(_("outcome"), max_length=40)
    at = models.DateTimeField(_("time"))

    class Meta(AppendOnly.Meta):
        verbose_name = _("look-up of a person")
        verbose_name_plural = _("look-ups of people")
        indexes = [models.Index(fields=["user", "at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.outcome}"
