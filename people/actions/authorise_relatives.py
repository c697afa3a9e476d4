from __future__ import annotations

from collections.abc import Iterable

from core.actors import Actor
from parties.models import Scheme
from people import platform
from people.errors import PersonMissing
from people.lifecycle import KinshipState
from people.models import Kinship, Person


def authorise_relatives(*, payer: Person, kinships: Iterable[Kinship], scheme: Scheme, actor: Actor) -> int:
    """Get the platform's permission (共济授权) for the payer's account to pay for these relatives of hers.

    kinships: as they stand now, with the relatives; whose kinship is not proved is passed over. scheme: whose
    application asks. Calls out, so never inside a transaction. Numbers already held are not asked for again; returns
    how many were new. Raises person_missing but for the payer's own account, kin_unknown, platform_no_answer: nothing
    has been charged then. Source: Sanmenxia 五(一).
    """
    actor.require("enrollment.enrol")
    if actor.user_id is None or payer.user_id != actor.user_id:
        raise PersonMissing()
    given: list[Kinship] = []
    try:
        for kinship in kinships:
            if kinship.payer_id != payer.pk or kinship.state != KinshipState.PROVED or kinship.authorisation_no:
                continue
            kinship.authorisation_no = platform.authorise(
                scheme,
                payer_psn_no=payer.psn_no,
                insured_psn_no=kinship.relative.psn_no,
                relation=kinship.relation,
                area=payer.insurance_area,
            )
            given.append(kinship)
    finally:  # of several the platform may refuse the last
        Kinship.objects.bulk_update(given, ["authorisation_no"])
    return len(given)
