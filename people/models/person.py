"""People who can be insured, the account that proved to be one of them, and each look-up at the national platform."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.actors import ScopeColumns
from core.identifiers import mask_id, mask_name
from people.belonging import SchemesOfPerson
from people.models.proof import PersonProof
from people.relations import age_on
from privacy.fields import BlindIndexField, EncryptedTextField
from work.audit import tracked
from work.models import AppendOnly
from work.row_ids import RowId
from work.triggers import Plain


class InsuranceType(models.TextChoices):
    """The two basic insurances (310 and 390 at the national platform), employees' first: it has a personal account."""

    EMPLOYEE = "employee", _("Employees' basic medical insurance")
    RESIDENT = "resident", _("Residents' basic medical insurance")


class InsuranceStatus(models.TextChoices):
    """As nhsa.Insurance.status names them."""

    ACTIVE = "active", pgettext_lazy("basic insurance", "running")
    PAUSED = "paused", pgettext_lazy("basic insurance", "paused")
    ENDED = "ended", pgettext_lazy("basic insurance", "ended")
    INVALID = "invalid", pgettext_lazy("basic insurance", "invalid")
    NOT_INSURED = "not_insured", pgettext_lazy("basic insurance", "not insured")


BASIC_INSURANCE_TYPES: tuple[str, ...] = (InsuranceType.EMPLOYEE.value, InsuranceType.RESIDENT.value)


# Not what every look-up writes: that it was made stands in PersonCheck.
_TRACKED = (
    "name", "id_type", "id_number", "birth_date", "sex", "psn_no", "psn_no_index", "insurance_type", "insurance_area",
    "insurance_status", "mobile", "user", "proof",
)  # fmt: skip


@tracked(only=_TRACKED)
class Person(models.Model):
    """Somebody known to the national platform, which gives her a number for life: psn_no is who she is.

    Number, name and insurance are what she has at a time: facts with days (people.models.facts). What every page shows
    of the last answer is kept here too: name, id_type, id_number, birth_date, sex, insurance_*. One function writes it,
    people.answers.remember. insurance_*: the basic insurance that runs, else the last one known.
    user: the account that has proved to be this person, if any, and `proof` by which.
    created_at, checked_at: first and last answer of the platform (1101). answer_digest: of what the last one said; the
    same answer again changes nothing but checked_at. told_since: the earliest day from which on the platform was asked
    what was so; before it only what an answer dated by itself is known.
    """

    REVEALABLE_FIELDS = {"name": mask_name, "id_number": mask_id}
    scope_columns: ScopeColumns = {"scheme": SchemesOfPerson(), "area": "insurance_area"}

    id = RowId()
    name = EncryptedTextField(pgettext_lazy("person", "name"))
    id_type = models.CharField(_("kind of document"), max_length=30)
    id_number = EncryptedTextField(_("ID number"))
    birth_date = models.DateField(_("date of birth"))
    sex = models.CharField(_("sex"), max_length=1, blank=True)
    psn_no = EncryptedTextField(_("person number of the platform"))
    psn_no_index = BlindIndexField(source="psn_no", unique=True)
    insurance_type = models.CharField(_("basic insurance"), max_length=20, choices=InsuranceType.choices)
    insurance_area = models.CharField(_("insurance area"), max_length=6)
    insurance_status = models.CharField(
        _("state of the insurance"), max_length=20, choices=InsuranceStatus.choices, default=InsuranceStatus.ACTIVE
    )
    answer_digest = models.CharField(max_length=64, blank=True, editable=False)
    mobile = EncryptedTextField(_("mobile"), blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="person",
        verbose_name=_("account"),
    )
    proof = models.OneToOneField(
        PersonProof, models.PROTECT, null=True, blank=True, related_name="person", verbose_name=_("proof of person")
    )
    checked_at = models.DateTimeField(_("checked with the platform"))
    created_at = models.DateTimeField(_("created"))
    told_since = models.DateField(_("asked back to"), null=True, blank=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                name="an_account_has_its_proof",
                condition=models.Q(user__isnull=True, proof__isnull=True)
                | models.Q(user__isnull=False, proof__isnull=False),
            )
        ]
        indexes = [
            # Partial: nearly everybody's basic insurance runs.
            models.Index(
                name="people_not_insured",
                fields=["insurance_status", "id"],
                condition=~models.Q(insurance_status=InsuranceStatus.ACTIVE),
            )
        ]
        triggers = [
            # The last word on who becomes whom, from any path: a proof of this very person, given by this very account,
            # used for this and never before.
            Plain(
                name="account_only_by_proof",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.user_id IS NOT NULL"),
                func=pgtrigger.Func(  # type: ignore[no-untyped-call]  # pgtrigger carries no types
                    """
                    IF TG_OP = 'UPDATE' AND NEW.user_id = OLD.user_id AND NEW.proof_id = OLD.proof_id
                       AND NEW.psn_no_index = OLD.psn_no_index THEN
                        RETURN NEW;
                    END IF;
                    IF NOT EXISTS (
                        SELECT 1 FROM people_personproof AS proof WHERE proof.id = NEW.proof_id
                           AND proof.user_id = NEW.user_id AND proof.person_index = NEW.psn_no_index
                           AND proof.state = 'used'
                    ) THEN
                        RAISE EXCEPTION 'pgtrigger: an account becomes a person by a proof of that person only';
                    END IF;
                    RETURN NEW;
                    """
                ),
            ),
        ]

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
        """Only employees' insurance comes with a personal account, and only while it runs may it pay (五(一))."""
        return self.insurance_type == InsuranceType.EMPLOYEE and self.insurance_status == InsuranceStatus.ACTIVE

    def age_on(self, day: date) -> int:
        return age_on(self.birth_date, day)


class ConsentKind(models.TextChoices):
    """Who agreed to the insurance: Insurance Law Art. 31: the adult; PIPL Art. 31: the guardian of a child under 14."""

    INSURED = "insured", _("The insured person agreed")
    GUARDIAN = "guardian", _("The guardian agreed")


class LookUpTurn(models.Model):
    """Whose question to the platform is under way, of one account one at a time (people.turns). A turn that nobody ends
    is over at `until`."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user_id} until {self.until:%H:%M:%S}"


class PersonCheck(AppendOnly):
    """One look-up at the national platform: who asked, about whom (digest), what came back. Limits guessing."""

    partition_key: ClassVar = "at"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    id_number_digest = models.CharField(max_length=64, db_index=True)
    outcome = models.CharField(_("outcome"), max_length=40)
    at = models.DateTimeField(_("time"))

    class Meta(AppendOnly.Meta):
        verbose_name = _("look-up of a person")
        verbose_name_plural = _("look-ups of people")
        indexes = [models.Index(fields=["user", "at"])]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.outcome}"
