"""What the database refuses of people and families, whatever our code says."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.guards.rows import Rows, case, only_one_side_fits

LI, HER_MOTHER = 41, 42
NOW = "2026-11-20 10:00+08"


@pytest.mark.parametrize(
    ("constraint", "fits", "does_not"),
    [
        case(
            "people_kinship.nobody_is_own_relative",
            {"payer_id": LI, "relative_id": HER_MOTHER},
            {"payer_id": LI, "relative_id": LI},
        ),
        case("people_kinship.kinship_is_not_self", {"relation": "parent"}, {"relation": "self"}),
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
