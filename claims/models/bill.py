"""A bill that a claim is about: one settled visit or purchase, as the national platform gave it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

import benefits
from claims.models.claim import HOLDING, Claim
from privacy.fields import BlindIndexField, EncryptedJSONField, EncryptedTextField
from work.row_ids import RowId
from work.triggers import Plain, never_deleted, refuse

# All but what the database keeps itself: what a decision is computed from cannot change under it.
WRITTEN_ONCE = (
    "claim",
    "position",
    "settlement_no",
    "settlement_no_index",
    "visit_no",
    "hospital_name",
    "hospital_code",
    "hospital_level",
    "designated",
    "place",
    "encounter_type",
    "insurance_type",
    "admitted_on",
    "discharged_on",
    "settled_at",
    "diagnoses",
    "lines",
    "invoice_no",
    "amounts",
    "warnings",
    "imported_at",
)


_OF_A_LINE = frozenset(field.name for field in fields(benefits.BillLine))


def rule_line(line: Mapping[str, Any]) -> benefits.BillLine:
    """As the rules take it; what else is known of a fee line (claims.stays) is for people."""
    return benefits.BillLine(**{name: value for name, value in line.items() if name in _OF_A_LINE})


_NAMES = ",".join(amount.field for amount in benefits.BILL_AMOUNTS)


def _of_amounts(test: str) -> Func:
    """A test of the column in the database's own words; {} stands for the column."""
    return Func(F("amounts"), template=test.format("%(expressions)s"), output_field=models.BooleanField())


_KNOWN = _of_amounts(f"({{}} - '{{{{{_NAMES}}}}}'::text[]) = '{{{{}}}}'::jsonb")
_WHOLE_FEN = _of_amounts("""NOT jsonb_path_exists({}, '$.* ? (@.type() != "number" || @.floor() != @)')""")


def _written_once() -> Plain:
    """As `fixed`, which cannot compare encrypted columns."""
    guard = refuse(
        "bill_written_once",
        pgtrigger.Update,
        when=pgtrigger.Condition("to_jsonb(OLD) - 'held' IS DISTINCT FROM to_jsonb(NEW) - 'held'"),
        because="a bill is written once",
    )
    guard.fixed = WRITTEN_ONCE
    return guard


class ClaimBill(models.Model):
    """position: 1, 2, … as the bills came into the claim. They are computed in the order in which they were settled,
    each with its own dates.

    settlement_no, visit_no: its numbers on the national platform; a bill that the platform does not have has none.
    amounts: fen by the field names of `benefits.Bill`; what the record does not state is not there.
    held: the claim is handed in and lives, so nobody else's claim may hold the same settlement. Kept by the database.
    """

    id = RowId()
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="bills", db_index=False)
    position = models.PositiveSmallIntegerField(_("number of the bill"))
    settlement_no = EncryptedTextField(_("settlement number"), blank=True, default="")
    settlement_no_index = BlindIndexField(source="settlement_no", null=True)
    visit_no = EncryptedTextField(_("visit number"), blank=True, default="")
    held = models.BooleanField(default=False, editable=False)
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
    amounts = models.JSONField(_("amounts (fen)"), default=dict)
    # Identities of the national amounts that do not hold, as "code:difference_fen": for the reviewer.
    warnings = models.JSONField(default=list)
    imported_at = models.DateTimeField()

    class Meta:
        verbose_name = _("bill")
        verbose_name_plural = _("bills")
        ordering = ["claim_id", F("settled_at").asc(nulls_first=True), "position"]
        constraints = [
            models.UniqueConstraint(name="bill_position", fields=["claim", "position"]),
            models.UniqueConstraint(name="a_settlement_once_in_a_claim", fields=["claim", "settlement_no_index"]),
            # C4: one settlement, one claim that was handed in, whoever files it and however quick they are.
            models.UniqueConstraint(
                name="one_live_claim_per_settlement", fields=["settlement_no_index"], condition=Q(held=True)
            ),
            models.CheckConstraint(name="bill_runs_forward", condition=Q(admitted_on__lte=F("discharged_on"))),
            models.CheckConstraint(
                name="bill_total_positive", condition=Q(amounts__has_key="total_fen", amounts__total_fen__gt=0)
            ),
            # A returned item makes a line negative, never a part of the whole bill or what a fund paid of it.
            models.CheckConstraint(
                name="bill_parts_and_funds_not_negative",
                condition=Q(
                    *(
                        Q(**{f"amounts__{amount.field}__gte": 0}) | ~Q(amounts__has_key=amount.field)
                        for amount in benefits.amounts_of_role("part", "layer", "hospital")
                    )
                ),
            ),
            models.CheckConstraint(name="bill_amounts_are_known_fen", condition=Q(_KNOWN, _WHOLE_FEN)),
        ]
        triggers = [
            _written_once(),
            Plain(
                name="bill_held_as_its_claim_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("claim_state", "text")],
                func="""
                    SELECT state INTO claim_state FROM claims_claim WHERE id = NEW.claim_id;
                    IF TG_OP = 'INSERT' AND claim_state <> 'DRAFT' THEN
                        RAISE EXCEPTION 'bill_held_as_its_claim_stands: the claim was handed in without this bill';
                    END IF;
                    NEW.held := coalesce(claim_state IN ($HOLDING), false);
                    RETURN NEW;
                """.replace("$HOLDING", HOLDING),
            ),
            never_deleted("bill_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.hospital_name} {self.admitted_on}"

    @property
    def main_diagnosis(self) -> str:
        return f"{self.diagnoses[0]['name']} {self.diagnoses[0]['code']}" if self.diagnoses else ""

    def amount_fen(self, amount: benefits.BillAmount) -> int:
        """Nothing where the record does not state it."""
        return int(self.amounts.get(amount.field) or 0)

    def sum_fen(self, *roles: str) -> int:
        return sum(self.amount_fen(amount) for amount in benefits.amounts_of_role(*roles))

    @property
    def total_fen(self) -> int:
        return self.sum_fen("total")

    @property
    def personal_fen(self) -> int:
        """What the person paid before Huiminbao: the bill without the funds' and the hospital's parts."""
        return self.total_fen - self.sum_fen("layer", "hospital")

    def as_benefits_bill(self, number: str) -> benefits.Bill:
        """As the rules take it; number: under which the insurance year remembers it."""
        given: dict[str, Any] = dict(self.amounts)
        return benefits.Bill(
            id=number,
            encounter_type=self.encounter_type,
            hospital_level=self.hospital_level,
            place=self.place,
            designated=self.designated,
            diagnoses=tuple(diagnosis["code"] for diagnosis in self.diagnoses),
            lines=tuple(rule_line(line) for line in self.lines),
            admitted_on=self.admitted_on,
            discharged_on=self.discharged_on,
            **given,
        )
