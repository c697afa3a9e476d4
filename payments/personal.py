"""Personal fields of this room (privacy.register)."""

from __future__ import annotations

from privacy.register import (
    AS_IT_WAS,
    WITH_THE_BOOKS,
    Exported,
    NotExported,
    Personal,
    Shown,
    Way,
    declare,
    declare_impersonal,
)

_PAYOUT = "claims[].payouts[]"
_NAMED_ANEW = Way("A returned payout goes to an account that is named anew; the old one stays as it was sent.")


def register() -> None:
    declare(
        "payments.payment",
        details=Personal(
            "person numbers and relations of the people a personal account pays for",
            Shown.NEVER,
            NotExported("The people on an order are in the copy under enrollment and people; these are their numbers."),
            AS_IT_WAS,
            WITH_THE_BOOKS,
        ),
    )
    declare(
        "payments.notification",
        body=Personal(
            "a channel's message as received, which names the payer at the channel",
            Shown.NEVER,
            NotExported("The channel's word to us; what it told stands in the payment."),
            AS_IT_WAS,
            WITH_THE_BOOKS,
        ),
    )
    declare(
        "payments.transfer",
        payee_name=Personal(
            "the account's holder", Shown.AT_THE_DESK, Exported(f"{_PAYOUT}.payee_name"), _NAMED_ANEW, WITH_THE_BOOKS
        ),
        account_no=Personal(
            "the account a claim was paid to",
            Shown.NEVER,
            Exported(f"{_PAYOUT}.account_number"),
            _NAMED_ANEW,
            WITH_THE_BOOKS,
        ),
        outcome_text=Personal(
            "the bank's words about a payout",
            Shown.AT_THE_DESK,
            Exported(f"{_PAYOUT}.what_the_bank_said"),
            AS_IT_WAS,
            WITH_THE_BOOKS,
        ),
    )
    declare_impersonal("payments.payment", "the product and year that is paid for", "subject")
    declare_impersonal("payments.refund", "a code, never a person's words", "reason")
    declare_impersonal("payments.transfer", "what the bank statement shows: the claim's number", "narrative")
    declare_impersonal("payments.moneyaccount", "a merchant or a bank account of ours", "name")
