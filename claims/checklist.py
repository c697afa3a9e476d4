"""Which papers a claim needs, per type. Missing ones are told once, all together (Insurance Law 22, C2)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ClaimType(TextChoices):
    INPATIENT = "INPATIENT", _("Stay in hospital")
    OUTPATIENT = "OUTPATIENT", _("Long-term illness, treated without staying in")
    SPECIAL_DRUG = "SPECIAL_DRUG", _("Special drug")


class DocumentKind(TextChoices):
    INVOICE = "INVOICE", _("Invoice")
    BANK_CARD = "BANK_CARD", _("Bank card")
    DISCHARGE_SUMMARY = "DISCHARGE_SUMMARY", _("Discharge summary")
    PRESCRIPTION = "PRESCRIPTION", _("Prescription")
    ID_CARD = "ID_CARD", _("Identity card")
    OTHER = "OTHER", _("Other paper")


@dataclass(frozen=True)
class Requirement:
    kind: DocumentKind
    hint: Promise | str = ""


INVOICE = Requirement(DocumentKind.INVOICE, _("Every page with a stamp; paper or electronic."))
BANK_CARD = Requirement(
    DocumentKind.BANK_CARD, _("The side with the number, of the card that should receive the money.")
)
PRESCRIPTION = Requirement(DocumentKind.PRESCRIPTION, _("The doctor's prescription for this drug."))

# A stay found on the national platform brings its diagnosis and amounts along, so no discharge summary is asked for.
CHECKLISTS: dict[str, tuple[Requirement, ...]] = {
    ClaimType.INPATIENT: (INVOICE, BANK_CARD),
    ClaimType.OUTPATIENT: (INVOICE, BANK_CARD),
    ClaimType.SPECIAL_DRUG: (INVOICE, PRESCRIPTION, BANK_CARD),
}

# Kind of care, in the words of nhsa and benefits -> type of claim. Any other kind is not covered by this product. The
# four of Sanmenxia 三(三)1: in hospital or as if, severe long-term illness, major disease, drugs for such at a counter.
CLAIM_TYPE_BY_ENCOUNTER: dict[str, str] = {
    "inpatient": ClaimType.INPATIENT,
    "deemed_inpatient": ClaimType.INPATIENT,
    "injury": ClaimType.INPATIENT,
    "emergency": ClaimType.INPATIENT,
    "maternity": ClaimType.INPATIENT,
    "chronic_outpatient": ClaimType.OUTPATIENT,
    "major_disease_outpatient": ClaimType.OUTPATIENT,
    "outpatient_drug": ClaimType.OUTPATIENT,
}

# What pages call each of them.
KIND_OF_CARE: dict[str, Promise] = {
    "inpatient": _("Stay in hospital"),
    "deemed_inpatient": _("Care that counts as a stay in hospital"),
    "injury": _("Stay in hospital after an injury"),
    "emergency": _("Emergency care"),
    "maternity": _("Birth"),
    "chronic_outpatient": _("Severe long-term illness, treated without staying in"),
    "major_disease_outpatient": _("Major disease, treated without staying in"),
    "outpatient_drug": _("Specified drug for a major disease, without staying in"),
}


def missing_kinds(*, claim_type: str, present: set[str]) -> list[Requirement]:
    """The requirements of `claim_type` no document answers yet, in the order of the checklist."""
    return [requirement for requirement in CHECKLISTS[claim_type] if requirement.kind not in present]
