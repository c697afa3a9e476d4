"""Findings of a reviewer, whoever writes them: the database looks too."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from claims.models import Claim, FactFinding, PlatformHistory
from core import clock
from tests.claims.people import LI_HIP, WANG_PNEUMONIA, Family


class TestFindings:
    """claims_factfinding.found_while_reviewed, a_line_is_of_a_bill; claims_platformhistory.history_lasts"""

    def found(self, claim: Claim, **other: Any) -> FactFinding:
        given = {"fact": "person.preexisting", "value": False, "reason": "read", "found_at": clock.now(), **other}
        return FactFinding.objects.create(claim=claim, found_by=claim.reviewer, **given)

    def test_are_made_while_a_claim_is_reviewed_and_with_their_reason(self, family: Family) -> None:
        claim = family.takes(family.hands_in(LI_HIP))
        assert self.found(claim)
        for wrong in ({"reason": ""}, {"bill": family.starts(WANG_PNEUMONIA, of="王桂英").bills.get()}):
            with pytest.raises(DatabaseError, match="found_while_reviewed"), transaction.atomic():
                self.found(claim, **wrong)
        family.proposes(family.again(claim))
        with pytest.raises(DatabaseError, match="found_while_reviewed"), transaction.atomic():
            self.found(claim)

    def test_of_a_line_name_its_bill(self, family: Family) -> None:
        claim = family.takes(family.hands_in(LI_HIP))
        with pytest.raises(IntegrityError, match="a_line_is_of_a_bill"), transaction.atomic():
            self.found(claim, line=0)

    def test_a_history_is_of_some_time(self, family: Family) -> None:
        claim = family.starts(LI_HIP)
        day = date(2026, 1, 1)
        with pytest.raises(IntegrityError, match="history_lasts"), transaction.atomic():
            PlatformHistory.objects.create(claim=claim, from_on=day, to_on=day, asked_at=clock.now())
