"""Personal fields of this room (privacy.register)."""

from __future__ import annotations

from privacy.register import AS_IT_WAS, NO_END_YET, NotExported, Personal, Shown, Way, declare

_WAS_SENT = NotExported("It was sent to this very telephone; what it told stands on the pages it points to.")


def register() -> None:
    declare(
        "messaging.smsmessage",
        to_phone=Personal("the number a message went to", Shown.MASKED, _WAS_SENT, AS_IT_WAS, NO_END_YET),
        text=Personal(
            "the message",
            Shown.TO_STAFF,
            _WAS_SENT,
            AS_IT_WAS,
            Way("Sign-in codes are erased once they are sent; other messages have no end yet.",
                by="messaging.actions.deliver_sms"),
        ),
    )  # fmt: skip
    declare(
        "messaging.optout",
        phone_index=Personal(
            "keyed digest of a number that wants no prompts",
            Shown.NEVER,
            NotExported("A digest; whether prompts are wanted stands on the page and among the consents."),
            Way("She says yes again.", by="accounts.actions.record_consent"),
            NO_END_YET,
        ),
    )
