"""People for tests of any room: residents and staff with roles, and browsers in which they are signed in."""

import time
from base64 import b32decode
from collections.abc import Collection, Mapping

from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import TOTP

from accounts.actions import confirm_role, grant_role, install_officer
from accounts.lifecycle import RoleState
from accounts.models import Authenticator, RoleAssignment, User
from accounts.shown import role_version
from core import clock
from core.actors import Actor
from messaging.models import SmsMessage

PASSWORD = "jade-orchard-41"
INSTALLER = Actor.system("tests", "accounts.install_officer")


def resident(phone: str = "13900001001", name: str = "李秀兰") -> User:
    return User.objects.create_resident(phone=phone, display_name=name)


def staff(username: str, *roles: str, within: Mapping[str, Collection[str]] | None = None, name: str = "") -> User:
    """A staff member with a password, a confirmed authenticator and these roles, as two officers give them."""
    user = User.objects.create_staff(username=username, password=PASSWORD, display_name=name)
    Authenticator.objects.create(user=user, name="totp", confirmed=True)
    for role in roles:
        give(user, role, within=within)
    return User.objects.get(pk=user.pk)


def officers() -> tuple[Actor, Actor]:
    """官一 and 官二, the first two access officers: one proposes, the other confirms."""
    for username in ("officer-one", "officer-two"):
        if not User.objects.filter(username=username).exists():
            user = User.objects.create_staff(username=username, password=None)
            install_officer(user=user, actor=INSTALLER, now=clock.now())
    one, two = User.objects.filter(username__startswith="officer-").order_by("username")
    return one.actor(), two.actor()


def give(user: User, role: str, *, within: Mapping[str, Collection[str]] | None = None) -> RoleAssignment:
    """A role from now on."""
    one, two = officers()
    given = grant_role(user=user, role=role, within=within, actor=one, now=clock.now())
    if given.state == RoleState.PROPOSED:
        confirm_role(assignment=given, seen=role_version(given), actor=two, now=clock.now())
    return given


def signed_in(user: User) -> Client:
    """A browser after a complete sign-in: for staff that includes the second factor."""
    client = Client()
    client.force_login(user)
    if user.is_staff_account:
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = Authenticator.objects.get(user=user, confirmed=True).persistent_id
        session.save()
    return client


def texted_code(phone: str) -> str:
    """The six digits of the newest sign-in message to this phone, read where the portal wrote them."""
    texts = [sms.text for sms in SmsMessage.objects.filter(template="login_code") if sms.to_phone == phone]
    return "".join(filter(str.isdigit, texts[0]))[:6]


def app_code(secret: str, *, steps_ahead: int = 0) -> str:
    """What an authenticator app shows for this secret now, or some steps of 30 seconds ahead."""
    totp = TOTP(b32decode(secret), 30, 0, 6)
    totp.time = time.time() + 30 * steps_ahead
    return f"{totp.token():06d}"
