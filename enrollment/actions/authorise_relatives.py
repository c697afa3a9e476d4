from __future__ import annotations

from core.actors import Actor
from enrollment import platform
from enrollment.errors import OrderNotFound
from enrollment.lifecycle import KinshipState
from enrollment.models import Kinship, Order


def authorise_relatives(*, order: Order, actor: Actor) -> int:
    """Get the platform's permission (共济授权) for the payer's account to pay for each relative on the order.

    Calls out, so never inside a transaction. Numbers already held are not asked for again; returns how many were new.
    Raises kin_unknown, platform_no_answer: nothing has been charged then. Source: Sanmenxia 五(一).
    """
    actor.require("enrollment.enrol")
    if actor.user_id is None or order.payer.user_id != actor.user_id:
        raise OrderNotFound()
    wanted = Kinship.objects.filter(
        payer=order.payer, relative__order_lines__order=order, authorisation_no="", state=KinshipState.PROVED
    ).select_related("relative")
    kinships = list(wanted)
    for kinship in kinships:
        number = platform.authorise(
            payer_psn_no=order.payer.psn_no,
            insured_psn_no=kinship.relative.psn_no,
            relation=kinship.relation,
            area=order.payer.insurance_area,
        )
        Kinship.objects.filter(pk=kinship.pk).update(authorisation_no=number)
    return len(kinships)
