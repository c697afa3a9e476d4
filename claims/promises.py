"""What this room keeps of what the published texts promise (products.promises)."""

from claims.actions.submit_claim import REVIEW_WORKDAYS
from claims.checks.claimed_in_time import YEARS
from claims.explain import APPEAL_DAYS, PAYMENT_DAYS
from products.promises import declare


def register() -> None:
    declare("decision_days", kept_by="claims.actions.submit_claim", figure=REVIEW_WORKDAYS, unit="working_days")
    declare("payment_days", kept_by="claims.explain", figure=PAYMENT_DAYS, unit="days")
    declare("appeal_days", kept_by="claims.explain", figure=APPEAL_DAYS, unit="days")
    declare("claim_years", kept_by="claims.checks.claimed_in_time", figure=YEARS, unit="years")
    declare("reasons_in_writing", kept_by="claims.letters")
    declare("asked_at_once", kept_by="claims.actions.request_materials")
    declare("every_yuan_shown", kept_by="claims.explain")
    declare("paid_once", kept_by="claims.checks.settled_once")
