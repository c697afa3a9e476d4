"""What the database refuses of families and plan years, whatever our code says."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.guards.rows import Rows, case, only_one_side_fits

LI, HER_MOTHER = 41, 42
NOW = "2026-11-20 10:00+08"
TERMS = (
    "code", "scheme_id", "name_zh", "name_en", "premium_fen", "opens_at", "closes_at", "cover_from", "cover_to",
    "benefits_plan", "benefits_text", "benefits_sha256",
)  # fmt: skip


@pytest.mark.parametrize(
    ("constraint", "fits", "does_not"),
    [
        case(
            "people_kinship.nobody_is_own_relative",
            {"payer_id": LI, "relative_id": HER_MOTHER},
            {"payer_id": LI, "relative_id": LI},
        ),
        case("people_kinship.kinship_is_not_self", {"relation": "parent"}, {"relation": "self"}),
        case("products_planyear.plan_year_premium_is_positive", {"premium_fen": 1}, {"premium_fen": 0}),
        case(
            "products_planyear.plan_year_cover_runs_forward",
            {"cover_from": "2027-01-01", "cover_to": "2027-01-02"},
            {"cover_from": "2027-01-01", "cover_to": "2027-01-01"},
        ),
        case(
            "products_planyear.plan_year_window_runs_forward",
            {"opens_at": "2026-10-01 00:00:00+08", "closes_at": "2026-10-01 00:00:01+08"},
            {"opens_at": "2026-10-01 00:00:00+08", "closes_at": "2026-10-01 00:00:00+08"},
        ),
        case(
            "people_kinship.proved_kinship_says_how",
            {"state": "proved", "proved_at": NOW, "proof_kind": "register"},
            {"state": "proved", "proved_at": NOW, "proof_kind": ""},
        ),
        case("people_person.an_account_has_its_proof", {"user_id": LI, "proof_id": 7}, {"user_id": LI}),
        case(
            "people_personproof.a_proof_names_somebody",
            {"state": "proved", "proved_at": NOW, "person_index": "a digest"},
            {"state": "proved", "proved_at": NOW, "person_index": ""},
        ),
    ],
)
def test_a_row_that_makes_no_sense(rows: Rows, constraint: str, fits: dict[str, Any], does_not: dict[str, Any]) -> None:
    only_one_side_fits(rows, constraint, fits, does_not)


@pytest.mark.parametrize("state", ["filed", "published", "closed"])
def test_the_terms_that_were_filed_stay(rows: Rows, state: str) -> None:
    rows.without_checks("products_planyear")
    rows.with_triggers("products_planyear", "plan_year_terms_fixed")
    filed, draft = rows.put("products_planyear", state=state), rows.put("products_planyear", state="draft")
    for column in TERMS:
        value = rows.another("products_planyear", column)
        other = {column: value}
        with pytest.raises(psycopg.errors.RaiseException, match="Cannot update rows"):
            rows.change("products_planyear", filed, **other)
        rows.change("products_planyear", draft, **other)


def test_a_proof_that_ended_forgets_who_it_was(rows: Rows) -> None:
    somebody = {"name": "v1.sealed", "id_number": "", "psn_no": "", "mobile": ""}
    nobody = dict.fromkeys(somebody, "")
    rows.without_checks("people_personproof")
    rows.with_triggers("people_personproof", "ended_proof_forgets")
    rows.put("people_personproof", guarded=True, state="proved", **somebody)
    for state in ("started", "used", "expired"):
        rows.put("people_personproof", guarded=True, state=state, **nobody)
        with pytest.raises(psycopg.errors.RaiseException, match=r"Cannot (insert|update) rows"):
            rows.put("people_personproof", guarded=True, state=state, **somebody)


@pytest.mark.parametrize(
    "wrong", [{}, {"user_id": HER_MOTHER}, {"person_index": "her mother's"}, {"state": "proved"}], ids=str
)
def test_an_account_becomes_a_person_by_that_persons_proof_only(rows: Rows, wrong: dict[str, Any]) -> None:
    """Li's account, Li's person number, a proof that was used for this."""
    rows.without_checks("people_person")
    rows.with_triggers("people_person", "account_only_by_proof")
    rows.without_checks("people_personproof")
    proof = rows.put("people_personproof", **{"user_id": LI, "person_index": "li's", "state": "used", **wrong})
    person = {"user_id": LI, "proof_id": proof, "psn_no_index": "li's"}
    if not wrong:
        rows.put("people_person", guarded=True, **person)
    else:
        with pytest.raises(psycopg.errors.RaiseException, match="by a proof of that person only"):
            rows.put("people_person", guarded=True, **person)
