"""Everything that can be done to a claim. Outer rooms and adapters import from here."""

from claims.actions.add_bills import add_bills
from claims.actions.add_document import add_document
from claims.actions.answer_questions import answer_questions
from claims.actions.approve_decision import approve_decision
from claims.actions.arrange_payees import PayeeGiven, confirm_payees, propose_payees, refuse_payees
from claims.actions.ask_platform import ask_platform
from claims.actions.close_report import close_report
from claims.actions.confirm_payout import confirm_payout, refuse_payout
from claims.actions.decline_claim import decline_claim
from claims.actions.fetch_bills import fetch_again
from claims.actions.hand_in_materials import hand_in_materials
from claims.actions.look_up_stays import look_up_stays
from claims.actions.pay_claim import pay_claim
from claims.actions.payout_outcome import payout_failed, payout_paid
from claims.actions.propose_decision import propose_decision
from claims.actions.propose_payout import propose_payout
from claims.actions.record_finding import record_finding
from claims.actions.remove_document import remove_document
from claims.actions.report_claim import report_claim
from claims.actions.request_materials import request_materials
from claims.actions.send_back import send_back
from claims.actions.set_payee import set_payee
from claims.actions.start_claim import register_claim, start_claim
from claims.actions.submit_claim import submit_claim
from claims.actions.take_claim import take_claim
from claims.actions.withdraw_claim import withdraw_claim

__all__ = [
    "PayeeGiven",
    "add_bills",
    "add_document",
    "answer_questions",
    "approve_decision",
    "ask_platform",
    "close_report",
    "confirm_payees",
    "confirm_payout",
    "decline_claim",
    "fetch_again",
    "hand_in_materials",
    "look_up_stays",
    "pay_claim",
    "payout_failed",
    "payout_paid",
    "propose_decision",
    "propose_payees",
    "propose_payout",
    "record_finding",
    "refuse_payees",
    "refuse_payout",
    "register_claim",
    "remove_document",
    "report_claim",
    "request_materials",
    "send_back",
    "set_payee",
    "start_claim",
    "submit_claim",
    "take_claim",
    "withdraw_claim",
]
