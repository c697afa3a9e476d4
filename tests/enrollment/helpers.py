"""What the people of the sandbox buy at the portal, in sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core import clock
from enrollment import actions
from enrollment.models import Order, Policy
from enrollment.models.sales import SalesStepKind
from enrollment.shown import order_version
from people.models import Person
from products.models import PlanYear
from products.models.plan_year import DocumentKind
from products.selectors import documents_of
from tests.payments import sweeping
from tests.people.helpers import Resident, Townspeople

PERSONAL_ACCOUNT, WECHAT = "PERSONAL_ACCOUNT", "WECHAT"


class Town(Townspeople):
    """The portal in its window, with the national platform, payments and text messages of the sandbox around it."""

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
        return self.pays(resident, order, channel=channel)

    def pays(self, resident: Resident, order: Order, *, channel: str = PERSONAL_ACCOUNT) -> Order:
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

    # workers

    def work(self) -> None:
        """Every sweeper of payments, until nothing is due."""
        while sweeping.sweep_notifications() + sweeping.sweep_payments() + sweeping.sweep_refunds():
            pass

    def executed(self) -> list[tuple[str, int]]:
        """(event, fen) of every movement of money that the sandbox carried out."""
        return [(row["event"], row["amount_fen"]) for row in self.sandbox.log() if row["amount_fen"]]


def ticket_of(response: Any) -> str:
    """The hidden field by which a sales page says what it showed."""
    ticket: str = response.context["ticket"]
    return ticket


def plan_year_window(plan_year: PlanYear) -> tuple[datetime, datetime]:
    return plan_year.opens_at, plan_year.closes_at
