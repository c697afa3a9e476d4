"""One attempt of an account to prove who is before the screen (`nhsa.ProofOfPerson`)."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.identifiers import mask_id, mask_name
from people.lifecycle import PERSON_PROOF_LIFECYCLE, PersonProofState
from privacy.fields import EncryptedTextField
from work.models import LifecycleEvent
from work.row_ids import RowId
from work.triggers import refuse


class ProofMethod(models.TextChoices):
    VOUCHER = "voucher", _("Medical e-voucher")
    FACE = "face", _("Face check")


# Not tracked: its events say what happened, and the person's data must not live on in a history.
class PersonProof(models.Model):
    """number: ours at the platform. state_digest: of the secret in the address by which the browser comes back.
    session_digest: of the secret in the session that began it; whoever began it finishes it. nonce: known to us and the
    platform. name, id_number, psn_no, mobile: as the platform returned them, kept until the proof is used or ends.
    person_index: digest of psn_no as in Person.psn_no_index; by it the database compares the two.
    """

    REVEALABLE_FIELDS = {"name": mask_name, "id_number": mask_id}

    id = RowId()
    number = models.CharField(_("number"), max_length=64, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("account")
    )
    method = models.CharField(_("method"), max_length=20, choices=ProofMethod.choices)
    state = models.CharField(
        _("state"), max_length=20, choices=PersonProofState.choices, default=PersonProofState.STARTED
    )
    state_digest = models.CharField(max_length=64, unique=True, editable=False)
    session_digest = models.CharField(max_length=64, editable=False)
    nonce = EncryptedTextField(editable=False)
    platform_url = EncryptedTextField(blank=True, editable=False)
    name = EncryptedTextField(pgettext_lazy("person", "name"), blank=True)
    id_type = models.CharField(_("kind of document"), max_length=30, blank=True)
    id_number = EncryptedTextField(_("ID number"), blank=True)
    psn_no = EncryptedTextField(_("person number of the platform"), blank=True)
    mobile = EncryptedTextField(_("mobile"), blank=True)
    person_index = models.CharField(max_length=64, blank=True, editable=False)
    platform_no = models.CharField(_("the platform's number"), max_length=64, blank=True)
    started_at = models.DateTimeField(_("started"))
    expires_at = models.DateTimeField(_("expires"))
    proved_at = models.DateTimeField(_("proved"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    lifecycle = PERSON_PROOF_LIFECYCLE

    class Meta:
        verbose_name = _("proof of person")
        verbose_name_plural = _("proofs of person")
        constraints = [
            models.CheckConstraint(
                name="a_proof_names_somebody",
                condition=~models.Q(state__in=[PersonProofState.PROVED, PersonProofState.USED])
                | models.Q(proved_at__isnull=False) & ~models.Q(person_index=""),
            ),
        ]
        indexes = [
            models.Index(fields=["user", "started_at"]),
            # Partial: only the sweeper of forgotten proofs reads these.
            models.Index(
                name="open_proofs_by_expiry",
                fields=["expires_at"],
                condition=models.Q(state__in=[PersonProofState.STARTED, PersonProofState.PROVED]),
            ),
        ]
        triggers = [
            *PERSON_PROOF_LIFECYCLE.triggers(),
            refuse(
                "ended_proof_forgets",
                pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Condition(
                    "NEW.state <> 'proved' AND (NEW.name, NEW.id_number, NEW.psn_no, NEW.mobile) <> ('', '', '', '')"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.state}"


class PersonProofEvent(LifecycleEvent):
    subject = models.ForeignKey(PersonProof, models.PROTECT, related_name="events")

    class Meta(LifecycleEvent.Meta):
        verbose_name = _("event of a proof of person")
        verbose_name_plural = _("events of proofs of person")
