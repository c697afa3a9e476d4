"""The pages a resident sees, as plain HTTP without scripts: the whole way, every refusal, nobody else's."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from core import clock
from enrollment import order_payment
from enrollment.actions.count_insured import count_insured
from enrollment.lifecycle import OrderState
from enrollment.models import Order, Policy
from payments.actions.send_payment import ERRAND
from payments.models import Payment
from people.models import Kinship, Person
from people.relations import Relation
from tests.enrollment.helpers import Town, ticket_of
from tests.people.helpers import GRANDCHILD, LI, MOTHER, ZHAO, Resident, account, codes, form_key


def post(client: Client, url: str, **data: object):
    return client.post(url, {"form_key": form_key(), **data})


def templates_of(reply: object) -> list[str | None]:
    return [template.name for template in reply.templates]  # type: ignore[attr-defined]  # put there by the test client


@pytest.fixture
def li(town: Town) -> Resident:
    return town.resident(LI)


def walk_to_payment(town: Town, client: Client, *people: Person) -> str:
    """Choose people, confirm every page; returns the order's number with the page of payment next."""
    reply = post(client, reverse("enrollment:family"), people=[person.pk for person in people])
    assert reply.status_code == 302
    number = reply.url.split("/")[-3]
    for page, ticks in (
        ("exclusions", {"acknowledged": "on"}),
        ("terms", {"terms": "on", "sensitive": "on", "sharing": "on"}),
        ("check", {}),
    ):
        url = reverse(f"enrollment:{page}", args=[number])
        shown = client.get(url)
        assert shown.status_code == 200
        reply = client.post(url, {"page": ticket_of(shown), **ticks})
        assert reply.status_code == 302, reply.context["form"].errors
    assert reply.url == reverse("enrollment:pay", args=[number])
    return number


def pay(client: Client, number: str, channel: str = "PERSONAL_ACCOUNT", key: str | None = None):
    url = reverse("enrollment:pay", args=[number])
    shown = client.get(url)
    return client.post(
        url,
        {"form_key": key or form_key(), "page": ticket_of(shown), "channel": channel, "seen": shown.context["seen"]},
    )


def test_the_whole_way_from_home_to_the_certificates(town: Town) -> None:
    browser = town.browse(account(LI[2]))
    home = browser.get(reverse("portal:home"))
    assert home.status_code == 200
    assert "people/link.html" in templates_of(browser.get(reverse("enrollment:start")))

    assert post(browser, reverse("people:link"), consent="on").url == reverse("people:proof")
    platform = browser.get(reverse("people:proof")).context["proof"].platform_url
    back = urlsplit(town.sandbox.confirm_person(platform, LI[0]))
    assert browser.get(f"{back.path}?{back.query}").url == reverse("enrollment:start")
    assert "enrollment/family.html" in templates_of(browser.get(reverse("enrollment:start")))

    add = reverse("people:add_relative")
    first = post(browser, add, relation="parent", name=MOTHER[0], id_number=MOTHER[1])
    assert first.status_code == 200
    assert not Kinship.objects.exists()
    added = post(browser, add, relation="parent", name=MOTHER[0], id_number=MOTHER[1], second="1", consent="on")
    assert added.url == reverse("enrollment:family")

    number = walk_to_payment(town, browser, *Person.objects.all())
    reply = pay(browser, number)
    payment = Payment.objects.get()
    assert reply.url == reverse("payments:payment", args=[payment.number])
    assert payment.amount_fen == 20_000
    town.work()

    done = browser.get(reverse("enrollment:done", args=[number]))
    for policy in Policy.objects.all():
        url = reverse("enrollment:certificate", args=[policy.number])
        assert url in done.content.decode()
        assert browser.get(url).content.startswith(b"%PDF")
    mine = browser.get(reverse("enrollment:policies")).content.decode()
    assert "王桂英" in mine
    assert town.executed() == [("deducted", 20_000)]


def test_zhao_gets_404_on_everything_of_lis(town: Town, li: Resident) -> None:
    [policy] = town.enrol(li, li.person)
    order = policy.order_line.order
    zhao = town.browse(town.resident(ZHAO))
    for name in ("done", "exclusions", "terms", "check", "pay"):
        assert zhao.get(reverse(f"enrollment:{name}", args=[order.number])).status_code == 404, name
    for name in ("policy", "certificate", "surrender"):
        assert zhao.get(reverse(f"enrollment:{name}", args=[policy.number])).status_code == 404, name
    for name in ("cancel", "give_up"):
        assert post(zhao, reverse(f"enrollment:{name}", args=[order.number])).status_code == 404, name


def test_a_number_that_does_not_exist_looks_the_same_as_a_strangers(town: Town, li: Resident) -> None:
    town.enrol(li, li.person)
    zhao = town.browse(town.resident(ZHAO))
    number = Order.objects.get().number
    pages = []
    for name in (number, "OR-2027-9999999"):
        page = zhao.get(reverse("enrollment:done", args=[name])).content.decode().replace(name, "")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    "name", ["enrollment:start", "enrollment:family", "people:link", "people:add_relative", "enrollment:policies"]
)
def test_who_is_not_signed_in_is_asked_to(town: Town, name: str) -> None:
    reply = town.browse().get(reverse(name))
    assert reply.status_code == 302
    assert reply.url.startswith(reverse("accounts:sign_in"))


def test_the_insured_mother_sees_her_policy_and_cannot_give_it_back(town: Town, li: Resident) -> None:
    [policy] = town.enrol(li, town.add(li, MOTHER, Relation.PARENT).relative)
    mother = town.browse(town.resident(MOTHER))
    page = mother.get(reverse("enrollment:policy", args=[policy.number]))
    assert page.status_code == 200
    assert page.context["may_surrender"] is False
    assert town.browse(li).get(reverse("enrollment:policy", args=[policy.number])).context["may_surrender"] is True


# bad input: a coded message, nothing changed, nothing lost


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"id_number": "411202196803154265"}, "id_number_check_digit"),
        ({"id_number": "411202203003154267"}, "id_number_check_digit"),
        ({"name": ""}, "required"),
        ({"consent": ""}, "required"),
    ],
)
def test_who_are_you_with_a_slip(town: Town, fields: dict[str, str], code: str) -> None:
    browser = town.browse(account(LI[2]))
    data = {"name": LI[0], "id_number": LI[1], "consent": "on", **fields}
    reply = post(browser, reverse("people:link") + "?by=face", **data)
    assert reply.status_code == 400
    assert codes(reply) == {code}
    assert not Person.objects.exists()
    page = reply.content.decode()
    assert 'id="error-summary"' in page
    assert data["id_number"] in page


def test_the_platform_is_silent_and_what_was_typed_is_still_there(town: Town) -> None:
    town.sandbox.fault("nhsa", "begin_proof", "drop_reply")
    page = reverse("people:link") + "?by=face"
    reply = post(town.browse(account(LI[2])), page, name=LI[0], id_number=LI[1], consent="on")
    assert reply.status_code == 503
    assert codes(reply) == {"platform_no_answer"}
    assert LI[1] in reply.content.decode()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"relation": "cousin"}, "invalid_choice"),
        ({"relation": "child"}, "relation_impossible"),
        ({"id_number": "411202194309023287"}, "id_number_check_digit"),
        ({"consent": ""}, "consent_missing"),
    ],
)
def test_adding_somebody_with_a_slip(town: Town, li: Resident, fields: dict[str, str], code: str) -> None:
    data = {"relation": "parent", "name": MOTHER[0], "id_number": MOTHER[1], "second": "1", "consent": "on", **fields}
    reply = post(town.browse(li), reverse("people:add_relative"), **data)
    assert reply.status_code == 400
    assert codes(reply) == {code}
    assert not Kinship.objects.exists()


def test_a_child_is_asked_for_the_guardians_consent(town: Town, li: Resident) -> None:
    data = {"relation": "grandchild", "name": GRANDCHILD[0], "id_number": GRANDCHILD[1]}
    asked = post(town.browse(li), reverse("people:add_relative"), **data)
    assert asked.status_code == 200
    assert asked.context["guardian"] is True
    assert post(town.browse(li), reverse("people:add_relative"), **data, second="1", consent="on").status_code == 302
    assert Kinship.objects.get().consent_kind == "guardian"


def test_nothing_is_ticked_beforehand(town: Town, li: Resident) -> None:
    town.add(li, MOTHER, Relation.PARENT)
    browser = town.browse(li)
    pages = [browser.get(reverse(name)) for name in ("enrollment:family", "people:add_relative")]
    number = town.choose(li, li.person).number
    pages += [
        browser.get(reverse(f"enrollment:{name}", args=[number])) for name in ("exclusions", "terms", "check", "pay")
    ]
    for page in pages:
        assert page.status_code == 200
        assert " checked" not in page.content.decode()


@pytest.mark.parametrize("left_out", ["terms", "sensitive", "sharing"])
def test_each_consent_is_its_own(town: Town, li: Resident, left_out: str) -> None:
    order = town.choose(li, li.person)
    url = reverse("enrollment:terms", args=[order.number])
    browser = town.browse(li)
    ticks = {name: "on" for name in ("terms", "sensitive", "sharing") if name != left_out}
    reply = browser.post(url, {"page": ticket_of(browser.get(url)), **ticks})
    assert reply.status_code == 400
    assert set(reply.context["form"].errors) == {left_out}
    assert not order.sales_steps.exists()


def test_sending_the_same_payment_twice_is_one_order_and_one_deduction(town: Town, li: Resident) -> None:
    browser = town.browse(li)
    number = walk_to_payment(town, browser, li.person)
    url, key = reverse("enrollment:pay", args=[number]), form_key()
    shown = browser.get(url).context
    form = {"form_key": key, "page": shown["ticket"], "channel": "PERSONAL_ACCOUNT", "seen": shown["seen"]}
    first, second = browser.post(url, form), browser.post(url, form)
    assert first.url == second.url
    town.work()
    assert browser.post(url, form).url == first.url
    town.work()
    assert town.executed() == [("deducted", 10_000)]
    other = browser.post(url, {**form, "channel": "WECHAT"})
    assert other.status_code == 409


def test_a_payment_page_without_its_key_is_refused(town: Town, li: Resident) -> None:
    browser = town.browse(li)
    number = walk_to_payment(town, browser, li.person)
    url = reverse("enrollment:pay", args=[number])
    reply = browser.post(url, {"page": ticket_of(browser.get(url)), "channel": "WECHAT"})
    assert reply.status_code == 400
    assert not Payment.objects.exists()


def test_no_way_to_pay_chosen(town: Town, li: Resident) -> None:
    browser = town.browse(li)
    number = walk_to_payment(town, browser, li.person)
    reply = pay(browser, number, channel="")
    assert reply.status_code == 400
    assert codes(reply) == {"channel_unknown"}
    assert Order.objects.get().state == OrderState.DRAFT
    assert not Order.objects.get().sales_steps.filter(kind="channel_chosen").exists()


def test_a_friend_on_the_order_leaves_only_wechat_and_says_why(town: Town, li: Resident) -> None:
    friend = town.add(li, ZHAO, Relation.OTHER).relative
    browser = town.browse(li)
    number = walk_to_payment(town, browser, friend)
    page = browser.get(reverse("enrollment:pay", args=[number]))
    assert [value for value, _label in page.context["form"].fields["channel"].choices] == ["WECHAT"]
    assert page.context["why_not"]
    assert codes(pay(browser, number)) == {"personal_account_not_allowed"}


def test_wechat_is_told_the_payers_own_address(town: Town, li: Resident, settings: Settings) -> None:
    """Its cashier opens only for the address named in the order; the portal stands behind one proxy here."""
    settings.TRUSTED_PROXY_COUNT = 1
    browser = town.browse(li)
    number = walk_to_payment(town, browser, li.person)
    url = reverse("enrollment:pay", args=[number])
    shown = browser.get(url).context
    form = {"form_key": form_key(), "page": shown["ticket"], "channel": "WECHAT", "seen": shown["seen"]}
    browser.post(url, form, headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.7"})
    assert b'"payer_client_ip":"203.0.113.7"' in ERRAND.encode(Payment.objects.get())


def test_the_payment_page_is_not_reached_by_skipping_pages(town: Town, li: Resident) -> None:
    order = town.choose(li, li.person)
    assert codes(pay(town.browse(li), order.number)) == {"acknowledgement_missing"}
    assert not Payment.objects.exists()


def test_an_id_outside_the_family_in_the_form_is_refused(town: Town, li: Resident) -> None:
    zhao = town.resident(ZHAO)
    reply = post(town.browse(li), reverse("enrollment:family"), people=[zhao.person.pk])
    assert codes(reply) == {"not_in_family"}


# who may read what is public, and how much a page costs


def test_plan_documents_and_home_are_open_to_everybody(town: Town) -> None:
    browser = town.browse()
    for url in (
        reverse("portal:home"),
        reverse("products:plan", args=["smx-2027"]),
        *(
            reverse("products:document", args=["smx-2026", kind])
            for kind in ("notice", "clauses", "exclusions", "privacy")
        ),
    ):
        assert browser.get(url).status_code == 200, url
    assert browser.get(reverse("products:plan", args=["smx-1999"])).status_code == 404
    assert browser.get(reverse("products:document", args=["smx-2027", "secrets"])).status_code == 404


def test_home_counts_people_and_claims_nothing(town: Town, li: Resident) -> None:
    browser = town.browse()
    assert browser.get(reverse("portal:home")).context["insured_count"] == 0
    town.enrol(li, li.person)
    count_insured(now=clock.now())
    assert browser.get(reverse("portal:home")).context["insured_count"] == 1


def test_a_family_of_three_costs_as_many_queries_as_one_of_two(
    town: Town, li: Resident, django_assert_num_queries
) -> None:
    from enrollment import selectors

    town.add(li, MOTHER, Relation.PARENT)
    with django_assert_num_queries(2):
        assert len(selectors.family_of(li.person, plan_year=town.plan_year)) == 2
    town.add(li, ZHAO, Relation.OTHER)
    with django_assert_num_queries(2):
        assert len(selectors.family_of(li.person, plan_year=town.plan_year)) == 3


def test_orders_and_policies_are_read_in_a_fixed_number_of_queries(
    town: Town, li: Resident, django_assert_num_queries
) -> None:
    from enrollment import selectors
    from products.selectors import documents_of

    mother = town.add(li, MOTHER, Relation.PARENT).relative
    town.enrol(li, li.person, mother)
    with django_assert_num_queries(4):  # which are hers; those, their plan years and schemes
        policies = selectors.policies_of(li.actor)
        assert [(policy.insured.name, policy.plan_year.code, policy.policyholder.name) for policy in policies] == [
            ("李秀兰", "smx-2027", "李秀兰"),
            ("王桂英", "smx-2027", "李秀兰"),
        ]
    number = policies[0].order_line.order.number
    with django_assert_num_queries(4):  # the order with its lines, its plan year; for the channels accounts and kinship
        order = selectors.order_for(li.actor, number)
        assert [line.policy.number for line in order.lines.all()] == [policy.number for policy in policies]
        assert [way.why_not for way in order_payment.ways_to_pay(order)] == ["", ""]
    with django_assert_num_queries(4):
        assert selectors.policy_for(li.actor, policies[1].number) == policies[1]
    with django_assert_num_queries(1):
        assert len(documents_of(town.plan_year)) == 4
