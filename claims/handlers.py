"""What inner rooms learn from this one: texts of messages, records to keep, and whom payments tells of payouts."""

from __future__ import annotations

from claims.purposes import PAYOUT


def register() -> None:
    """Called once by AppConfig.ready."""
    from accounts import retention
    from claims import notices
    from claims.actions.payout_outcome import lock_for_payout, payout_failed, payout_paid
    from claims.retention import records_of
    from payments import purposes

    notices.register_texts()
    retention.register("claims", records_of)
    purposes.register_transfer(
        PAYOUT,
        ledger_account="liability.claims_payable",
        on_paid=payout_paid,
        on_rejected=payout_failed,
        on_bounced=payout_failed,
        lock=lock_for_payout,
    )
