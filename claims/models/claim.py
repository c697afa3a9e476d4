"""A claim: for whom, on which policy, how it came, where it stands. Its bills are in models/bill.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims.checklist import ClaimType
from claims.institutions import InstitutionsOfBills
from claims.lifecycle import (
    CLAIM_LIFECYCLE,
    DESK_CLAIM_STATES,
    EDITABLE_CLAIM_STATES,
    HOLDING_CLAIM_STATES,
    OPEN_CLAIM_STATES,
    PAYEE_EDITABLE_STATES,
    PAYEES_ARRANGED_STATES,
    ClaimState,
    PayoutState,
)
from core.actors import ScopeColumns
from parties.models import Insurer
from work.audit import tracked
from work.models import LifecycleEvent
from work.row_ids import RowId
from work.triggers import Plain, fixed, never_deleted

if TYPE_CHECKING:
    from claims.models.payee import ClaimPayee


class ClaimWay(models.TextChoices):
    """How a claim came."""

    RESIDENT = "resident", _("filed on the site")
    COUNTER = "counter", _("at a counter")
    TELEPHONE = "telephone", _("by telephone")
    AGENCY = "agency", _("from the insurance agency")
    HOSPITAL = "hospital", _("from the hospital")


# For SQL of triggers.
HOLDING = ", ".join(f"'{state}'" for state in sorted(str(state) for state in HOLDING_CLAIM_STATES))


@tracked
class Claim(models.Model):
    """filed_by: the account that filed it; none where it came by another way than the site: then whoever may act for
    the insured continues it. review_due_on: ten working days after it was handed in, civil date; review_days_left keeps
    what was left while papers are awaited.
    """

    id = RowId()
    number = models.CharField(_("claim number"), max_length=30, unique=True)
    policy = models.ForeignKey("enrollment.Policy", models.PROTECT, related_name="claims", verbose_name=_("policy"))
    insured = models.ForeignKey("people.Person", models.PROTECT, related_name="claims", verbose_name=_("insured"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("filed by"),
    )
    way = models.CharField(_("how it came"), max_length=12, choices=ClaimWay.choices, default=ClaimWay.RESIDENT)
    claim_type = models.CharField(_("type"), max_length=20, choices=ClaimType.choices)
    insurer = models.ForeignKey(Insurer, models.PROTECT, related_name="claims", verbose_name=_("insurer"))
    state = models.CharField(_("state"), max_length=24, choices=ClaimState.choices, default=ClaimState.DRAFT)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("reviewer"),
    )
    created_at = models.DateTimeField(_("started"))
    submitted_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    review_due_on = models.DateField(_("decision due"), null=True, blank=True)
    review_days_left = models.SmallIntegerField(null=True, blank=True)
    paid_at = models.DateTimeField(_("paid out"), null=True, blank=True)

    lifecycle = CLAIM_LIFECYCLE
    # The insurer that answers for it, the scheme of the policy, where the insured person lives, where she was treated.
    scope_columns: ScopeColumns = {
        "insurer": "insurer",
        "scheme": "policy__plan_year__scheme",
        "area": "insured__insurance_area",
        "institution": InstitutionsOfBills(),
    }

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["review_due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="claim_of_the_site_has_a_filer",
                condition=Q(way=ClaimWay.RESIDENT, filed_by__isnull=False)
                | (~Q(way=ClaimWay.RESIDENT) & Q(filed_by__isnull=True)),
            ),
        ]
        indexes = [
            # Partial: the desk's queue reads only what somebody still has to act on. With what it is narrowed by: so it
            # is counted and leafed through in the index alone.
            models.Index(
                name="claims_at_the_desk",
                fields=["review_due_on", "id"],
                include=["state", "insurer", "claim_type", "reviewer"],
                condition=Q(state__in=sorted(str(state) for state in DESK_CLAIM_STATES)),
            ),
        ]
        triggers = [
            *CLAIM_LIFECYCLE.triggers(),
            # What a claim is about never changes; another stay is another claim.
            fixed("claim_subject_fixed", "policy", "insured", "filed_by", "way", "number", "insurer"),
            Plain(
                name="claim_holds_its_bills",
                when=pgtrigger.After,
                operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]  # no types there
                condition=pgtrigger.Condition(
                    f"((OLD.state IN ({HOLDING})) IS DISTINCT FROM (NEW.state IN ({HOLDING})))"
                ),
                func="""
                    UPDATE claims_claimbill SET held = NEW.state IN ($HOLDING) WHERE claim_id = NEW.id;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'claim_holds_its_bills: a claim without a bill';
                    END IF;
                    RETURN NULL;
                """.replace("$HOLDING", HOLDING),
            ),
            # Two people look at each payout that goes again (payout_again_by_two); the claim follows its payouts.
            Plain(
                name="claim_follows_its_payouts",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state <> NEW.state"
                    " AND (NEW.state = 'PAID' OR (OLD.state = 'PAYOUT_FAILED' AND NEW.state = 'PAYING'))"
                ),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM claims_payout WHERE claim_id = NEW.id)
                       OR EXISTS (SELECT 1 FROM claims_payout WHERE claim_id = NEW.id
                                  AND (state = 'RETURNED' OR (NEW.state = 'PAID' AND state <> 'PAID'))) THEN
                        RAISE EXCEPTION 'claim_follows_its_payouts: a payout stands otherwise';
                    END IF;
                    RETURN NEW;
                """,
            ),
            never_deleted("claim_kept"),
        ]

    def __str__(self) -> str:
        return self.number

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
    def payees_are_arranged(self) -> bool:
        """The desk may propose who receives which share: of what it reviews, and of what it registered itself."""
        return self.state in PAYEES_ARRANGED_STATES or (self.state == ClaimState.DRAFT and self.filed_by_id is None)

    @property
    def live_payees(self) -> list[ClaimPayee]:
        """The accounts that share the money now, in their order; none before one was named."""
        return [payee for payee in self.payees.all() if payee.is_live]

    @property
    def has_payee(self) -> bool:
        """Every part of the money has an account to go to, and none that the bank has sent it back from."""
        returned = {payout.payee_id for payout in self.payouts.all() if payout.state == PayoutState.RETURNED}
        live = self.live_payees
        return bool(live) and not any(payee.pk in returned for payee in live)


class ClaimEvent(LifecycleEvent):
    subject = models.ForeignKey(Claim, models.PROTECT, related_name="events")

    class Meta(LifecycleEvent.Meta):
        verbose_name = _("claim event")
        verbose_name_plural = _("claim events")
