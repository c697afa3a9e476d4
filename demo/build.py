"""Makes the demonstration's data by the same actions that people use. Run as often as you like: what is there stays.

Needs the sandbox (the national platform checks everybody, the personal account pays last year's premium); runs before
the workers start, so that last year's payment is carried out under last year's date.
"""

from __future__ import annotations

from datetime import UTC, datetime

from accounts.actions import confirm_role, grant_role, install_officer
from accounts.lifecycle import RoleState
from accounts.models import Authenticator, User
from accounts.shown import role_version
from core.actors import Actor
from demo.claims import create_demo_claims
from demo.people import MOTHER, RESIDENTS, STAFF, STAFF_PASSWORD, DemoStaff
from demo.plan_years import create_demo_plan_years, create_second_city, make_plan_year
from demo.proof import prove
from demo.schemes import SANMENXIA
from demo.workshop import create_demo_comparison
from enrollment import actions
from enrollment.models import Order, Policy
from enrollment.models.sales import REQUIRED_STEPS
from enrollment.shown import order_version
from payments.actions import send_payment
from payments.lifecycle import PaymentState
from payments.models import Payment
from people.actions import add_relative, authorise_relatives, link_person
from people.models.person import ConsentKind
from people.relations import Relation
from products.models import PlanDocument, PlanYear
from work.leases import claim_one

LAST_YEAR = datetime(2025, 11, 15, 2, 0, tzinfo=UTC)


class DemoIncomplete(RuntimeError):
    """The sandbox did not do its part; said to the person at the terminal."""


def build(*, now: datetime) -> None:
    """Staff, plan years, a comparison of terms, Li Xiulan's and her mother's policies of last year, and two claims of
    the mother's.

    Raises DemoIncomplete when last year's premium could not be paid.
    """
    last_year = make_plan_year(SANMENXIA, cover_year=2026)
    create_second_city()
    _staff(now)
    _insure_last_year(last_year)
    next_year = create_demo_plan_years()[1]
    create_demo_comparison(next_year, now=now)
    filed_by = User.objects.with_phone(RESIDENTS[0].phone)
    assert filed_by is not None  # made by _insure_last_year
    create_demo_claims(
        filed_by=filed_by,
        reviewer=User.objects.get(username="zhoumin"),
        approver=User.objects.get(username="wanglei"),
        now=now,
    )


def _staff(now: datetime) -> None:
    """Those who are not there yet; the first two are installed and give the others their roles."""
    proposes, confirms, *others = STAFF
    for officer in (proposes, confirms):
        if (user := _account(officer, now)) is not None:
            install_officer(user=user, actor=Actor.system("demo", "accounts.install_officer"), now=now)
    first, second = (User.objects.get(username=officer.username).actor() for officer in (proposes, confirms))
    for person in others:
        if (user := _account(person, now)) is not None:
            for role in person.roles:
                given = grant_role(
                    user=user, role=role, within=person.within, actor=first, now=now, reason="demonstration"
                )
                if given.state == RoleState.PROPOSED:
                    confirm_role(assignment=given, seen=role_version(given), actor=second, now=now)


def _account(person: DemoStaff, now: datetime) -> User | None:
    """None for somebody who has one."""
    if User.objects.filter(username=person.username).exists():
        return None
    user = User.objects.create_staff(username=person.username, password=STAFF_PASSWORD, display_name=person.name)
    Authenticator.objects.create(user=user, name="totp", secret=person.secret, confirmed=True, confirmed_at=now)
    return user


def _insure_last_year(plan_year: PlanYear) -> None:
    """Li Xiulan enrolled herself and her mother in November 2025: 200.00 yuan from her personal account."""
    li = RESIDENTS[0]
    if Policy.objects.filter(plan_year=plan_year).exists():
        return
    user = User.objects.with_phone(li.phone) or User.objects.create_resident(phone=li.phone)
    payer = link_person(
        user=user, proof=prove(user, li, scheme=plan_year.scheme, now=LAST_YEAR), plan_year=plan_year, now=LAST_YEAR
    )
    kinship = add_relative(
        user=user,
        relation=Relation.PARENT,
        name=MOTHER.name,
        id_number=MOTHER.id_number,
        consent=ConsentKind.INSURED,
        odd_confirmed=False,
        plan_year=plan_year,
        now=LAST_YEAR,
    )
    actor = user.actor()
    order = actions.start_order(
        user=user, plan_year=plan_year, people=[payer.pk, kinship.relative_id], actor=actor, now=LAST_YEAR
    )
    _read_and_agree(order, actor)
    authorise_relatives(payer=payer, kinships=[kinship], scheme=plan_year.scheme, actor=actor)
    order = actions.place_order(
        order=order, seen=order_version(order), channel="PERSONAL_ACCOUNT", actor=actor, now=LAST_YEAR
    )
    _pay(Payment.objects.get(number=order.payment_number))


def _read_and_agree(order: Order, actor: Actor) -> None:
    documents = list(PlanDocument.objects.filter(plan_year=order.plan_year))
    body = "\n\n".join(document.body_zh for document in documents)
    for kind in REQUIRED_STEPS:
        ticket = actions.keep_sales_page(order=order, kind=kind, body=body, language="zh-hans", now=LAST_YEAR)
        actions.record_sales_step(
            order=order, kind=kind, ticket=ticket, documents=documents, consents={}, actor=actor, now=LAST_YEAR
        )


def _pay(payment: Payment) -> None:
    if claim_one(payment, now=LAST_YEAR):
        send_payment(payment=payment, token=payment.fencing_token, now=LAST_YEAR)
    payment.refresh_from_db()
    if payment.state != PaymentState.PAID:
        raise DemoIncomplete(
            f"last year's premium is {payment.state}, not paid: is the sandbox up? `make reset` starts over"
        )
