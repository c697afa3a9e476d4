"""What the database refuses of people, their facts and families, whatever our code says."""

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
        case(
            "people_persondocument.persondocument_lasts",
            {"from_on": "2026-01-10", "to_on": "2026-01-11"},
            {"from_on": "2026-01-10", "to_on": "2026-01-10"},
        ),
        case(
            "people_persondocument.persondocument_taken_back_is_closed",
            {"withdrawn": True, "closed_at": NOW},
            {"withdrawn": True, "closed_at": None},
        ),
        case(
            "people_residence.residence_lasts",
            {"from_on": "2026-01-10", "to_on": "2026-01-11"},
            {"from_on": "2026-01-10", "to_on": "2026-01-10"},
        ),
        case(
            "people_personinsurance.personinsurance_lasts",
            {"from_on": "2026-01-10", "to_on": "2026-01-11"},
            {"from_on": "2026-01-10", "to_on": "2026-01-10"},
        ),
        case(
            "people_personinsurance.personinsurance_taken_back_is_closed",
            {"withdrawn": True, "closed_at": NOW},
            {"withdrawn": True, "closed_at": None},
        ),
        case(
            "people_personclass.personclass_lasts",
            {"from_on": "2026-01-10", "to_on": "2026-01-11"},
            {"from_on": "2026-01-10", "to_on": "2026-01-10"},
        ),
        case(
            "people_personclass.personclass_taken_back_is_closed",
            {"withdrawn": True, "closed_at": NOW},
            {"withdrawn": True, "closed_at": None},
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


# facts with days -----------------------------------------------------------------------------------------------------

FACTS = {
    "people_persondocument": ("kind", "number", "number_index", "name"),
    "people_personinsurance": ("type", "area", "status", "category", "civil_servant", "since_on", "paused_on"),
    "people_personclass": ("code", "name", "level"),
}
EVERY_FACT = ("person_id", "from_on", "source", "asked_at")


def open_fact(rows: Rows, table: str, trigger: str) -> Any:
    rows.without_checks(table)
    rows.with_triggers(table, trigger)
    return rows.put(table, from_on="2026-01-10")


@pytest.mark.parametrize("table", [pytest.param(table, id=f"{table}.fact_fixed") for table in FACTS])
def test_what_a_fact_says_stays(rows: Rows, table: str) -> None:
    fact = open_fact(rows, table, "fact_fixed")
    for column in (*EVERY_FACT, *FACTS[table]):
        if column in ("number", "name") and table == "people_persondocument":
            continue  # sealed: below
        value = True if column == "civil_servant" else rows.another(table, column)
        with pytest.raises(psycopg.errors.RaiseException, match="fixed"):
            rows.change(table, fact, **{column: value})
    rows.change(table, fact, to_on="2026-06-10", closed_at=NOW)


@pytest.mark.parametrize("table", [pytest.param("people_persondocument", id="people_persondocument.sealed_fixed")])
def test_nobody_exchanges_the_sealed_number_under_its_index(rows: Rows, table: str) -> None:
    fact = open_fact(rows, table, "sealed_fixed")
    for column in ("number", "name"):
        with pytest.raises(psycopg.errors.RaiseException, match="fixed"):
            rows.change(table, fact, **{column: "v1.of another row"})


@pytest.mark.parametrize("table", [pytest.param(table, id=f"{table}.fact_ends_once") for table in FACTS])
def test_a_fact_ends_once(rows: Rows, table: str) -> None:
    fact = open_fact(rows, table, "fact_ends_once")
    rows.change(table, fact, to_on="2026-06-10")
    with pytest.raises(psycopg.errors.RaiseException, match="ends once"):
        rows.change(table, fact, to_on="2026-06-11")
    rows.change(table, fact, closed_at=NOW)
    for change in ({"closed_at": None}, {"withdrawn": True}, {"to_on": None}):
        with pytest.raises(psycopg.errors.RaiseException, match="ends once"):
            rows.change(table, fact, **change)


@pytest.mark.parametrize("table", [pytest.param(table, id=f"{table}.fact_goes_with_her") for table in FACTS])
def test_a_fact_goes_with_its_person_only(rows: Rows, table: str) -> None:
    li = rows.put("people_person")
    fact = open_fact(rows, table, "fact_goes_with_her")
    hers, of_nobody = rows.put(table, person_id=li), fact
    rows.owner.execute("SET CONSTRAINTS ALL IMMEDIATE")
    rows.delete(table, of_nobody)
    with pytest.raises(psycopg.errors.RaiseException, match="with its person only"):
        rows.delete(table, hers)
