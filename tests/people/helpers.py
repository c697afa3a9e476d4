"""The people of the sandbox, and how they come to be known to the portal, in sentences."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client
from pytest_django import Settings

from accounts import sessions
from accounts.models import User
from core import clock
from core.actors import Actor
from demo.plan_years import create_demo_plan_years
from people.actions import Why, add_relative, finish_proof, link_person, start_proof
from people.models import Kinship, Person, PersonProof
from people.models.person import ConsentKind
from sandbox.testing import Sandbox

# (name, identity number, phone) as the sandbox's platform knows them.
LI = ("李秀兰", "411202196803154264", "13900001001")
MOTHER = ("王桂英", "411202194309023286", "13900001002")
HUSBAND = ("张建国", "411202196611204175", "13900001003")
DAUGHTER = ("张晓雨", "411202199506082464", "13900001004")
ZHAO = ("赵国强", "411281197001255194", "13900001005")
PAUSED = ("钱小龙", "411221198304123314", "13900001006")
NEW_CITIZEN = ("周敏", "410102199010052230", "13900001007")
GRANDCHILD = ("陈一诺", "411202201805192188", "13900001008")
RARE_NAME = ("马𬱖", "411203198802145150", "13900001011")

# The secret of the one browser that everybody uses here.
BROWSER = "b" * 32


@dataclass
class Resident:
    user: User
    person: Person

    @property
    def actor(self) -> Actor:
        return self.user.actor()


def account(phone: str) -> User:
    """The account behind a phone, as after the first sign-in."""
    return User.objects.with_phone(phone) or User.objects.create_resident(phone=phone)


class Townspeople:
    """Who lives here and is known to the national platform of the sandbox; what they do to be known to the portal.

    tests.enrollment.helpers.Town adds what they buy.
    """

    def __init__(self, sandbox: Sandbox, settings: Settings) -> None:
        self.sandbox = sandbox
        self.settings = settings
        self.last_year, self.plan_year = create_demo_plan_years()
        self.scheme = self.plan_year.scheme

    # people

    def resident(self, who: tuple[str, str, str] = LI) -> Resident:
        """Signed in and proved to be who she is."""
        name, _id_number, phone = who
        user = account(phone)
        known = Person.objects.filter(user=user).first()
        return Resident(user, known or self.links(user, name))

    def proves(self, user: User, name: str, *, method: str = "voucher", id_number: str = "") -> PersonProof:
        """She begins here, confirms on the platform's page, and is back in the same browser."""
        begun = start_proof(
            user=user,
            method=method,
            name=name if method == "face" else "",
            id_number=id_number,
            consented=True,
            session_secret=BROWSER,
            scheme=self.scheme,
            now=clock.now(),
        )
        return self.returns(user, self.sandbox.confirm_person(begun.platform_url, name, method=method))

    def returns(self, user: User, address: str, *, browser: str = "") -> PersonProof:
        query = parse_qs(urlsplit(address).query)
        return finish_proof(
            user=user,
            session_secret=browser or BROWSER,
            state=query["state"][0],
            ticket=query["ticket"][0],
            scheme=self.scheme,
            now=clock.now(),
        )

    def links(self, user: User, name: str, *, takes_over: Why | None = None) -> Person:
        proof = self.proves(user, name)
        return link_person(user=user, proof=proof, takes_over=takes_over, plan_year=self.plan_year, now=clock.now())

    def add(
        self,
        resident: Resident,
        who: tuple[str, str, str],
        relation: str,
        *,
        consent: ConsentKind | None = ConsentKind.INSURED,
        odd_confirmed: bool = False,
    ) -> Kinship:
        return add_relative(
            user=resident.user,
            relation=relation,
            name=who[0],
            id_number=who[1],
            consent=consent,
            odd_confirmed=odd_confirmed,
            plan_year=self.plan_year,
            now=clock.now(),
        )

    # time and pages

    def pass_time(self, **delta: float) -> None:
        """For the portal and the sandbox alike."""
        shift = float(self.settings.PORTAL_CLOCK.rstrip("s")) + timedelta(**delta).total_seconds()
        self.settings.PORTAL_CLOCK = f"{'-' if shift < 0 else '+'}{abs(int(shift))}s"
        self.sandbox.clock(self.settings.PORTAL_CLOCK)

    def browse(self, resident: Resident | User | None = None) -> Client:
        """A browser without scripts, signed in as this resident."""
        client = Client()
        if resident is not None:
            user = resident.user if isinstance(resident, Resident) else resident
            client.force_login(user, backend="accounts.backends.RoleBackend")
            session = client.session
            sessions.go_on(session, now=clock.now())
            session.save()
        return client


def form_key() -> str:
    return uuid.uuid4().hex


def codes(response: Any) -> set[str]:
    """The codes of everything that the form on this page refuses."""
    return {error.code for errors in response.context["form"].errors.as_data().values() for error in errors}
