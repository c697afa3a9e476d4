"""A claim and the bill it is about. One claim, one settled visit: one decision, one letter, one transfer."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims.checklist import ClaimType
from claims.lifecycle import (
    CLAIM_LIFECYCLE,
    DESK_CLAIM_STATES,
    EDITABLE_CLAIM_STATES,
    LIVE_CLAIM_STATES,
    OPEN_CLAIM_STATES,
    PAYEE_EDITABLE_STATES,
    ClaimState,
)
from core.identifiers import mask_card
from parties.models import Insurer
from privacy.fields import BlindIndexField, EncryptedJSONField, EncryptedTextField
from work.audit import tracked
from work.models import AppendOnly, LifecycleEvent
from work.row_ids import RowId
from work.triggers import Plain, fixed, never_deleted


@tracked
class Claim(models.Model):
    """claimant: the account that filed it (the insured, or a relative who enrolled him). review_due_on: ten working
    days after it was handed in, civil date; review_days_left keeps what was left while papers are awaited.
    """

    id = RowId()
    number = models.CharField(_("claim number"), max_length=30, unique=True)
    policy = models.ForeignKey("enrollment.Policy", models.PROTECT, related_name="claims", verbose_name=_("policy"))
    insured = models.ForeignKey("people.Person", models.PROTECT, related_name="claims", verbose_name=_("insured"))
    claimant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="claims", verbose_name=_("filed by")
    )
    claim_type = models.CharField(_("type"), max_length=20, choices=ClaimType.choices)
    insurer = models.ForeignKey(Insurer, models.PROTECT, related_name="claims", verbose_name=_("insurer"))
    settlement_no = EncryptedTextField(_("settlement number"))
    settlement_no_index = BlindIndexField(source="settlement_no")
    state = models.CharField(_("state"), max_length=24, choices=ClaimState.choices, default=ClaimState.DRAFT)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewer")
    )
    payee_name = EncryptedTextField(_("account holder"), blank=True)
    payee_account = EncryptedTextField(_("account number"), blank=True)
    payee_account_tail = models.CharField(_("last four digits"), max_length=4, blank=True)
    payee_bank_code = models.CharField(_("bank"), max_length=12, blank=True)
    created_at = models.DateTimeField(_("started"))
    submitted_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    review_due_on = models.DateField(_("decision due"), null=True, blank=True)
    review_days_left = models.SmallIntegerField(null=True, blank=True)
    paid_at = models.DateTimeField(_("paid out"), null=True, blank=True)

    lifecycle = CLAIM_LIFECYCLE
    # Shown in full only after a reason was given, on record (accounts.actions.reveal_identity).
    REVEALABLE_FIELDS = {"payee_account": mask_card}

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["review_due_on", "pk"]
        constraints = [
            # C4: one settlement, one live claim, whoever files it and however quick they are.
            models.UniqueConstraint(
                name="one_live_claim_per_settlement",
                fields=["settlement_no_index"],
                condition=Q(state__in=sorted(str(state) for state in LIVE_CLAIM_STATES)),
            ),
        ]
        indexes = [
            # Partial: the desk's queue reads only what somebody still has to act on.
            models.Index(
                name="claims_at_the_desk",
                fields=["review_due_on"],
                condition=Q(state__in=sorted(str(state) for state in DESK_CLAIM_STATES)),
            ),
        ]
        triggers = [
            *CLAIM_LIFECYCLE.triggers(),
            # What a claim is about never changes; another stay is another claim.
            fixed("claim_subject_fixed", "policy", "insured", "claimant", "settlement_no_index", "number", "insurer"),
            # A2: money that came back is sent again only after two people have looked at the new account.
            Plain(
                name="claim_paid_again_by_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.\"state\" = 'PAYOUT_FAILED' AND NEW.\"state\" = 'PAYING'"),
                func="""
                    IF (SELECT count(*) FROM claims_payoutproposal
                        WHERE claim_id = NEW.id AND confirmed_at IS NOT NULL)
                       <= (SELECT count(*) FROM claims_claimevent
                           WHERE subject_id = NEW.id AND name = 'claim.payout_started_again') THEN
                        RAISE EXCEPTION 'claim_paid_again_by_two: no confirmed proposal';
                    END IF;
                    RETURN NEW;
                """,
            ),
            never_deleted("claim_kept"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def scope(self) -> dict[str, str]:
        """Where the claim belongs, for core.actors: the insurer that answers for it."""
        return {"insurer": self.insurer_id}

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE_CLAIM_STATES

    @property
    def is_payee_editable(self) -> bool:
        return self.state in PAYEE_EDITABLE_STATES

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_CLAIM_STATES

    @property
    def has_payee(self) -> bool:
        return bool(self.payee_account_tail)


class ClaimEvent(LifecycleEvent):
    subject = models.ForeignKey(Claim, models.PROTECT, related_name="events")

    class Meta(LifecycleEvent.Meta):
        verbose_name = _("claim event")
        verbose_name_plural = _("claim events")


class ClaimBill(AppendOnly):
    """The settlement as the national platform gave it, all amounts in fen, under the names of `benefits.Bill`.

    Written once, when the claim is started: what the decision is computed from cannot change under it.
    """

    id = RowId()
    claim = models.OneToOneField(Claim, models.PROTECT, related_name="bill")
    hospital_name = models.CharField(_("hospital"), max_length=120)
    hospital_code = models.CharField(_("hospital code"), max_length=30)
    hospital_level = models.CharField(_("hospital level"), max_length=12, blank=True)
    designated = models.BooleanField(_("designated hospital"), default=True)
    place = models.CharField(_("place"), max_length=24, default="local")
    encounter_type = models.CharField(_("kind of visit"), max_length=24)
    insurance_type = models.CharField(_("basic insurance"), max_length=24, blank=True)
    admitted_on = models.DateField(_("admitted"))
    discharged_on = models.DateField(_("discharged"))
    settled_at = models.DateTimeField(_("settled"), null=True)
    # [{"code", "name", "main"}] and the fee lines: health data, so encrypted like a name.
    diagnoses = EncryptedJSONField(_("diagnoses"), default=list)
    lines = EncryptedJSONField(_("fee lines"), default=list)
    invoice_no = models.CharField(_("invoice number"), max_length=60, blank=True)
    total_fen = models.BigIntegerField()
    in_scope_fen = models.BigIntegerField()
    class_b_first_fen = models.BigIntegerField()
    over_limit_fen = models.BigIntegerField()
    out_of_catalogue_fen = models.BigIntegerField()
    deductible_fen = models.BigIntegerField()
    basic_fund_paid_fen = models.BigIntegerField()
    critical_illness_paid_fen = models.BigIntegerField()
    large_amount_paid_fen = models.BigIntegerField()
    civil_servant_paid_fen = models.BigIntegerField()
    assistance_paid_fen = models.BigIntegerField()
    other_paid_fen = models.BigIntegerField()
    hospital_borne_fen = models.BigIntegerField()
    account_paid_fen = models.BigIntegerField()
    cash_paid_fen = models.BigIntegerField()
    # Identities of the national amounts that do not hold, as "code:difference_fen": for the reviewer.
    warnings = models.JSONField(default=list)
    imported_at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        constraints = [
            models.CheckConstraint(name="bill_runs_forward", condition=Q(admitted_on__lte=models.F("discharged_on"))),
            models.CheckConstraint(name="bill_total_positive", condition=Q(total_fen__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.hospital_name} {self.admitted_on}"

    @property
    def main_diagnosis(self) -> str:
        return f"{self.diagnoses[0]['name']} {self.diagnoses[0]['code']}" if self.diagnoses else ""

    @property
    def personal_fen(self) -> int:
        """What the person paid before Huiminbao: the bill without the funds' and the hospital's parts."""
        return self.total_fen - self.funds_paid_fen - self.hospital_borne_fen

    @property
    def funds_paid_fen(self) -> int:
        return (
            self.basic_fund_paid_fen
            + self.critical_illness_paid_fen
            + self.large_amount_paid_fen
            + self.civil_servant_paid_fen
            + self.assistance_paid_fen
            + self.other_paid_fen
        )
