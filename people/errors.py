"""Refusals of this room that more than one action gives. Codes are stable; sentences say what to do."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.errors import Conflict, DomainError, NotFound
from parties.addresses import home_of
from parties.models import Scheme


class PersonMissing(DomainError):
    def __init__(self) -> None:
        super().__init__("person_missing", _("Please tell us first who you are: your name and ID number."), status=409)


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


class NobodyOfThisCard(DomainError):
    """Said at the desk, alike whether the number or the name is another."""

    def __init__(self) -> None:
        super().__init__(
            "nobody_of_this_card",
            _(
                "Nobody with this name and number has confirmed here who she is. Please compare both with her card; if "
                "they are right, she signs in on the site first and confirms that it is she."
            ),
            field="id_number",
        )


class InsuredElsewhere(DomainError):
    """Her basic insurance runs in another city. home: the scheme of this kind that is hers, if there is one here.

    Whether people who live here all the same (new citizens, 新市民) have a way in is the scheme's own word.
    name: masked, where several people are asked about at once.
    """

    def __init__(self, scheme: Scheme, home: Scheme | None, *, name: str = "", field: str = "id_number") -> None:
        self.home = home
        if home is not None and scheme.admits_new_citizens:
            text = _(
                "This person's basic insurance is in %(city)s, so %(product)s is the one to enrol in: %(address)s. "
                "Whoever lives here for work, for school or with their children can still enrol here: please bring "
                "proof to a service point, or call the service line."
            )
        elif home is not None:
            text = _(
                "This person's basic insurance is in %(city)s, so %(product)s is the one to enrol in: %(address)s."
            )
        elif scheme.admits_new_citizens:
            text = _(
                "This person's basic insurance is in another city. Whoever lives here for work, for school or with "
                "their children can still enrol: please bring proof to a service point, or call the service line."
            )
        else:
            text = _(
                "This person's basic insurance is in another city. Here only people who are in this city's basic "
                "insurance can enrol."
            )
        words: dict[str, Any] = (
            {"city": home.city, "product": home.name, "address": f"{home_of(home)}/"} if home is not None else {}
        )
        if name:
            text, words = _("%(name)s: %(why)s"), {"name": name, "why": str(text) % words}
        super().__init__("insured_elsewhere", text, field=field, **words)


class RelativeIsSelf(DomainError):
    def __init__(self) -> None:
        super().__init__(
            "relative_is_self", _("This is your own ID number. You are on the list already."), field="id_number"
        )


class KinshipNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__("kinship_not_found", _("There is nobody like this on your list."))


class FactUnknown(DomainError):
    """What cannot be had is not "no": somebody asks the platform again, or a person settles it. why: what is known of
    the reason, as a sentence."""

    def __init__(self, what: str, day: date, *, why: str = "") -> None:
        super().__init__(
            "fact_unknown",
            _("For %(day)s it is not known: %(what)s. %(why)s"),
            status=409,
            what=WHAT[what],
            day=f"{day:%Y-%m-%d}",
            why=why or _("Please ask the national platform again."),
        )


def another_person() -> Conflict:
    return Conflict(
        "another_person",
        _("The national platform has somebody else under this person's number. Please link the person anew."),
    )


WHAT = {
    "documents": _("her documents"),
    "insurances": _("her insurance"),
    "classes": _("her class of assistance"),
    "insured_type": _("by which basic insurance she is insured"),
    "waiting_period": _("whether her basic insurance pays already"),
    "large_amount_cover": _("whether she has the large-amount subsidy"),
}
