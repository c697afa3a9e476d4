"""The medical personal account 个人账户, through the national platform: one deduction for the whole order, at once.

details: {"payer_psn_no": …, "insured": [{"psn_no": …, "relation": key of nhsa.RELATIONS, "amount_fen": …}, …],
"area": the payer's insured area, optional}. The amounts sum to the charge. Family members are authorised first
(共济授权), which moves no money and gives the same number however often it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import nhsa
from nhsa.account import AccountOutcome
from payments.channels.base import Charge, GiveBack, Kind, Outcome, canonical


@dataclass(frozen=True)
class PersonalAccountChannel:
    code: ClassVar[str] = "PERSONAL_ACCOUNT"

    def encode_charge(self, charge: Charge) -> bytes:
        """Raises ValueError when the parts do not sum to the charge."""
        insured = [
            {"psn_no": one["psn_no"], "relation": one["relation"], "amount_fen": one["amount_fen"]}
            for one in charge.details["insured"]
        ]
        if sum(one["amount_fen"] for one in insured) != charge.amount_fen:
            raise ValueError(f"{charge.number}: the parts do not sum to the charge")
        return canonical(
            {
                "number": charge.number,
                "payer_psn_no": charge.details["payer_psn_no"],
                "insured": insured,
                "area": _area(charge.details),
            }
        )

    def send(self, body: bytes) -> Outcome:
        request = json.loads(body)
        return _reported(lambda: nhsa.deduct(nhsa.get_client(), _deduction(request), area=request["area"]))

    def query(self, number: str, *, details: Mapping[str, Any]) -> Outcome:
        """Asked of the area that the instruction was sent to: another one may never have heard of it."""
        area = _area(details)
        return _reported(lambda: nhsa.query_instruction(nhsa.get_client(), instruction_no=number, area=area))

    def close(self, number: str) -> Outcome:
        """A deduction is done or refused in its own reply: there is nothing to close."""
        return Outcome(Kind.REFUSED, code="closed")

    def encode_refund(self, refund: GiveBack) -> bytes:
        return canonical(
            {
                "number": refund.number,
                "charge_number": refund.charge_number,
                "amount_fen": refund.amount_fen,
                "area": _area(refund.details),
            }
        )

    def refund(self, body: bytes) -> Outcome:
        request = json.loads(body)
        instruction = nhsa.RefundInstruction(
            instruction_no=request["number"],
            original_instruction_no=request["charge_number"],
            amount_fen=request["amount_fen"],
        )
        return _reported(lambda: nhsa.refund(nhsa.get_client(), instruction, area=request["area"]))

    def query_refund(self, number: str, *, details: Mapping[str, Any]) -> Outcome:
        return self.query(number, details=details)


def _area(details: Mapping[str, Any]) -> str:
    return str(details.get("area") or nhsa.get_client().caller.area)


def _deduction(request: dict[str, Any]) -> nhsa.DeductionInstruction:
    """Raises NhsaRefused when a family member may not be paid for, NhsaUnknownOutcome."""
    client = nhsa.get_client()
    insured = tuple(
        nhsa.PaidFor(
            psn_no=one["psn_no"],
            relation=one["relation"],
            amount_fen=one["amount_fen"],
            authorisation_no=""
            if one["relation"] == "self"
            else nhsa.authorise(
                client,
                payer_psn_no=request["payer_psn_no"],
                insured_psn_no=one["psn_no"],
                relation=one["relation"],
                area=request["area"],
            ),
        )
        for one in request["insured"]
    )
    return nhsa.DeductionInstruction(request["number"], request["payer_psn_no"], insured)


def _reported(call: Callable[[], AccountOutcome | None]) -> Outcome:
    try:
        answer = call()
    except nhsa.NhsaRefused as refusal:
        return Outcome(Kind.REFUSED, code=refusal.code)
    except nhsa.NhsaError as error:
        return Outcome.unknown(error.code)
    if answer is None:
        return Outcome(Kind.NOT_FOUND, code="acct_instr_not_found")
    if not answer.done:
        return Outcome(Kind.REFUSED, code=answer.code)
    if answer.executed_at is None or not answer.platform_no:
        return Outcome.unknown("output_unreadable")
    return Outcome(
        Kind.PAID,
        code="done",
        transaction_no=answer.platform_no,
        amount_fen=answer.amount_fen,
        at=answer.executed_at,
    )
