"""What is known of one claim's insured and bill, with who says so and since when; and what is not known, with why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.functional import Promise

import benefits
from claims.models import Claim, ClaimBill, FactFinding, PlatformHistory
from claims.questions import answers_of
from core.clock import civil_date
from enrollment.models import Policy
from people.as_of import AsOf
from products.suppliers import Source


@dataclass(frozen=True)
class Known:
    """value: as benefits takes it. on: the civil day on which the source said so."""

    value: Any
    source: Source
    on: date | None = None


@dataclass(frozen=True)
class Unknown:
    """Never "no": somebody asks again, or a person settles it. why: a sentence."""

    why: str | Promise


Fact = Known | Unknown


def as_of(told: AsOf[Any]) -> Fact:
    """What people know of a day, as this room keeps it."""
    if told.value is None:
        return Unknown(told.words)
    return Known(told.value, Source.PLATFORM, told.said_on)


@dataclass(frozen=True)
class Subject:
    """One bill of a claim, with what there is to read facts from. Each is read once, when it is first asked for."""

    claim: Claim
    bill: ClaimBill

    @property
    def policy(self) -> Policy:
        return self.claim.policy

    @property
    def day(self) -> date:
        """The day of service: what was so on it counts."""
        return self.bill.admitted_on

    def found(self, name: str) -> Known | None:
        """What a reviewer found last of a fact, unless taken back: it counts before what any source says."""
        finding = self.findings.get((name, None))
        if finding is None or finding.value is None:
            return None
        return Known(finding.value, Source.FINDING, civil_date(finding.found_at))

    def was_paid_by(self, layer: str) -> bool:
        """Whether a fund (a name of benefits' waterfall) has paid anything on the bill."""
        [amount] = [one for one in benefits.amounts_of_role("layer") if one.name == f"{layer}_paid"]
        return self.bill.amount_fen(amount) > 0

    @cached_property
    def said(self) -> Mapping[str, str]:
        return answers_of(self.claim)

    @cached_property
    def history(self) -> PlatformHistory | None:
        """What the platform told last of the time before the cover."""
        return self.claim.platform_history.order_by("-pk").first()

    @cached_property
    def findings(self) -> Mapping[tuple[str, int | None], FactFinding]:
        """The last finding of each fact of this bill, by name and line."""
        rows = self.claim.fact_findings.order_by("pk")
        mine = [row for row in rows if row.bill_id in (None, self.bill.pk)]
        return {(row.fact, row.line): row for row in mine}
