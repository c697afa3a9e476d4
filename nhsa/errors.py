"""What a call to the national platform can end in, besides an answer.

Their texts carry codes and message ids only, never what was asked about whom.
"""

from __future__ import annotations


class NhsaError(Exception):
    """Base. code: stable snake_case; msgid: of the message, "" when none was sent."""

    def __init__(self, code: str, *, infno: str = "", msgid: str = "", message: str = "") -> None:
        super().__init__(f"{code} infno={infno} msgid={msgid}")
        self.code = code
        self.infno = infno
        self.msgid = msgid
        # The platform's own sentence, for staff; may name a person, so it is kept out of str() and logs.
        self.platform_message = message


class NhsaRefused(NhsaError):
    """Definitive business refusal: the platform understood, executed nothing, and will say the same again."""


class NhsaNotFound(NhsaRefused):
    """The platform does not know the person or number asked about. For an instruction sent a moment ago this is not yet
    proof that it will never be executed: `query_instruction` turns it into None and the caller decides."""


class NhsaInstructionConflict(NhsaError):
    """The instruction number was used before with other content. What it did then is to be queried, by a person."""


class NhsaUnknownOutcome(NhsaError):
    """No trustworthy answer: time-out, connection cut, 5xx, garbage, bad signature. It may have been executed: query
    before anything else, retry only with the same number and the same content."""


class NhsaGatewayRejected(NhsaUnknownOutcome):
    """The gateway did not accept this message (signature, clock, route); it says nothing about an earlier message with
    the same instruction number, so the instruction's outcome stays unknown until queried. An operator must look."""
