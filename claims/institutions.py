"""To which hospitals and pharmacies a claim belongs (core.actors)."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q


class InstitutionsOfBills:
    """Where every one of its bills was written: whoever is narrowed to one hospital sees no other hospital's bill."""

    def holds(self, claim: Any, codes: frozenset[str]) -> bool:
        if claim._state.adding:  # of a claim that is not written its bills are not known
            return False
        found = {bill.hospital_code for bill in claim.bills.all()}
        return bool(found) and found <= codes

    def among(self, codes: frozenset[str]) -> Q:
        # By its name: the claim is declared with this, and its bills with the claim.
        bills = apps.get_model("claims", "ClaimBill")._default_manager.filter(claim=OuterRef("pk"))
        return Q(Exists(bills.filter(hospital_code__in=codes))) & ~Q(Exists(bills.exclude(hospital_code__in=codes)))
