"""Names under which this room moves money."""

PAYOUT = "claims.payout"
