"""The same file was handed in with another claim (C12). One's own bank card may come again."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from claims.checking import Case, Check, Finding, claims_named
from claims.checklist import DocumentKind
from claims.models import ClaimDocument


def find(case: Case) -> Finding | None:
    mine = case.claim.documents.filter(removed_at=None).exclude(kind=DocumentKind.BANK_CARD)
    again = ClaimDocument.objects.filter(sha256__in=mine.values("sha256"), removed_at=None).exclude(claim=case.claim)
    numbers = sorted(set(again.values_list("claim__number", flat=True)))
    return Finding({"claims": numbers}) if numbers else None


CHECK = Check(
    label=_("Papers not used before"),
    find=find,
    todo=_("Open the other claim and see what the same paper was handed in for."),
    detail=claims_named,
)
