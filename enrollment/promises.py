"""What this room keeps of what the published texts promise (products.promises): selling, giving back, and the data that
comes with it."""

from enrollment.retention import KEPT_YEARS
from products.promises import declare


def register() -> None:
    declare("free_choice", kept_by="enrollment.actions.place_order")
    declare("one_policy", kept_by="enrollment.actions.place_order")
    declare("documents_shown", kept_by="enrollment.actions.record_sales_step")
    declare("offered_channels", kept_by="payments.money_accounts")
    declare("surrender", kept_by="enrollment.actions.surrender_policy")
    declare("kept_years", kept_by="enrollment.retention", figure=KEPT_YEARS, unit="years")
    declare("drafts_expire", kept_by="enrollment.actions.expire_orders")
    declare("insurers_receive", kept_by="accounts.visibility")
    declare("own_data", kept_by="accounts.my_data")
    declare("consent_withdrawn", kept_by="accounts.actions.record_consent")
    declare("sealed", kept_by="privacy.fields")
    declare("reading_recorded", kept_by="accounts.actions.reveal_identity")
