"""The dossier of a plan year that was made from a draft of terms: what changed, what the check found, what a city year
would have come to, of which data and which rules, made by whom and when."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.utils.translation import override

from core.actors import Actor
from core.clock import SHANGHAI
from look.pdf import render_pdf
from products.models import Comparison, TermsDraft
from products.texts.coverage import findings
from products.workshop.changes import changes_of
from products.workshop.shown import percent, ratio

FORMAT = 1
_LANGUAGES = {"zh": "zh-hans", "en": "en"}


def dossier_of(
    *, draft: TermsDraft, comparison: Comparison | None, becomes: dict[str, str], actor: Actor, now: datetime
) -> dict[str, Any]:
    """As it is kept as JSON; the PDF shows the same. becomes: code and cover of the plan year."""
    original, year = draft.plan_year, draft.as_plan_year()
    return {
        "format": FORMAT,
        "scheme": original.scheme_id,
        "made_from": {"code": original.code, "terms_sha256": _sha256(original.benefits_text)},
        "draft": {
            "title": draft.title,
            "revision": draft.revision,
            "premium_fen": draft.premium_fen,
            "terms_sha256": _sha256(draft.benefits_text),
        },
        "becomes": becomes,
        "changes": {language: _changes(draft, code) for language, code in _LANGUAGES.items()},
        "findings": [str(one) for one in findings(year, draft.documents(year))],
        "comparison": _comparison(comparison) if comparison else None,
        "made_by": actor.label,
        "made_at": _moment(now),
    }


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _changes(draft: TermsDraft, code: str) -> dict[str, Any]:
    with override(code):
        return changes_of(draft).as_json()


def _comparison(comparison: Comparison) -> dict[str, Any]:
    city = comparison.city_year
    return {
        "city_year": {
            "title": city.title, "origin": city.origin, "made_from": city.made_from, "people": city.people,
            "sha256": city.sha256,
        },
        "computed_at": _moment(comparison.ended_at) if comparison.ended_at else "",
        "shared": comparison.shared,
        "terms": [
            {
                "name": one.name, "revision": one.revision, "first_on": one.first_on.isoformat(),
                "premium_fen": one.premium_fen, "terms_sha256": one.sha256, "figures": one.figures,
            }
            for one in comparison.terms.all()
        ],
    }  # fmt: skip


def as_json(dossier: dict[str, Any]) -> bytes:
    return json.dumps(dossier, ensure_ascii=False, indent=1, sort_keys=True).encode()


def as_pdf(dossier: dict[str, Any], *, product_name: str) -> bytes:
    """In Chinese, which experts and bureau read. Raises PdfError where this machine cannot make PDFs."""
    sha256 = hashlib.sha256(as_json(dossier)).hexdigest()
    context = {
        "dossier": dossier,
        "changes": dossier["changes"]["zh"],
        "summary": [_line(one) for one in (dossier["comparison"] or {}).get("terms", ())],
        "sha256": sha256,
        "product_name": product_name,
    }
    return render_pdf("products/dossier_pdf.html", context)


def _line(one: dict[str, Any]) -> dict[str, Any]:
    figures = one["figures"]
    return {
        "name": one["name"],
        "loss_ratio": percent(ratio(figures["paid_fen"], figures["premium_fen"])),
        "worse": figures["against"]["worse"]["people"],
        **{name: figures[name] for name in ("premium_fen", "paid_fen", "reached")},
    }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
