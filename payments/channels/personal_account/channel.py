"""The personal account as a channel.

details: {"payer_psn_no": …, "insured": [{"psn_no": …, "relation": key of nhsa.RELATIONS, "amount_fen": …}, …],
"area": the payer's insured area, optional}. The amounts sum to the charge. Family members are authorised first
(共济授权), which moves no money and gives the same number however often it is asked for: the number that was given when
the order was placed stands beside each ("authorisation_no"), and only one without it is asked for again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar

import nhsa
from core.partners import Partner
from nhsa.account import AccountOutcome
from nhsa.conf import NHSA
from payments.channels.base import Charge, GiveBack, Kind, Outcome, Purchase, Refusal, Words, canonical
from payments.channels.personal_account import words
from payments.channels.protocol import PaymentChannel


@dataclass(frozen=True)
class PersonalAccount(PaymentChannel):
    reference: str = NHSA.prefix

    code: ClassVar[str] = "PERSONAL_ACCOUNT"
    label: ClassVar[Words] = words.LABEL
    rank: ClassVar[int] = 10
    grace: ClassVar[timedelta] = timedelta(seconds=60)
    ledger_account: ClassVar[str] = "asset.clearing"
    # A deduction cannot be called off.
    late_watch: ClassVar[tuple[timedelta, ...]] = tuple(timedelta(minutes=each) for each in (10, 60, 6 * 60, 24 * 60))
    refusals: ClassVar[Mapping[str, Words]] = words.REFUSALS
    wants_authority: ClassVar[bool] = True

    def partner(self) -> Partner:
        """The platform: it is one partner for all that it does."""
        return replace(NHSA, prefix=self.reference)

    def number(self) -> str:
        """The application's id at the platform."""
        return self.client().caller.paasid

    def client(self) -> nhsa.Client:
        """Raises core.partners.NotConfigured."""
        return nhsa.client_at(self.reference)

    # Who may use it: employee-insured payers, for themselves and relatives proved to be close. Sanmenxia 五(一).

    def why_not(self, purchase: Purchase) -> Refusal | None:
        if not purchase.has_personal_account:
            return words.NO_ACCOUNT
        unproved = [share for share in purchase.shares if not share.is_proved]
        if any(share.is_close for share in unproved):
            return words.NOT_PROVED
        return words.NOT_CLOSE if unproved else None

    def hint(self, purchase: Purchase) -> Words:
        return words.FROM_WHOSE % {"name": purchase.payer_name}

    def details(self, purchase: Purchase) -> dict[str, Any]:
        """Whose account, for whom, on which authority, how much for each."""
        return {
            "payer_psn_no": purchase.payer_psn_no,
            "area": purchase.payer_area,
            "insured": [
                {
                    "psn_no": share.psn_no,
                    "relation": share.relation,
                    "authorisation_no": share.authorisation_no,
                    "amount_fen": share.amount_fen,
                }
                for share in purchase.shares
            ],
        }

    # Money in and back

    def encode_charge(self, charge: Charge) -> bytes:
        """Raises ValueError when the parts do not sum to the charge."""
        insured = [
            {
                "psn_no": one["psn_no"],
                "relation": one["relation"],
                "authorisation_no": one.get("authorisation_no", ""),
                "amount_fen": one["amount_fen"],
            }
            for one in charge.details["insured"]
        ]
        if sum(one["amount_fen"] for one in insured) != charge.amount_fen:
            raise ValueError(f"{charge.number}: the parts do not sum to the charge")
        return canonical(
            {
                "number": charge.number,
                "payer_psn_no": charge.details["payer_psn_no"],
                "insured": insured,
                "area": self._area(charge.details),
            }
        )

    def send(self, body: bytes) -> Outcome:
        request = json.loads(body)
        return _reported(lambda: nhsa.deduct(self.client(), self._deduction(request), area=request["area"]))

    def query(self, number: str, *, details: Mapping[str, Any]) -> Outcome:
        """Asked of the area that the instruction was sent to: another one may never have heard of it."""
        area = self._area(details)
        return _reported(lambda: nhsa.query_instruction(self.client(), instruction_no=number, area=area))

    def close(self, number: str) -> Outcome:
        """A deduction is done or refused in its own reply: there is nothing to close."""
        return Outcome(Kind.REFUSED, code="closed")

    def encode_refund(self, refund: GiveBack) -> bytes:
        return canonical(
            {
                "number": refund.number,
                "charge_number": refund.charge_number,
                "amount_fen": refund.amount_fen,
                "area": self._area(refund.details),
            }
        )

    def refund(self, body: bytes) -> Outcome:
        request = json.loads(body)
        instruction = nhsa.RefundInstruction(
            instruction_no=request["number"],
            original_instruction_no=request["charge_number"],
            amount_fen=request["amount_fen"],
        )
        return _reported(lambda: nhsa.refund(self.client(), instruction, area=request["area"]))

    def query_refund(self, number: str, *, details: Mapping[str, Any]) -> Outcome:
        return self.query(number, details=details)

    # Inside

    def _area(self, details: Mapping[str, Any]) -> str:
        return str(details.get("area") or self.client().caller.area)

    def _deduction(self, request: dict[str, Any]) -> nhsa.DeductionInstruction:
        """Raises NhsaRefused when a family member may not be paid for, NhsaUnknownOutcome."""
        insured = tuple(
            nhsa.PaidFor(
                psn_no=one["psn_no"],
                relation=one["relation"],
                amount_fen=one["amount_fen"],
                authorisation_no=one["authorisation_no"] or self._authorisation(request, one),
            )
            for one in request["insured"]
        )
        return nhsa.DeductionInstruction(request["number"], request["payer_psn_no"], insured)

    def _authorisation(self, request: dict[str, Any], insured: dict[str, Any]) -> str:
        if insured["relation"] == "self":
            return ""
        return nhsa.authorise(
            self.client(),
            payer_psn_no=request["payer_psn_no"],
            insured_psn_no=insured["psn_no"],
            relation=insured["relation"],
            area=request["area"],
        )


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
