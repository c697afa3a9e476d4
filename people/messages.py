"""Text messages about who is who, written in the transaction of what they tell."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from core.identifiers import mask_mobile
from messaging import templates
from messaging.actions import send_sms
from parties.addresses import address
from parties.models import Scheme
from people.models import HouseholdCheck, Kinship, Person

# Names are masked and phones too: telephones are lent and shared.
_TEXTS = {
    "person_linked": _(
        "Your number now stands for %(name)s, confirmed by the national platform. "
        "If this is not you, open %(address)s and choose “This is not me”."
    ),
    "person_linked_elsewhere": _(
        "%(name)s was confirmed on the number %(phone)s. If that was not you, sign in at %(address)s and "
        "confirm that it is you: then everything is yours again."
    ),
    "person_given_back": _(
        "Your number no longer stands for %(name)s. What was paid stays valid. "
        "If that is a mistake, open %(address)s and confirm that it is you."
    ),
    "person_free_again": _(
        "%(name)s is no longer connected with the number %(phone)s. What was paid stays valid. "
        "To see everything, sign in at %(address)s and confirm that it is you."
    ),
    "kinship_asked": _(
        "%(name)s says that you two are relatives and asks to act for you. "
        "Nothing is shown before you agree. Agree or refuse at %(address)s."
    ),
    "kinship_confirmed": _(
        "It is confirmed that %(name)s and you are relatives. You may now make claims for %(name)s."
    ),
    "kinship_not_shown": _(
        "The papers did not show that %(name)s and you are relatives. You may bring others, or %(name)s "
        "agrees at %(address)s."
    ),
    "kinship_confirmed_of_you": _(
        "It is confirmed that %(payer)s and you are relatives; %(payer)s may now act for you. "
        "You may take that back at %(address)s."
    ),
}


def register() -> None:
    for name, text in _TEXTS.items():
        templates.register(name, text)


def tell_linked(person: Person, *, scheme: Scheme, now: datetime) -> None:
    """The account's number, and the person's own where the platform knows another one."""
    assert person.user is not None
    assert person.proof is not None  # the two come together
    words = {"name": person.masked_name, "address": _address(scheme), "phone": mask_mobile(person.user.phone)}
    key = f"person-linked:{person.proof.number}"
    _send(person.user.phone, "person_linked", words, key=key, scheme=scheme, now=now)
    if person.mobile and person.mobile != person.user.phone:
        _send(person.mobile, "person_linked_elsewhere", words, key=f"{key}:own", scheme=scheme, now=now)


def tell_given_back(person: Person, account: User, *, occasion: str, scheme: Scheme, now: datetime) -> None:
    """occasion: the number of the proof by which the account had stood for her."""
    words = {"name": person.masked_name, "address": _address(scheme), "phone": mask_mobile(account.phone)}
    key = f"person-given-back:{occasion}"
    _send(account.phone, "person_given_back", words, key=key, scheme=scheme, now=now)
    if person.mobile and person.mobile != account.phone:
        _send(person.mobile, "person_free_again", words, key=f"{key}:own", scheme=scheme, now=now)


def ask_kinship(kinship: Kinship, *, now: datetime) -> None:
    """To the relative's own account, if she has one."""
    account, scheme = kinship.relative.user, kinship.scheme
    if account is None:
        return
    words = {"name": kinship.payer.masked_name, "address": _address(scheme)}
    key = f"kinship-asked:{kinship.pk}:{kinship.events.count()}"
    _send(account.phone, "kinship_asked", words, key=key, scheme=scheme, now=now)


def tell_household(kinship: Kinship, check: HouseholdCheck, *, now: datetime) -> None:
    """To the payer, and where it was shown to the relative's own account as well, who may take it back."""
    scheme = kinship.scheme
    words = {"name": kinship.relative.masked_name, "payer": kinship.payer.masked_name, "address": _address(scheme)}
    key = f"household:{check.pk}"
    if kinship.payer.user is not None:
        template = "kinship_confirmed" if check.shows_it else "kinship_not_shown"
        _send(kinship.payer.user.phone, template, words, key=key, scheme=scheme, now=now)
    if check.shows_it and kinship.relative.user is not None:
        _send(
            kinship.relative.user.phone,
            "kinship_confirmed_of_you",
            words,
            key=f"{key}:relative",
            scheme=scheme,
            now=now,
        )


def _address(scheme: Scheme) -> str:
    return address(scheme, "people:link")


def _send(phone: str, template: str, words: dict[str, str], *, key: str, scheme: Scheme, now: datetime) -> None:
    if not phone:  # a closed account
        return
    try:
        # Whoever acts may read English; the resident's message is Chinese.
        with translation.override("zh-hans"):
            send_sms(
                phone=phone,
                template=template,
                params=words,
                key=key,
                scheme=scheme,
                now=now,
            )
    except DomainError as error:
        # The platform's number may be a landline or foreign; what happens does not depend on its message.
        if error.code != "mobile_format":
            raise
