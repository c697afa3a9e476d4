"""What the operator sees in the admin: everything, masked, and nothing to change."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.roles import Role
from core import clock
from enrollment.certificate import certificate_pdf
from enrollment.models import Order, Policy, SalesStep
from enrollment.selectors import policy_for
from people.models import Person
from products.models import PlanDocument, PlanYear
from tests.accounts.people import signed_in, staff
from tests.enrollment.helpers import Town
from tests.people.helpers import LI


@pytest.mark.parametrize("model", [PlanYear, PlanDocument, Order, Policy, Person, SalesStep])
def test_the_operator_reads_and_changes_nothing(town: Town, model) -> None:
    li = town.resident(LI)
    [policy] = town.enrol(li, li.person)
    certificate_pdf(policy_for(li.actor, policy.number), lang="zh-CN", now=clock.now())
    operator = signed_in(staff("caozuo", Role.OPERATOR))
    app, name = model._meta.app_label, model._meta.model_name
    row = model.objects.order_by("-pk").first()
    listing = operator.get(reverse(f"admin:{app}_{name}_changelist"))
    page = operator.get(reverse(f"admin:{app}_{name}_change", args=[row.pk]))
    assert (listing.status_code, page.status_code) == (200, 200)
    for secret in (LI[0], LI[1], LI[2]):
        assert secret not in listing.content.decode()
        assert model is SalesStep or secret not in page.content.decode()
    # Nobody is made by hand; on this page of people a new citizen is found by her card.
    assert operator.get(reverse(f"admin:{app}_{name}_add")).status_code == (200 if model is Person else 403)
    assert operator.post(reverse(f"admin:{app}_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


def test_an_order_is_found_by_its_number(town: Town) -> None:
    li = town.resident(LI)
    town.enrol(li, li.person)
    operator = signed_in(staff("caozuo", Role.OPERATOR))
    number = Order.objects.get().number
    for text, hits in ((number, 1), (Order.objects.get().payment_number, 1), ("OR-2027-9999999", 0)):
        page = operator.get(reverse("admin:enrollment_order_changelist"), {"q": text})
        assert page.context["cl"].result_count == hits
