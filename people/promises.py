"""What this room keeps of what the published texts promise (products.promises)."""

from people.relations import GUARDIAN_CONSENT_BELOW_AGE
from products.promises import declare


def register() -> None:
    declare("insured_in_area", kept_by="people.eligibility")
    declare("proof_of_residence", kept_by="people.actions.confirm_residence")
    declare("account_pays_relatives", kept_by="people.actions.authorise_relatives")
    declare("consent_of_each", kept_by="people.actions.add_relative")
    declare("platform_is_asked", kept_by="people.notices")
    declare("guardian_age", kept_by="people.relations", figure=GUARDIAN_CONSENT_BELOW_AGE, unit="age")
