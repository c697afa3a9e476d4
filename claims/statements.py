"""A decision that anybody can compute again: one signed JSON file for each bill (benefits.verifiable).

It names no person: the policy's number, the age that counted, the facts, the bill, the digest of the filed plan with
the lists of that day, the trace. The file is made of what is kept with the decision and never changes: it is the same
whenever it is asked for.
"""

from __future__ import annotations

import base64
import json
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.translation import gettext_lazy as _

import benefits
from claims import selectors
from claims.computation import terms_of
from claims.facts.sealed import bill_of, person_of
from claims.models import Claim, ComputedBill
from core.errors import NotFound
from parties.addresses import address


def statement(claim: Claim, position: int) -> bytes:
    """Of one bill, by its place in the claim, as a file. Raises NotFound statement_not_found before the claim is
    decided, and for a bill that it does not have."""
    decision = selectors.decision_of(claim)
    rows = list(decision.bills.select_related("bill")) if decision is not None else []
    before = decision.year_before if decision is not None else {}
    for row in rows:
        if row.bill.position == position:
            return _signed(claim, row, before)
        before = row.computation["year_after"]
    raise NotFound("statement_not_found", _("There is no decision about this bill."))


def _signed(claim: Claim, row: ComputedBill, before: dict[str, object]) -> bytes:
    number = f"{claim.number}-{row.bill.position}"
    document = benefits.document(
        plan_text=claim.policy.plan_year.benefits_text,
        plan=terms_of(claim).on(row.bill.admitted_on),
        person=person_of(row.facts or {}, claim.policy.number),
        year=benefits.year_from_json(before) if before else benefits.YearSoFar(),
        bill=bill_of(row.facts or {}, row.bill, number),
        decision=row.computation,
    )
    return json.dumps(benefits.sign(document, _key()), ensure_ascii=False, indent=1).encode()


def public_key() -> bytes:
    """By which anybody checks the signature, as PEM."""
    return _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def shown_at(claim: Claim) -> str:
    """Where its owner finds the files, for the QR code of the letter."""
    return address(claim.policy.plan_year.scheme, "claims:claim", args=[claim.number]) + "#check-it-yourself"


def _key() -> Ed25519PrivateKey:
    return _key_of(settings.DECISION_KEY)


@lru_cache(maxsize=2)
def _key_of(encoded: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(encoded, altchars=b"-_"))
