"""The full sentence of a published text behind a key, for whoever explains an amount: clauses first."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from products.models import PlanYear
from products.models.plan_year import DocumentKind
from products.selectors import documents_of
from products.texts.language import LANGUAGES
from products.texts.rendering import Rendered

_ORDER = (DocumentKind.CLAUSES, DocumentKind.EXCLUSIONS, DocumentKind.NOTICE, DocumentKind.PRIVACY)


def kept(rendered: Rendered) -> list[dict[str, Any]]:
    """As `PlanDocument.sentences` keeps them: what was published, whatever is counted or declared later."""
    return [{"keys": list(one.keys), "text": one.text} for one in rendered.sentences if one.keys and not one.is_heading]


def sentences_of(plan_year: PlanYear, key: str) -> list[str]:
    """Every sentence with this key in the reader's language."""
    language = _language()
    documents = documents_of(plan_year)
    return [
        one["text"]
        for kind in _ORDER
        if kind in documents
        for one in documents[kind].sentences.get(language, [])
        if key in one["keys"]
    ]


def what_it_counts(plan_year: PlanYear, responsibility: str) -> str:
    """What the clauses say of this responsibility alone that it counts."""
    clauses = documents_of(plan_year).get(DocumentKind.CLAUSES)
    said = clauses.sentences.get(_language(), []) if clauses else []
    of = {f"{responsibility}.base", f"lists.{responsibility}"}
    others = {key for one in said for key in one["keys"] if key.endswith(".base")} - of
    own = (one["text"] for one in said if of & set(one["keys"]) and not others & set(one["keys"]))
    return LANGUAGES[_language()].between.join(own)


def sentence_of(plan_year: PlanYear, key: str) -> str:
    """The first of them, "" where no text has the key. key: "exclusions.nursing", "compliant_self_pay.base"."""
    return next(iter(sentences_of(plan_year, key)), "")


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"
