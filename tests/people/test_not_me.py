""" "This is not me": the person is given back, both are told, nothing of hers stays with the account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock, guards
from enrollment import actions
from enrollment.lifecycle import OrderState, PolicyState
from enrollment.models import Policy
from people.actions import Why, answer_kinship, give_person_back
from people.lifecycle import KinshipState
from people.models import Kinship, Person
from people.relations import Relation
from tests.enrollment.helpers import WECHAT, Town
from tests.people.helpers import LI, MOTHER, ZHAO, Resident, account, form_key
from work import outbox
from work.models import HumanTask

STRANGE = "13900002222"


@pytest.fixture
def strange(town: Town) -> Resident:
    """An account on a number of its own stands for Li: her phone lay unlocked on a table."""
    user = account(STRANGE)
    return Resident(user, town.links(user, "李秀兰"))


def says_not_me(town: Town, who: Resident) -> None:
    reply = town.browse(who).post(reverse("people:not_me"), {"form_key": form_key()})
    assert (reply.status_code, reply.url) == (302, reverse("portal:home"))


def test_the_account_stands_for_nobody_and_its_name_is_gone(town: Town, strange: Resident) -> None:
    says_not_me(town, strange)
    strange.person.refresh_from_db()
    strange.user.refresh_from_db()
    assert (strange.person.user, strange.person.proof, strange.user.display_name) == (None, None, "")
    asked = town.browse(strange).get(reverse("enrollment:start"))
    assert "people/link.html" in [template.name for template in asked.templates]


def test_both_are_told_where_to_go(town: Town, strange: Resident) -> None:
    says_not_me(town, strange)
    outbox.sweep()
    [to_account, *_before] = [message["text"] for message in town.sandbox.sms(STRANGE)]
    [to_li, *_linked] = [message["text"] for message in town.sandbox.sms(LI[2])]
    for text in (to_account, to_li):
        assert "李*兰" in text
        assert "李秀兰" not in text
        assert "/enrol/me/" in text
    assert "139****2222" in to_li


def test_she_was_told_on_her_own_number_when_a_strange_one_became_her(town: Town, strange: Resident) -> None:
    outbox.sweep()
    [text] = [message["text"] for message in town.sandbox.sms(LI[2])]
    assert "139****2222" in text


def test_staff_look_at_it(town: Town, strange: Resident) -> None:
    says_not_me(town, strange)
    task = HumanTask.objects.get(kind="people.person_given_back")
    assert strange.user.label in task.reason
    assert "李" not in task.reason


def test_a_cart_and_an_unpaid_order_end_and_what_is_paid_stays(town: Town, strange: Resident) -> None:
    [paid] = town.enrol(strange, strange.person)
    mother = town.add(strange, MOTHER, Relation.PARENT).relative
    waiting = town.place(strange, mother, channel=WECHAT)
    says_not_me(town, strange)
    waiting.refresh_from_db()
    assert waiting.state == OrderState.CANCELLED
    assert Policy.objects.get(order_line__order=waiting).state == PolicyState.RELEASED
    assert Policy.objects.get(pk=paid.pk).state == PolicyState.ISSUED
    assert town.executed() == [("deducted", 10_000)]


def test_an_order_whose_payment_is_at_wechat_ends_when_wechat_has_answered(town: Town, strange: Resident) -> None:
    waiting = town.place(strange, strange.person, channel=WECHAT)
    town.work()
    says_not_me(town, strange)
    waiting.refresh_from_db()
    assert waiting.state == OrderState.PLACED
    town.work()
    actions.expire_orders(now=clock.now())
    waiting.refresh_from_db()
    assert waiting.state == OrderState.EXPIRED
    assert town.executed() == []


def test_kinships_said_from_there_are_dropped_and_may_be_said_again_by_herself(town: Town, strange: Resident) -> None:
    town.add(strange, MOTHER, Relation.PARENT)
    asked = town.add(town.resident(ZHAO), LI, Relation.SIBLING)
    answer_kinship(kinship=asked, agrees=True, actor=strange.actor, now=clock.now())
    says_not_me(town, strange)
    asked.refresh_from_db()
    assert asked.state == KinshipState.WITHDRAWN
    assert [k.state for k in Kinship.objects.filter(relation="parent")] == [KinshipState.DROPPED]
    li = town.resident(LI)
    assert town.add(li, MOTHER, Relation.PARENT).state == KinshipState.PROVED


def test_every_other_device_is_signed_out_and_this_one_stays(town: Town, strange: Resident) -> None:
    other, this = town.browse(strange), town.browse(strange)
    town.pass_time(seconds=1)
    this.post(reverse("people:not_me"), {"form_key": form_key()})
    assert this.get(reverse("people:link")).status_code == 200
    with guards.off("accounts.ended_sessions"):
        assert other.get(reverse("people:link")).status_code == 200
    assert other.get(reverse("people:link")).url.startswith(reverse("accounts:sign_in"))


def test_nothing_of_hers_is_shown_there_any_more(town: Town, strange: Resident) -> None:
    [policy] = town.enrol(strange, strange.person)
    says_not_me(town, strange)
    browser = town.browse(strange)
    for address in (
        reverse("enrollment:policy", args=[policy.number]),
        reverse("enrollment:certificate", args=[policy.number]),
        reverse("enrollment:done", args=[policy.order_line.order.number]),
        reverse("enrollment:surrender", args=[policy.number]),
        f"/claims/new/{policy.number}/",
    ):
        assert browser.get(address).status_code == 404, address
    li = town.browse(town.resident(LI))
    assert li.get(reverse("enrollment:policy", args=[policy.number])).status_code == 200


def test_she_who_proves_herself_does_not_know_the_other_number(town: Town, strange: Resident) -> None:
    user = account(LI[2])
    person = town.links(user, "李秀兰", takes_over=Why.STRANGER)
    assert Person.objects.get(pk=person.pk).user == user
    outbox.sweep()
    assert "李*兰" in town.sandbox.sms(STRANGE)[0]["text"]
    assert HumanTask.objects.filter(kind="people.person_given_back").count() == 1


def test_her_own_old_number_is_no_case_for_staff_and_the_family_stays(town: Town, strange: Resident) -> None:
    town.add(strange, MOTHER, Relation.PARENT)
    town.links(account(LI[2]), "李秀兰", takes_over=Why.MOVED)
    assert not HumanTask.objects.exists()
    assert Kinship.objects.get().state == KinshipState.PROVED


def test_nobody_gives_back_another_account_s_person(town: Town, strange: Resident) -> None:
    zhao = town.resident(ZHAO)
    from core.errors import DomainError

    with pytest.raises(DomainError) as caught:
        give_person_back(user=strange.user, scheme=town.scheme, actor=zhao.actor, now=clock.now())
    assert caught.value.code == "person_missing"
    assert Person.objects.get(pk=strange.person.pk).user == strange.user


def test_the_page_says_what_will_happen_before_it_does(town: Town, strange: Resident) -> None:
    page = town.browse(strange).get(reverse("people:not_me"))
    assert page.status_code == 200
    assert "李*兰" in page.content.decode()
    assert Person.objects.get(pk=strange.person.pk).user == strange.user
    proved_at = strange.person.proof.proved_at
    assert proved_at is not None
    assert clock.now() - proved_at < timedelta(minutes=5)
