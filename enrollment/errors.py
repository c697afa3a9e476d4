"""Refusals of this room that more than one action gives. Codes are stable; sentences say what to do."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core.clock import local
from core.errors import Conflict, DomainError, NotFound
from enrollment.models import PlanYear


class NoOpenPlanYear(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "no_open_plan_year",
            _("Enrolment is not open at the moment. It is open from October to December; please come back then."),
        )


class WindowClosed(Conflict):
    """Outside opens_at <= now < closes_at, or the plan year is not published."""

    def __init__(self, plan_year: PlanYear) -> None:
        super().__init__(
            "window_closed",
            _("Enrolment for this year is open from %(opens)s and ends before %(closes)s (Beijing time)."),
            opens=date_format(local(plan_year.opens_at), "DATE_FORMAT"),
            closes=date_format(local(plan_year.closes_at), "DATE_FORMAT"),
        )


class AlreadyInsured(Conflict):
    """E5. name is masked: who enrolled the person is nobody else's business."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "already_insured",
            _("%(name)s is already insured for this year, or somebody is paying for it now. Nothing is charged twice."),
            name=name,
        )


class PersonMissing(DomainError):
    def __init__(self) -> None:
        super().__init__("person_missing", _("Please tell us first who you are: your name and ID number."), status=409)


class CannotEnrolNow(Conflict):
    """As AlreadyInsured, to a payer who is not proved to be a relative: that she is insured is hers to tell."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "cannot_enrol_now",
            _("We cannot enrol %(name)s on this order. Please ask %(name)s, or call the service line."),
            name=name,
        )


class NotConfirmed(DomainError):
    """One answer for all that went wrong with a proof of person: another face, cancelled, unknown, mismatch, late,
    forged, another browser's. Which it was is nobody's business before it is proved who asks."""

    def __init__(self) -> None:
        super().__init__(
            "not_confirmed",
            _("It could not be confirmed that it is you. Please try again, or call the service line."),
        )


class CannotAdd(DomainError):
    """One answer for nobody of that number, another name, paused, another city: none of them is the asker's business
    before kinship is proved."""

    def __init__(self) -> None:
        super().__init__(
            "cannot_add",
            _(
                "We cannot add anybody with this name and ID number. Please compare both with the card, rare "
                "characters too. If they are right, please ask this person to enrol on a phone of her own, or call the "
                "service line."
            ),
            field="id_number",
        )


class KinshipNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("kinship_not_found", _("There is nobody like this on your list."))


class NobodyChosen(DomainError):
    def __init__(self) -> None:
        super().__init__("nobody_chosen", _("Please choose at least one person."), field="people")


class OrderNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("order_not_found", _("There is no such order among yours."))


class PolicyNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("policy_not_found", _("There is no such policy among yours."))


class PaymentInProgress(Conflict):
    def __init__(self) -> None:
        super().__init__(
            "payment_in_progress",
            _("A payment for this order is under way. Please wait for its result; nothing is charged twice."),
        )
