"""Where inner rooms call back: payments about payouts; and the texts of this room's messages."""

from __future__ import annotations

from claims.purposes import PAYOUT


def register() -> None:
    """Called once by AppConfig.ready."""
    from claims import notices
    from claims.actions.payout_outcome import lock_for_payout, payout_failed, payout_paid
    from payments import purposes

    notices.register_texts()
    purposes.register_transfer(
        PAYOUT,
        ledger_account="liability.claims_payable",
        on_paid=payout_paid,
        on_rejected=payout_failed,
        on_bounced=payout_failed,
        lock=lock_for_payout,
    )
