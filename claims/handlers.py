"""What inner rooms learn from this one: texts of messages, records to keep, what its desk shows, whom payments tells
of payouts.
"""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from claims.purposes import PAYOUT


def register() -> None:
    """Called once by AppConfig.ready."""
    from accounts import retention, visibility
    from claims import my_data, notices, personal
    from claims.actions.payout_outcome import lock_for_payout, payout_failed, payout_paid
    from claims.retention import let_go, records_of
    from claims.selectors import desk_shows_account, desk_shows_payee, desk_shows_person
    from ledger.kinds import KINDS
    from payments import purposes

    KINDS.register("claim.approved", pgettext_lazy("ledger transaction", "Claim approved"))
    notices.register_texts()
    my_data.register()
    personal.register()
    retention.register("claims", records_of, let_go=let_go)
    visibility.register("claims.claimpayee", desk_shows_payee)
    visibility.register("people.person", desk_shows_person)
    visibility.register("accounts.user", desk_shows_account)
    purposes.register_transfer(
        PAYOUT,
        ledger_account="liability.claims_payable",
        on_paid=payout_paid,
        on_rejected=payout_failed,
        on_bounced=payout_failed,
        lock=lock_for_payout,
    )
