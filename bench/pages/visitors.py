"""Who opens the pages: residents with different lives, and each of the demonstration's staff, signed in."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.models import Authenticator, User
from claims.lifecycle import ClaimState
from claims.models import Claim
from core import clock
from demo.people import STAFF
from enrollment.actions import start_order
from enrollment.lifecycle import OrderState, PolicyState
from enrollment.models import Order, Policy
from people.models import Kinship, Person
from products.models import PlanYear
from products.selectors import require_open_plan_year


@dataclass
class Visitor:
    """A browser inside this process; its cookie opens the same session at the real server."""

    name: str
    client: Client = field(default_factory=lambda: Client(SERVER_NAME="127.0.0.1"))

    @property
    def cookies(self) -> dict[str, str]:
        return {name: morsel.value for name, morsel in self.client.cookies.items()}


def signed_in(user: User) -> Visitor:
    """After a complete sign-in; for staff that includes the second factor."""
    visitor = Visitor(user.username or "resident")
    visitor.client.force_login(user, backend="accounts.backends.RoleBackend")
    session = visitor.client.session
    session["seen_at"] = clock.now().timestamp()
    if user.is_staff_account:
        session[DEVICE_ID_SESSION_KEY] = Authenticator.objects.get(user=user, confirmed=True).persistent_id
    session.save()
    return visitor


def staff() -> dict[str, User]:
    return {person.username: User.objects.get(username=person.username) for person in STAFF}


def claimant(state: ClaimState) -> Claim:
    """A claim in that state of somebody who filed it herself."""
    claims = Claim.objects.filter(state=state, filed_by__isnull=False).select_related("filed_by")
    found = claims.order_by("-pk").first()
    assert found is not None, f"no claim is {state}"
    return found


def insurer_of_thirty() -> User:
    """She has thirty people on her list and pays for all of them."""
    busiest = Kinship.objects.values("payer").annotate(count=Count("pk")).order_by("-count").first()
    assert busiest is not None
    return _account(Person.objects.get(pk=busiest["payer"]))


def family_of_four() -> tuple[User, Policy]:
    """With policies of three years; the policy is the newest."""
    families = Kinship.objects.values("payer").annotate(count=Count("pk")).filter(count=3).order_by("payer")
    for family in families[:200]:
        person = Person.objects.get(pk=family["payer"])
        policies = Policy.objects.filter(insured=person, state=PolicyState.ISSUED)
        if policies.count() == 3:
            return _account(person), policies.first()  # type: ignore[return-value]  # there are three
    raise AssertionError("no family of four has been there for three years")


def draft_order() -> tuple[User, Order]:
    """Somebody who is not insured for the open year and has begun to be."""
    year = require_open_plan_year(PlanYear.objects.get(code="smx-2027").scheme, clock.now())
    begun = Order.objects.filter(state=OrderState.DRAFT, plan_year=year).select_related("policyholder__person").first()
    if begun is not None and begun.policyholder.person is not None:
        return _account(begun.policyholder.person), begun
    insured = Policy.objects.filter(plan_year=year, insured=OuterRef("pk"))
    area = Person.objects.filter(user__isnull=False, insurance_area="411202", insurance_status="active")
    person = area.exclude(Exists(insured)).order_by("pk").first()
    assert person is not None, "everybody is insured"
    user = _account(person)
    order = start_order(user=user, plan_year=year, people=[person.pk], actor=user.actor(), now=clock.now())
    return user, order


def _account(person: Person) -> User:
    user = person.user
    assert isinstance(user, User)
    return user
