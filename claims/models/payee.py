"""Who receives the money of a claim, and what becomes of each payout."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from claims.lifecycle import PAYOUT_LIFECYCLE, PayoutState
from claims.models.claim import Claim
from claims.models.decision import Decision
from core.identifiers import mask_card
from privacy.fields import EncryptedTextField
from work.audit import tracked
from work.models import LifecycleEvent
from work.row_ids import RowId
from work.triggers import Plain, fixed, never_deleted, refuse

WHOLE = 1_000_000


class PayeeRelation(models.TextChoices):
    """What the payee is to the claim."""

    INSURED = "insured", _("the insured person")
    GUARDIAN = "guardian", _("parent or guardian of a child")
    HEIR = "heir", _("heir")
    OTHER = "other", _("somebody else entitled")


@tracked
class PayeeChange(models.Model):
    """Other payees than the resident names herself: one at the desk proposes them, another person confirms."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="payee_changes")
    reason = models.TextField(_("reason"))
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)
    dropped_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("change of payees")
        verbose_name_plural = _("changes of payees")
        ordering = ["pk"]
        constraints = [
            # A2: maker and checker are two persons, whatever the code above says.
            models.CheckConstraint(
                name="payees_maker_is_not_checker",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="payees_confirmed_whole",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="payees_confirmed_or_dropped", condition=Q(confirmed_at__isnull=True) | Q(dropped_at__isnull=True)
            ),
            models.UniqueConstraint(
                name="one_open_payee_change",
                fields=["claim"],
                condition=Q(confirmed_at__isnull=True, dropped_at__isnull=True),
            ),
        ]
        triggers = [
            fixed("payee_change_fixed", "claim", "reason", "proposed_by", "proposed_at"),
            refuse(
                "payee_change_ends_once",
                pgtrigger.Update,
                when=pgtrigger.Condition('OLD."confirmed_at" IS NOT NULL OR OLD."dropped_at" IS NOT NULL'),
            ),
            refuse(
                "payee_change_starts_open",
                pgtrigger.Insert,
                when=pgtrigger.Condition('NEW."confirmed_at" IS NOT NULL'),
            ),
            never_deleted("payee_change_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.proposed_at:%Y-%m-%d}"


WRITTEN_ONCE = (
    "claim",
    "position",
    "name",
    "account",
    "account_tail",
    "bank_code",
    "relation",
    "share_millionths",
    "named_by",
    "change",
    "named_at",
)


def _written_once() -> Plain:
    """As `fixed`, which cannot compare encrypted columns."""
    guard = refuse(
        "payee_written_once",
        pgtrigger.Update,
        when=pgtrigger.Condition(
            "to_jsonb(OLD) - 'since' - 'until' IS DISTINCT FROM to_jsonb(NEW) - 'since' - 'until'"
        ),
        because="a payee is written once",
    )
    guard.fixed = WRITTEN_ONCE
    return guard


@tracked
class ClaimPayee(models.Model):
    """An account that receives a share of a claim, in millionths of the whole. Another account is another row.

    named_by: the account that named it on the site. since, until: when it counted. Not yet, while a change at the desk
    waits for its second person; no longer, once another account was named.
    """

    id = RowId()
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="payees")
    position = models.PositiveSmallIntegerField()
    name = EncryptedTextField(_("account holder"))
    account = EncryptedTextField(_("account number"))
    account_tail = models.CharField(_("last four digits"), max_length=4)
    bank_code = models.CharField(_("bank"), max_length=12)
    relation = models.CharField(_("relation"), max_length=12, choices=PayeeRelation.choices)
    share_millionths = models.IntegerField(
        _("share (millionths)"), default=WHOLE, validators=[MinValueValidator(1), MaxValueValidator(WHOLE)]
    )
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("named by"),
    )
    change = models.ForeignKey(PayeeChange, models.PROTECT, null=True, blank=True, related_name="payees")
    named_at = models.DateTimeField()
    since = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)

    # Shown in full only after a reason was given, on record (accounts.actions.reveal_identity).
    REVEALABLE_FIELDS = {"account": mask_card}

    class Meta:
        verbose_name = _("payee")
        verbose_name_plural = _("payees")
        ordering = ["claim_id", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="payee_share_is_a_part", condition=Q(share_millionths__gte=1, share_millionths__lte=WHOLE)
            ),
            # A share is arranged at the desk by two people; a resident names one account for the whole.
            models.CheckConstraint(
                name="payee_of_a_part_was_arranged", condition=Q(share_millionths=WHOLE) | Q(change__isnull=False)
            ),
            models.CheckConstraint(
                name="payee_ends_after_it_began", condition=Q(until__isnull=True) | Q(since__isnull=False)
            ),
            models.UniqueConstraint(
                name="one_live_payee_per_part",
                fields=["claim", "position"],
                condition=Q(since__isnull=False, until__isnull=True),
            ),
        ]
        triggers = [
            _written_once(),
            Plain(
                name="payee_counts_when_confirmed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition('NEW."since" IS NOT NULL AND NEW."change_id" IS NOT NULL'),
                func="""
                    IF (SELECT confirmed_at FROM claims_payeechange WHERE id = NEW.change_id) IS NULL THEN
                        RAISE EXCEPTION 'payee_counts_when_confirmed: no second person has confirmed it';
                    END IF;
                    RETURN NEW;
                """,
            ),
            Plain(
                name="payees_share_the_whole",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                func="""
                    IF (SELECT sum(share_millionths) FROM claims_claimpayee
                        WHERE claim_id = NEW.claim_id AND since IS NOT NULL AND until IS NULL) <> 1000000 THEN
                        RAISE EXCEPTION 'payees_share_the_whole: shares do not sum to the whole';
                    END IF;
                    RETURN NULL;
                """,
            ),
            # What was only begun is forgotten when it is given up; what was handed in is a record.
            Plain(
                name="payee_stays_once_handed_in",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF (SELECT state FROM claims_claim WHERE id = OLD.claim_id) NOT IN ('DRAFT', 'WITHDRAWN') THEN
                        RAISE EXCEPTION 'payee_stays_once_handed_in: the claim was handed in';
                    END IF;
                    RETURN OLD;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.position} *{self.account_tail}"

    @property
    def is_live(self) -> bool:
        return self.since is not None and self.until is None


@tracked
class Payout(models.Model):
    """One payee's part of a decision: one obligation, whatever happens to its transfers. amount_fen: split by largest
    remainder, so that the payouts sum to what is payable. returned_transfer: the transfer that came back last.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="payouts")
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="payouts", db_index=False)
    position = models.PositiveSmallIntegerField()
    number = models.CharField(_("number"), max_length=40, unique=True)
    payee = models.ForeignKey(ClaimPayee, models.PROTECT, related_name="payouts")
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    state = models.CharField(_("state"), max_length=12, choices=PayoutState.choices, default=PayoutState.INSTRUCTED)
    created_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True, blank=True)
    returned_transfer = models.CharField(max_length=32, blank=True)

    lifecycle = PAYOUT_LIFECYCLE

    class Meta:
        verbose_name = _("payout of a claim")
        verbose_name_plural = _("payouts of claims")
        ordering = ["claim_id", "position"]
        constraints = [
            models.UniqueConstraint(name="one_payout_per_part", fields=["decision", "position"]),
            models.CheckConstraint(name="payout_is_about_money", condition=Q(amount_fen__gt=0)),
        ]
        triggers = [
            *PAYOUT_LIFECYCLE.triggers(),
            fixed("payout_obligation_fixed", "claim", "decision", "position", "number", "amount_fen"),
            # A2: money that came back is sent again, to another account, only after two people have looked at it.
            Plain(
                name="payout_again_by_two",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.payee_id <> OLD.payee_id OR (OLD.state = 'RETURNED' AND NEW.state = 'INSTRUCTED')"
                ),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM claims_payoutproposal
                        WHERE payout_id = NEW.id AND payee_id = NEW.payee_id AND confirmed_at IS NOT NULL
                          AND failed_transfer = OLD.returned_transfer AND OLD.state = 'RETURNED'
                    ) THEN
                        RAISE EXCEPTION 'payout_again_by_two: no confirmed proposal';
                    END IF;
                    RETURN NEW;
                """,
            ),
            Plain(
                name="payouts_add_up",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func="""
                    IF (SELECT sum(amount_fen) FROM claims_payout WHERE decision_id = NEW.decision_id) <>
                       (SELECT payable_fen FROM claims_decision WHERE id = NEW.decision_id) THEN
                        RAISE EXCEPTION 'payouts_add_up: the payouts of a decision do not sum to what it pays';
                    END IF;
                    RETURN NULL;
                """,
            ),
            never_deleted("payout_kept"),
        ]

    def __str__(self) -> str:
        return self.number


class PayoutEvent(LifecycleEvent):
    subject = models.ForeignKey(Payout, models.PROTECT, related_name="events")
