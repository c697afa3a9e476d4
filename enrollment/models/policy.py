"""A person's cover for a plan year. Reserved while the order waits for payment, issued in the payment's transaction."""

from __future__ import annotations

import secrets
from datetime import date
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enrollment.lifecycle import LIVE_POLICY_STATES, POLICY_LIFECYCLE, PolicyState
from enrollment.models.order import OrderLine
from enrollment.models.policyholder import Policyholder
from people.models.person import Person
from privacy.files import RedrawnFile
from products.models import PlanYear, Way
from work.audit import tracked
from work.models import LifecycleEvent
from work.triggers import Plain, fixed


def new_verify_token() -> str:
    """192 random bits: the address on the certificate cannot be guessed."""
    return secrets.token_urlsafe(24)


# created_at is when it was ordered; a policy that is issued later keeps its place.
_BY_AN_OPEN_WAY = """
    IF NOT EXISTS (
        SELECT 1 FROM products_openway
         WHERE plan_year_id = NEW.plan_year_id AND way = NEW.way
           AND opens_at <= NEW.created_at AND NEW.created_at < closes_at
    ) THEN
        RAISE EXCEPTION 'pgtrigger: no policy comes by way of % into plan year % at that time',
            NEW.way, NEW.plan_year_id;
    END IF;
    RETURN NEW;
"""


@tracked
class Policy(models.Model):
    """Cover is half-open: cover_from <= day < cover_to. Copied from the plan year, so that later windows may differ."""

    partition_key: ClassVar = "plan_year"

    number = models.CharField(_("policy number"), max_length=30)
    plan_year = models.ForeignKey(
        PlanYear, models.PROTECT, related_name="policies", db_index=False, verbose_name=_("plan year")
    )
    insured = models.ForeignKey(Person, models.PROTECT, related_name="policies", verbose_name=_("insured"))
    policyholder = models.ForeignKey(
        Policyholder, models.PROTECT, related_name="policies", verbose_name=_("policyholder")
    )
    way = models.CharField(_("came by way of"), max_length=12, choices=Way.choices, default=Way.RESIDENT)
    order_line = models.OneToOneField(
        OrderLine, models.PROTECT, null=True, blank=True, related_name="policy", verbose_name=_("order line")
    )
    premium_fen = models.BigIntegerField(_("premium (fen)"))
    cover_from = models.DateField(_("cover begins"))
    cover_to = models.DateField(_("cover ends (not included)"))
    verify_token = models.CharField(max_length=40, default=new_verify_token, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=PolicyState.choices, default=PolicyState.RESERVED)
    created_at = models.DateTimeField(_("created"))
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)

    lifecycle = POLICY_LIFECYCLE
    scope_columns = {
        "scheme": "plan_year__scheme",
        "area": "insured__insurance_area",
        "organisation": "policyholder__organisation",
    }

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["-cover_from", "number"]
        constraints = [
            # With the plan year, by which the table is to be divided (decision 19); the sequence gives a number once.
            models.UniqueConstraint(name="policy_number_once", fields=["number", "plan_year"]),
            models.UniqueConstraint(name="policy_token_once", fields=["verify_token", "plan_year"]),
            # E5: whatever the channel, a person is insured once a year. The last word when two relatives are quick.
            models.UniqueConstraint(
                name="one_live_policy_per_person_and_year",
                fields=["insured", "plan_year"],
                condition=Q(state__in=[str(state) for state in LIVE_POLICY_STATES]),
            ),
        ]
        indexes = [
            # Partial: only the figure "so many are insured" asks for all of them at once.
            models.Index(name="issued_policies_by_year", fields=["plan_year"], condition=Q(state=PolicyState.ISSUED)),
            # The operator's list, newest first. Partial: what nearly every policy is, is found on every page anyway.
            models.Index(name="policies_of_a_year", fields=["plan_year", "id"]),
            models.Index(name="policies_not_in_order", fields=["state", "id"], condition=~Q(state=PolicyState.ISSUED)),
            models.Index(name="policies_by_another_way", fields=["way", "id"], condition=~Q(way=Way.RESIDENT)),
        ]
        triggers = [
            *POLICY_LIFECYCLE.triggers(),
            Plain(
                name="policy_comes_by_an_open_way",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(_BY_AN_OPEN_WAY),  # type: ignore[no-untyped-call]  # pgtrigger carries no types
            ),
            fixed("policy_keeps_its_way", "plan_year", "way"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_POLICY_STATES

    def covers(self, day: date) -> bool:
        return self.state == PolicyState.ISSUED and self.cover_from <= day < self.cover_to


class PolicyEvent(LifecycleEvent):
    subject = models.ForeignKey(Policy, models.PROTECT, related_name="events")

    class Meta(LifecycleEvent.Meta):
        verbose_name = _("policy event")
        verbose_name_plural = _("policy events")


class PolicyFile(RedrawnFile):
    """The certificate, drawn when first asked for."""

    folder = "enrollment/certificates"

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="files", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_file_per_content", fields=["policy", "content_key"])]

    def __str__(self) -> str:
        return f"{self.policy_id}/{self.content_key[:8]}"


class InsuredCount(models.Model):
    """How many people were insured for a plan year when it was counted last (`count_insured`). Only a figure: whatever
    it says may be counted anew at any time."""

    plan_year = models.OneToOneField(PlanYear, models.CASCADE, primary_key=True, related_name="+")
    people = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.plan_year_id}: {self.people}"
