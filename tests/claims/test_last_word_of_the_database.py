"""What the database refuses of claims, bills and decisions, whatever our code says."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from tests.guards.rows import Rows, case, only_one_side_fits

ZHOU, WANG = 41, 42
NOW = "2026-11-20 10:00+08"
APPROVED = {"proposed_by_id": ZHOU, "approved_by_id": WANG, "approved_at": NOW}
CONFIRMED = {"proposed_by_id": ZHOU, "confirmed_by_id": WANG, "confirmed_at": NOW}

FIXED = {
    "claims_claim.claim_subject_fixed": ("policy_id", "insured_id", "claimant_id", "settlement_no_index", "number"),
    "claims_decision.decision_figures_fixed": (
        "claim_id", "version", "payable_fen", "computation", "plan_name", "plan_sha256", "year_version", "year_before",
        "year_after", "proposed_by_id", "proposed_at",
    ),
    "claims_decision.decision_approval_fixed": ("approved_at", "approved_by_id"),
    "claims_payoutproposal.payout_proposal_fixed": (
        "claim_id", "decision_id", "failed_transfer", "amount_fen", "payee_digest", "account_tail", "proposed_by_id",

    ),
}  # fmt: skip
FREE = {
    "claims_claim": {"reviewer_id": ZHOU},
    "claims_decision": {"superseded_reason": "the year moved on"},
    "claims_payoutproposal": {"dropped_reason": "another account was named"},
}


@pytest.mark.parametrize(
    ("constraint", "fits", "does_not"),
    [
        case("claims_claimbill.bill_total_positive", {"total_fen": 1}, {"total_fen": 0}),
        case(
            "claims_claimbill.bill_runs_forward",
            {"admitted_on": "2026-11-20", "discharged_on": "2026-11-20"},
            {"admitted_on": "2026-11-21", "discharged_on": "2026-11-20"},
        ),
        case("claims_decision.decision_pays_nothing_negative", {"payable_fen": 0}, {"payable_fen": -1}),
        case("claims_decision.decision_maker_is_not_checker", APPROVED, {**APPROVED, "approved_by_id": ZHOU}),
        case("claims_decision.decision_approved_whole", APPROVED, {**APPROVED, "approved_at": None}),
        case("claims_decision.approved_decision_stays", {"superseded_at": NOW}, {**APPROVED, "superseded_at": NOW}),
        case(
            "claims_materialsrequest.second_request_has_supervisor",
            {"sequence": 1, "supervisor_id": None},
            {"sequence": 2, "supervisor_id": None},
        ),
        case(
            "claims_claimdocument.ready_paper_is_whole",
            {"state": "READY", "pages": 1},
            {"state": "READY", "pages": 0},
        ),
        case(
            "claims_claimdocument.refused_paper_says_why",
            {"state": "REFUSED", "refusal": "virus_found"},
            {"state": "REFUSED", "refusal": ""},
        ),
        case("claims_payoutproposal.payout_amount_is_positive", {"amount_fen": 1}, {"amount_fen": 0}),
        case("claims_payoutproposal.payout_maker_is_not_checker", CONFIRMED, {**CONFIRMED, "confirmed_by_id": ZHOU}),
        case("claims_payoutproposal.payout_confirmed_whole", CONFIRMED, {**CONFIRMED, "confirmed_at": None}),
        case(
            "claims_payoutproposal.payout_confirmed_or_dropped", {"dropped_at": NOW}, {**CONFIRMED, "dropped_at": NOW}
        ),
    ],
)
def test_a_row_that_makes_no_sense(rows: Rows, constraint: str, fits: dict[str, Any], does_not: dict[str, Any]) -> None:
    only_one_side_fits(rows, constraint, fits, does_not)


@pytest.mark.parametrize("guard", list(FIXED))
def test_what_a_claim_is_about_and_what_was_decided_is_never_written_over(rows: Rows, guard: str) -> None:
    table, _, trigger = guard.partition(".")
    rows.without_checks(table)
    rows.with_triggers(table, trigger)
    key = rows.put(table, **(APPROVED if guard.endswith("approval_fixed") else {}))
    for column in FIXED[guard]:
        value = rows.another(table, column)
        with pytest.raises(psycopg.errors.RaiseException, match="Cannot update rows"):
            rows.change(table, key, **{column: Jsonb({"other": True}) if isinstance(value, Jsonb) else value})
    rows.change(table, key, **FREE[table])


def test_a_confirmed_payout_is_as_it_was_confirmed(rows: Rows) -> None:
    confirmed, waiting = rows.put("claims_payoutproposal", **CONFIRMED), rows.put("claims_payoutproposal")
    with pytest.raises(psycopg.errors.RaiseException, match="Cannot update rows"):
        rows.change("claims_payoutproposal", confirmed, dropped_reason="thought better of it")
    rows.change("claims_payoutproposal", waiting, dropped_reason="another account was named")


def test_no_payout_begins_confirmed(rows: Rows) -> None:
    rows.put("claims_payoutproposal", guarded=True, proposed_by_id=ZHOU)
    with pytest.raises(psycopg.errors.RaiseException, match="Cannot insert rows"):
        rows.put("claims_payoutproposal", guarded=True, **CONFIRMED)


def test_money_that_came_back_is_sent_again_only_after_two_people_looked(rows: Rows) -> None:
    claim = rows.put("claims_claim", state="PAYOUT_FAILED")
    with pytest.raises(psycopg.errors.RaiseException, match="no confirmed proposal"):
        rows.change("claims_claim", claim, state="PAYING")
    rows.put("claims_payoutproposal", claim_id=claim, **CONFIRMED)
    rows.change("claims_claim", claim, state="PAYING")
