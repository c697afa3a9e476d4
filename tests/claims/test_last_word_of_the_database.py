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
CLOSED = {"closed_by_id": ZHOU, "closed_at": NOW, "closed_because": "v1.told twice"}
UNSAID = {**CLOSED, "closed_because": None}
CONFIRMED = {"proposed_by_id": ZHOU, "confirmed_by_id": WANG, "confirmed_at": NOW}


def fen(**amounts: int | float | str) -> dict[str, Any]:
    """A bill with these amounts: fen(total=1)."""
    return {"amounts": Jsonb({f"{name}_fen": amount for name, amount in amounts.items()})}


FIXED = {
    "claims_claim.claim_subject_fixed": ("policy_id", "insured_id", "filed_by_id", "way", "number"),
    "claims_claimbill.bill_written_once": (
        "claim_id", "position", "settlement_no", "settlement_no_index", "visit_no", "hospital_name", "admitted_on",
        "diagnoses", "lines", "amounts", "imported_at",
    ),
    "claims_claimreport.claim_report_written_once": (
        "policy_id", "insurer_id", "way", "reported_by", "contact", "what_happened", "began_on", "taken_by_id",
        "taken_at",
    ),
    "claims_decision.decision_figures_fixed": (
        "claim_id", "version", "payable_fen", "plan_name", "plan_sha256", "year_version", "year_before",
        "year_after", "proposed_by_id", "proposed_at",
    ),
    "claims_decision.decision_approval_fixed": ("approved_at", "approved_by_id"),
    "claims_claimpayee.payee_written_once": ("claim_id", "name", "account", "share_millionths", "change_id"),
    "claims_payeechange.payee_change_fixed": ("claim_id", "reason", "proposed_by_id", "proposed_at"),
    "claims_payout.payout_obligation_fixed": ("claim_id", "decision_id", "position", "number", "amount_fen"),
    "claims_payoutproposal.payout_proposal_fixed": (
        "claim_id", "payout_id", "payee_id", "failed_transfer", "amount_fen", "payee_digest", "account_tail",
        "proposed_by_id",
    ),
}  # fmt: skip
FREE = {
    "claims_claim": {"reviewer_id": ZHOU},
    "claims_claimbill": {"held": True},
    "claims_claimreport": {"claim_id": None},
    "claims_decision": {"superseded_reason": "the year moved on"},
    "claims_claimpayee": {"until": NOW},
    "claims_payeechange": {"dropped_reason": "the will was found"},
    "claims_payout": {"paid_at": NOW},
    "claims_payoutproposal": {"dropped_reason": "another account was named"},
}


@pytest.mark.parametrize(
    ("constraint", "fits", "does_not"),
    [
        case("claims_claimbill.bill_total_positive", fen(total=1), fen(total=0)),
        case("claims_claimbill.bill_parts_and_funds_not_negative", fen(in_scope=0), fen(in_scope=-1)),
        case("claims_claimbill.bill_amounts_are_known_fen", fen(total=1), fen(tip=1)),
        case("claims_computedbill.computed_bill_not_negative", {"payable_fen": 0}, {"payable_fen": -1}),
        case(
            "claims_claim.claim_of_the_site_has_a_filer", {"way": "resident", "filed_by_id": ZHOU}, {"way": "resident"}
        ),
        case(
            "claims_claimbill.bill_runs_forward",
            {"admitted_on": "2026-11-20", "discharged_on": "2026-11-20"},
            {"admitted_on": "2026-11-21", "discharged_on": "2026-11-20"},
        ),
        case("claims_claimreport.claim_report_one_outcome", CLOSED, {**CLOSED, "claim_id": 1}),
        case("claims_claimreport.claim_report_closed_by_somebody_with_a_reason", CLOSED, UNSAID),
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
        case("claims_payout.payout_is_about_money", {"amount_fen": 1}, {"amount_fen": 0}),
        case("claims_claimpayee.payee_share_is_a_part", {"share_millionths": 1}, {"share_millionths": 0}),
        case(
            "claims_claimpayee.payee_of_a_part_was_arranged",
            {"share_millionths": 1_000_000, "change_id": None},
            {"share_millionths": 999_999, "change_id": None},
        ),
        case(
            "claims_claimpayee.payee_ends_after_it_began", {"since": NOW, "until": NOW}, {"since": None, "until": NOW}
        ),
        case("claims_payeechange.payees_maker_is_not_checker", CONFIRMED, {**CONFIRMED, "confirmed_by_id": ZHOU}),
        case("claims_payeechange.payees_confirmed_whole", CONFIRMED, {**CONFIRMED, "confirmed_at": None}),
        case("claims_payeechange.payees_confirmed_or_dropped", {"dropped_at": NOW}, {**CONFIRMED, "dropped_at": NOW}),
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


@pytest.mark.parametrize("amounts", [{}, {"in_scope": 1}], ids=["empty", "only a part"])
def test_a_bill_without_its_total(rows: Rows, amounts: dict[str, Any]) -> None:
    rows.without_checks("claims_claimbill", but="bill_total_positive")
    with pytest.raises(psycopg.errors.CheckViolation):
        rows.put("claims_claimbill", **fen(**amounts))


@pytest.mark.parametrize("amount", [0.5, "100", True, None], ids=repr)
def test_an_amount_that_is_no_whole_number_of_fen(rows: Rows, amount: Any) -> None:
    rows.without_checks("claims_claimbill", but="bill_amounts_are_known_fen")
    with pytest.raises(psycopg.errors.CheckViolation):
        rows.put("claims_claimbill", **fen(total=1, cash_paid=amount))


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
    back = {"state": "RETURNED", "returned_transfer": "TR-1", "payee_id": 51}
    payout = rows.put("claims_payout", claim_id=claim, **back)
    with pytest.raises(psycopg.errors.RaiseException, match="a payout stands otherwise"):
        rows.change("claims_claim", claim, state="PAYING")
    with pytest.raises(psycopg.errors.RaiseException, match="no confirmed proposal"):
        rows.change("claims_payout", payout, state="INSTRUCTED")
    seen = {"payout_id": payout, "failed_transfer": "TR-1", "payee_id": 52}
    rows.put("claims_payoutproposal", **seen, **CONFIRMED)
    with pytest.raises(psycopg.errors.RaiseException, match="no confirmed proposal"):
        rows.change("claims_payout", payout, state="INSTRUCTED", payee_id=53)
    rows.change("claims_payout", payout, state="INSTRUCTED", payee_id=52)
    rows.change("claims_claim", claim, state="PAYING")


def test_a_claim_is_paid_when_all_its_payouts_are(rows: Rows) -> None:
    claim = rows.put("claims_claim", state="PAYING")
    payouts = [rows.put("claims_payout", claim_id=claim, state=state) for state in ("PAID", "INSTRUCTED")]
    with pytest.raises(psycopg.errors.RaiseException, match="a payout stands otherwise"):
        rows.change("claims_claim", claim, state="PAID")
    rows.change("claims_payout", payouts[1], state="PAID")
    rows.change("claims_claim", claim, state="PAID")


def test_a_payee_counts_only_when_a_second_person_has_confirmed(rows: Rows) -> None:
    rows.without_checks("claims_claimpayee")
    rows.with_triggers("claims_claimpayee", "payee_counts_when_confirmed")
    change = rows.put("claims_payeechange")
    payee = rows.put("claims_claimpayee", change_id=change)
    with pytest.raises(psycopg.errors.RaiseException, match="no second person"):
        rows.change("claims_claimpayee", payee, since=NOW)
    rows.change("claims_payeechange", change, confirmed_by_id=WANG, confirmed_at=NOW)
    rows.change("claims_claimpayee", payee, since=NOW)


def test_a_confirmed_change_of_payees_is_as_it_was_confirmed(rows: Rows) -> None:
    confirmed, waiting = rows.put("claims_payeechange", **CONFIRMED), rows.put("claims_payeechange")
    with pytest.raises(psycopg.errors.RaiseException, match="Cannot update rows"):
        rows.change("claims_payeechange", confirmed, dropped_reason="thought better of it")
    rows.change("claims_payeechange", waiting, dropped_reason="the will was found")


def test_no_change_of_payees_begins_confirmed(rows: Rows) -> None:
    rows.put("claims_payeechange", guarded=True, proposed_by_id=ZHOU)
    with pytest.raises(psycopg.errors.RaiseException, match="Cannot insert rows"):
        rows.put("claims_payeechange", guarded=True, **CONFIRMED)
