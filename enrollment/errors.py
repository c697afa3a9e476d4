"""Refusals of this room that more than one action gives. Codes are stable; sentences say what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, DomainError, NotFound


class AlreadyInsured(Conflict):
    """E5. name is masked: who enrolled the person is nobody else's business."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "already_insured",
            _("%(name)s is already insured for this year, or somebody is paying for it now. Nothing is charged twice."),
            name=name,
        )


class CannotEnrolNow(Conflict):
    """As AlreadyInsured, to a payer who is not proved to be a relative: that she is insured is hers to tell."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "cannot_enrol_now",
            _("We cannot enrol %(name)s on this order. Please ask %(name)s, or call the service line."),
            name=name,
        )


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
