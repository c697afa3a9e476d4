"""Personal account 个人账户 and family use 共济: authorise, deduct, query, refund (HZ01-HZ04).

No national API is public; these are a model of our own in the national envelope, to be replaced by the city's interface
behind the same four functions. The caller mints instruction numbers and keeps the instruction as it was sent: the same
number with the same content is safe to send again, with other content it is a conflict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nhsa import codes, values
from nhsa.client import Client
from nhsa.errors import NhsaError, NhsaNotFound, NhsaRefused, NhsaUnknownOutcome


@dataclass(frozen=True, slots=True)
class PaidFor:
    """One insured of a deduction. relation: what the insured is to the payer, a key of codes.RELATIONS;
    authorisation_no: from `authorise`, "" only for self."""

    psn_no: str
    relation: str
    authorisation_no: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class DeductionInstruction:
    """Take from the payer's account the premiums of one or more insured, all or none."""

    instruction_no: str
    payer_psn_no: str
    insured: tuple[PaidFor, ...]

    @property
    def amount_fen(self) -> int:
        return sum(one.amount_fen for one in self.insured)


@dataclass(frozen=True, slots=True)
class RefundInstruction:
    """Give amount_fen of an executed deduction back to the account it came from, under a number of its own."""

    instruction_no: str
    original_instruction_no: str
    amount_fen: int


@dataclass(frozen=True, slots=True)
class AccountOutcome:
    """What became of an instruction, definitively. state: "done" or "refused" (then code says why, and no money moved).

    amount_fen is the amount executed as the platform states it: the caller compares it with what it asked.
    """

    instruction_no: str
    kind: str
    state: str
    code: str
    amount_fen: int
    platform_no: str
    balance_fen: int | None
    executed_at: datetime | None

    @property
    def done(self) -> bool:
        return self.state == "done"


def authorise(client: Client, *, payer_psn_no: str, insured_psn_no: str, relation: str, area: str) -> str:
    """The authorisation number for paying for this relative; moves no money, asking again returns the same.

    Raises NhsaRefused (acct_kin_unknown, acct_relation_not_allowed), NhsaNotFound, NhsaUnknownOutcome.
    """
    data = {"payer_psn_no": payer_psn_no, "psn_no": insured_psn_no, "rel_type": codes.RELATIONS[relation]}
    try:
        output = client.call("HZ04", data, insured_area=area)
    except NhsaRefused as refusal:
        raise _final(refusal) from refusal
    found = values.rows(output, "authinfo")
    number = values.text(found[0], "auth_no") if found else ""
    if not number:
        raise NhsaUnknownOutcome("output_unreadable", infno="HZ04")
    return number


def deduct(client: Client, instruction: DeductionInstruction, *, area: str) -> AccountOutcome:
    """Executed or refused, definitively. Raises NhsaInstructionConflict, or NhsaUnknownOutcome: then query.

    area: the payer's insured area, which routes the message and is no part of the instruction's content.
    """
    data = {
        "instr_no": instruction.instruction_no,
        "payer_psn_no": instruction.payer_psn_no,
        "pay_amt": values.yuan(instruction.amount_fen),
        "insulist": [
            {
                "psn_no": one.psn_no,
                "rel_type": codes.RELATIONS[one.relation],
                "auth_no": one.authorisation_no,
                "pay_amt": values.yuan(one.amount_fen),
            }
            for one in instruction.insured
        ],
    }
    return _instruct(client, "HZ01", data, area)


def refund(client: Client, instruction: RefundInstruction, *, area: str) -> AccountOutcome:
    """As `deduct`. Refusal codes: acct_original_not_found, acct_refund_exceeds."""
    data = {
        "instr_no": instruction.instruction_no,
        "orig_instr_no": instruction.original_instruction_no,
        "refd_amt": values.yuan(instruction.amount_fen),
    }
    return _instruct(client, "HZ03", data, area)


def query_instruction(client: Client, *, instruction_no: str, area: str) -> AccountOutcome | None:
    """What became of a deduction or refund. None: the platform does not know the number (yet: a message may still be
    under way, so only a resend of the same instruction or patience turns this into certainty)."""
    try:
        output = client.call("HZ02", {"instr_no": instruction_no}, insured_area=area)
    except NhsaNotFound:
        return None
    return _read(output, instruction_no, "HZ02")


def _instruct(client: Client, infno: str, data: Mapping[str, Any], area: str) -> AccountOutcome:
    """`data` is a function of the instruction alone, so that sending it again is the same content."""
    instruction_no = str(data["instr_no"])
    try:
        output = client.call(infno, data, insured_area=area)
    except NhsaRefused as refusal:
        final = _final(refusal)
        if not isinstance(final, NhsaRefused):
            raise final from refusal
        kind = "deduct" if infno == "HZ01" else "refund"
        return AccountOutcome(instruction_no, kind, "refused", refusal.code, 0, "", None, None)
    return _read(output, instruction_no, infno)


def _final(refusal: NhsaRefused) -> NhsaError:
    """Platforms also answer -1 when they are merely busy: only codes known to be final are taken as final."""
    if refusal.code in codes.FINAL_REFUSALS:
        return refusal
    return NhsaUnknownOutcome(refusal.code, infno=refusal.infno, msgid=refusal.msgid)


def _read(output: Any, instruction_no: str, infno: str) -> AccountOutcome:
    try:
        rows = values.rows(output, "acctinfo")
        row: Mapping[str, Any] = rows[0] if rows else {}
        state = {"1": "done", "2": "refused"}.get(values.text(row, "stas"))
        kind = {"1": "deduct", "2": "refund"}.get(values.text(row, "trns_type"))
        amount_fen = values.fen(row, "pay_amt")
        # An answer about another instruction, or without a clear state, is no answer.
        if state is None or kind is None or amount_fen is None or values.text(row, "instr_no") != instruction_no:
            raise values.Unreadable("acctinfo")
        return AccountOutcome(
            instruction_no=instruction_no,
            kind=kind,
            state=state,
            code=values.text(row, "rchk_code").lower(),
            amount_fen=amount_fen if state == "done" else 0,
            platform_no=values.text(row, "pltf_serl_no"),
            balance_fen=values.fen(row, "balc"),
            executed_at=values.moment(row, "trns_time"),
        )
    except values.Unreadable as error:
        raise NhsaUnknownOutcome("output_unreadable", infno=infno) from error
