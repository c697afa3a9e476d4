"""The people of the sandbox, and what they do at the portal, in sentences."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.test import Client
from pytest_django import Settings

from accounts import sessions
from accounts.models import User
from core import clock
from core.actors import Actor
from demo.plan_years import create_demo_plan_years
from enrollment import actions
from enrollment.models import Order, Policy
from enrollment.models.sales import SalesStepKind
from enrollment.shown import order_version
from people.actions import Why, add_relative, finish_proof, link_person, start_proof
from people.models import Kinship, Person, PersonProof
from people.models.person import ConsentKind
from products.models import PlanYear
from products.models.plan_year import DocumentKind
from products.selectors import documents_of
from sandbox.testing import Sandbox
from tests.payments import sweeping

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
PERSONAL_ACCOUNT, WECHAT = "PERSONAL_ACCOUNT", "WECHAT"


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


class Town:
    """The portal in its window, with the national platform, payments and text messages of the sandbox around it."""

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

    # orders

    def choose(self, resident: Resident, *people: Person, now: datetime | None = None) -> Order:
        return actions.start_order(
            user=resident.user,
            plan_year=self.plan_year,
            people=[person.pk for person in people],
            actor=resident.actor,
            now=now or clock.now(),
        )

    def read_and_agree(self, resident: Resident, order: Order) -> None:
        """Every page that has to be confirmed before money is asked for."""
        documents = documents_of(order.plan_year)
        steps = {
            SalesStepKind.EXCLUSIONS_ACKNOWLEDGED: [DocumentKind.EXCLUSIONS],
            SalesStepKind.TERMS_ACCEPTED: [DocumentKind.NOTICE, DocumentKind.CLAUSES, DocumentKind.PRIVACY],
            SalesStepKind.ANSWERS_CHECKED: [],
        }
        for kind, shown in steps.items():
            now = clock.now()
            ticket = actions.keep_sales_page(order=order, kind=kind, body=f"<p>{kind}</p>", language="zh-hans", now=now)
            actions.record_sales_step(
                order=order,
                kind=kind,
                ticket=ticket,
                documents=[documents[document] for document in shown],
                consents={"agreed": "Yes"},
                actor=resident.actor,
                now=now,
            )

    def place(self, resident: Resident, *people: Person, channel: str = PERSONAL_ACCOUNT) -> Order:
        order = self.choose(resident, *people)
        self.read_and_agree(resident, order)
        return actions.place_order(
            order=order, seen=order_version(order), channel=channel, actor=resident.actor, now=clock.now()
        )

    def enrol(self, resident: Resident, *people: Person, channel: str = PERSONAL_ACCOUNT) -> list[Policy]:
        """Choose, read, agree, pay, and let the workers run."""
        order = self.place(resident, *people, channel=channel)
        if channel == WECHAT:
            self.work()
            order.refresh_from_db()
            self.sandbox.pay_wechat(order.payment_number)
            self.pass_time(minutes=2)
        self.work()
        return list(Policy.objects.filter(order_line__order=order).order_by("insured"))

    # workers and time

    def work(self) -> None:
        """Every sweeper of payments, until nothing is due."""
        while sweeping.sweep_notifications() + sweeping.sweep_payments() + sweeping.sweep_refunds():
            pass

    def pass_time(self, **delta: float) -> None:
        """For the portal and the sandbox alike."""
        from datetime import timedelta

        shift = float(self.settings.PORTAL_CLOCK.rstrip("s")) + timedelta(**delta).total_seconds()
        self.settings.PORTAL_CLOCK = f"{'-' if shift < 0 else '+'}{abs(int(shift))}s"
        self.sandbox.clock(self.settings.PORTAL_CLOCK)

    def executed(self) -> list[tuple[str, int]]:
        """(event, fen) of every movement of money that the sandbox carried out."""
        return [(row["event"], row["amount_fen"]) for row in self.sandbox.log() if row["amount_fen"]]

    # pages

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


def ticket_of(response: Any) -> str:
    """The hidden field by which a sales page says what it showed."""
    ticket: str = response.context["ticket"]
    return ticket


def plan_year_window(plan_year: PlanYear) -> tuple[datetime, datetime]:
    return plan_year.opens_at, plan_year.closes_at
