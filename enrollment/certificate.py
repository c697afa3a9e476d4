"""The certificate of a policy (电子保单): drawn when first asked for, kept encrypted, drawn anew when it changes."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.utils import translation

from enrollment.lifecycle import PolicyState
from enrollment.models import Policy, PolicyFile
from look.pdf import LANGUAGES, render_pdf
from look.phrases import yuan
from look.qr import qr_svg
from parties.addresses import address
from people.relations import Relation
from products import plan_terms
from products.models.plan_year import DocumentKind
from products.selectors import documents_of
from products.texts.reading import sentence_of
from products.words import cover_words
from work.files import kept_or_drawn

# Raise when the page itself changes: old files are then no longer found.
LAYOUT = 3


def certificate_pdf(policy: Policy, *, lang: str, now: datetime) -> bytes:
    """The PDF in a language ("zh-CN", "en"). policy comes from a selector, with plan year, insured and order loaded."""
    return kept_or_drawn(
        PolicyFile,
        content_key=_content_key(policy, lang),
        draw=lambda: render_pdf("enrollment/certificate_pdf.html", _context(policy, lang), lang=lang),
        now=now,
        policy=policy,
    )


def verification_url(policy: Policy) -> str:
    return address(policy.plan_year.scheme, "enrollment:verify", args=[policy.verify_token])


def _content_key(policy: Policy, lang: str) -> str:
    insured, holder = policy.insured, policy.policyholder
    parts = [
        LAYOUT, lang, policy.number, policy.state, insured.name, insured.id_number, holder.name,
        policy.plan_year.benefits_sha256, verification_url(policy),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


def _context(policy: Policy, lang: str) -> dict[str, Any]:
    plan_year, line = policy.plan_year, policy.order_line
    with translation.override(LANGUAGES[lang]):
        documents = documents_of(plan_year)
        return {
            "policy": policy,
            "plan_year": plan_year,
            "product_name": plan_year.name,
            "insurers": plan_year.insurer_names,
            "hotline": plan_year.scheme.hotline,
            "document_no": policy.number,
            "policyholder": policy.policyholder,
            "order": line.order if line else None,
            "relation": Relation(line.relation).label if line else "",
            "cover": cover_words(policy),
            "premium": yuan(policy.premium_fen),
            "terms": plan_terms.terms_of(plan_year),
            "exclusions": documents[DocumentKind.EXCLUSIONS],
            "decided_within": sentence_of(plan_year, "portal:decision_days"),
            "clauses": documents[DocumentKind.CLAUSES],
            "verify_url": verification_url(policy),
            "qr": qr_svg(verification_url(policy)),
            "surrendered": policy.state == PolicyState.SURRENDERED,
        }
