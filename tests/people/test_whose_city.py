"""Of two cities' schemes a person may be insured in the one that her area belongs to, and is told which that is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.actors import Actor
from core.errors import DomainError, NotAllowed
from demo.plan_years import create_second_city
from enrollment.models import Order
from parties.models import Scheme, SchemeArea
from people.actions import confirm_residence
from people.eligibility import insured_elsewhere
from people.errors import InsuredElsewhere
from people.models import Ground, Person, PersonInsurance, Residence
from products.models import PlanYear
from tests.accounts.people import signed_in, staff
from tests.enrollment.helpers import Town
from tests.people.helpers import LI, MOTHER, NEW_CITIZEN, Resident, account, form_key


@pytest.fixture
def zhengzhou(town: Town) -> PlanYear:
    return create_second_city()


def takes_nobody_from_elsewhere(town: Town) -> None:
    Scheme.objects.filter(pk=town.scheme.pk).update(admits_new_citizens=False)
    town.plan_year.refresh_from_db()


def zhou(town: Town) -> Resident:
    """Insured in Zhengzhou; she has proved in Sanmenxia who she is."""
    user = account(NEW_CITIZEN[2])
    return Resident(user, town.links(user, NEW_CITIZEN[0]))


def refused(town: Town, who: Resident) -> InsuredElsewhere:
    with pytest.raises(InsuredElsewhere) as told:
        town.choose(who, who.person)
    return told.value


def lives_here(town: Town, person: Person, *, until: timedelta = timedelta(days=30)) -> Residence:
    today, clerk = clock.today(), staff("wangdian", "operator")
    return confirm_residence(
        person=person, scheme=town.scheme, ground=Ground.WORK, from_on=today, to_on=today + until,
        found="contract of work, until the end of the month", actor=clerk.actor(), now=clock.now(),
    )  # fmt: skip


def test_zhou_of_zhengzhou_is_told_that_zhengzhous_is_hers_and_where_it_is(town: Town, zhengzhou: PlanYear) -> None:
    error = refused(town, zhou(town))
    assert error.home == zhengzhou.scheme
    for words in ("郑州惠民保", "/zz/", "服务网点"):
        assert words in str(error)


def test_where_nobody_from_elsewhere_is_admitted_her_proof_ends_with_that(town: Town, zhengzhou: PlanYear) -> None:
    takes_nobody_from_elsewhere(town)
    with pytest.raises(InsuredElsewhere) as told:
        zhou(town)
    assert told.value.home == zhengzhou.scheme
    assert "郑州惠民保" in str(told.value)
    assert "服务网点" not in str(told.value)
    assert not Person.objects.exists()


def test_without_a_scheme_of_her_own_city_there_is_nowhere_to_send_her(town: Town) -> None:
    error = refused(town, zhou(town))
    assert error.home is None
    assert "服务网点" in str(error)


def test_once_staff_have_read_that_she_works_here_she_may_enrol(town: Town, zhengzhou: PlanYear) -> None:
    she = zhou(town)
    lives_here(town, she.person)
    assert town.choose(she, she.person).lines.get().insured == she.person


def test_only_as_long_as_her_proof_holds(town: Town, zhengzhou: PlanYear) -> None:
    she = zhou(town)
    lives_here(town, she.person, until=timedelta(days=1))
    today = clock.today()
    assert insured_elsewhere([she.person], scheme=town.scheme, on=today) == {}
    assert she.person.pk in insured_elsewhere([she.person], scheme=town.scheme, on=today + timedelta(days=1))


def test_and_only_as_long_as_the_scheme_admits_her(town: Town, zhengzhou: PlanYear) -> None:
    she = zhou(town)
    lives_here(town, she.person)
    takes_nobody_from_elsewhere(town)
    refused(town, she)


def test_a_proof_is_read_by_staff_and_never_by_herself(town: Town, zhengzhou: PlanYear) -> None:
    she = zhou(town)
    today = clock.today()
    proof: dict[str, Any] = {
        "person": she.person, "scheme": town.scheme, "ground": Ground.WORK, "from_on": today,
        "to_on": today + timedelta(days=1), "found": "contract", "now": clock.now(),
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        confirm_residence(**proof, actor=she.actor)
    with pytest.raises(NotAllowed) as own:
        confirm_residence(**proof, actor=Actor.holding(she.user.pk, "staff:zhou", "enrollment.confirm_residence"))
    assert own.value.code == "own_residence"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ground": "holiday"}, "ground_unknown"),
        ({"to_on": date(2026, 1, 1)}, "residence_dates"),
        ({"to_on": date(2036, 1, 1)}, "residence_dates"),
        ({"found": " "}, "found_missing"),
    ],
)
def test_a_proof_says_why_until_when_and_what_was_read(town: Town, change: dict[str, Any], code: str) -> None:
    she, clerk = zhou(town), staff("wangdian", "operator")
    given: dict[str, Any] = {
        "person": she.person, "scheme": town.scheme, "ground": Ground.WORK, "from_on": date(2026, 1, 1),
        "to_on": date(2027, 1, 1), "found": "contract", "actor": clerk.actor(), "now": clock.now(),
    }  # fmt: skip
    with pytest.raises(DomainError) as told:
        confirm_residence(**given | change)
    assert told.value.code == code


def test_no_proof_is_read_for_a_scheme_that_admits_nobody_from_elsewhere(town: Town) -> None:
    she = zhou(town)
    takes_nobody_from_elsewhere(town)
    town.scheme.refresh_from_db()
    with pytest.raises(DomainError) as told:
        lives_here(town, she.person)
    assert told.value.code == "new_citizens_not_admitted"


def test_staff_write_it_down_on_her_page_in_the_admin(town: Town, zhengzhou: PlanYear) -> None:
    she = zhou(town)
    desk = signed_in(staff("wangdian", "operator"))
    page = f"/admin/people/person/{she.person.pk}/change/"
    assert 'name="ground"' in desk.get(page).content.decode()
    inlines = {
        f"{prefix}-{name}": 0
        for prefix in ("documents", "insurances", "classes", "residences")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    typed = {
        "scheme": "smx",
        "ground": "school",
        "from_on": "2026-09-01",
        "to_on": "2027-09-01",
        "found": "school's letter",
    }
    assert desk.post(page, {**inlines, **typed}).status_code == 302
    row = Residence.objects.get()
    assert (row.person, row.ground, row.found) == (she.person, "school", "school's letter")
    assert row.checked_by.username == "wangdian"


def test_the_page_after_her_proof_tells_her_at_once(town: Town, zhengzhou: PlanYear) -> None:
    user = account(NEW_CITIZEN[2])
    browser = town.browse(user)
    browser.post(reverse("people:link"), {"consent": "on", "form_key": form_key()})
    page = browser.get(reverse("people:proof"))
    back = town.sandbox.confirm_person(page.context["proof"].platform_url, NEW_CITIZEN[0])
    told = browser.get(back.partition("testserver")[2] or back, follow=True).content.decode()
    assert "郑州惠民保" in told


def test_where_nobody_from_elsewhere_is_admitted_that_page_leads_to_her_own_city(
    town: Town, zhengzhou: PlanYear
) -> None:
    takes_nobody_from_elsewhere(town)
    user = account(NEW_CITIZEN[2])
    browser = town.browse(user)
    browser.post(reverse("people:link"), {"consent": "on", "form_key": form_key()})
    page = browser.get(reverse("people:proof"))
    back = town.sandbox.confirm_person(page.context["proof"].platform_url, NEW_CITIZEN[0])
    told = browser.get(back.partition("testserver")[2] or back)
    assert told.status_code == 400
    assert 'href="' + told.context["home_address"] + '"' in told.content.decode()


def test_who_is_known_in_one_city_cannot_order_the_others_product(town: Town, zhengzhou: PlanYear) -> None:
    li = town.resident(LI)
    sanmenxia = town.plan_year
    town.plan_year = zhengzhou
    with pytest.raises(InsuredElsewhere) as told:
        town.choose(li, li.person)
    assert told.value.home == sanmenxia.scheme
    assert not Order.objects.exists()


def test_who_moves_before_she_has_paid_is_asked_again(town: Town, zhengzhou: PlanYear) -> None:
    li = town.resident(LI)
    order = town.choose(li, li.person)
    town.read_and_agree(li, order)
    type(li.person).objects.filter(pk=li.person.pk).update(insurance_area="410102")
    PersonInsurance.objects.filter(person=li.person).update(closed_at=clock.now())
    with pytest.raises(InsuredElsewhere):
        town.place(li, li.person)


def test_of_a_relative_who_is_not_proved_the_payer_is_not_told_where_she_is_insured(
    town: Town, zhengzhou: PlanYear
) -> None:
    li = town.resident(LI)
    friend = town.add(li, MOTHER, "other").relative
    type(friend).objects.filter(pk=friend.pk).update(insurance_area="410102")
    PersonInsurance.objects.filter(person=friend).update(closed_at=clock.now())
    with pytest.raises(DomainError) as told:
        town.choose(li, li.person, friend)
    assert told.value.code == "cannot_enrol_now"
    assert "郑州" not in str(told.value)


def test_who_is_insured_in_both_cities_may_choose(town: Town, zhengzhou: PlanYear) -> None:
    li = town.resident(LI).person
    PersonInsurance.objects.create(
        person=li,
        type="resident",
        area="410102",
        status="active",
        civil_servant=False,
        from_on=date(2026, 1, 1),
        asked_at=clock.now(),
    )
    today = clock.today()
    assert insured_elsewhere([li], scheme=town.scheme, on=today) == {}
    assert insured_elsewhere([li], scheme=zhengzhou.scheme, on=today) == {}


def test_an_area_that_changes_hands_takes_its_people_along_from_that_day(town: Town, zhengzhou: PlanYear) -> None:
    li = town.resident(LI).person
    today = clock.today()
    SchemeArea.objects.filter(scheme=town.scheme).update(to_on=today + timedelta(days=1))
    SchemeArea.objects.create(scheme=zhengzhou.scheme, area="4112", from_on=today + timedelta(days=1))
    assert insured_elsewhere([li], scheme=town.scheme, on=today) == {}
    assert insured_elsewhere([li], scheme=town.scheme, on=today + timedelta(days=1)) == {li.pk: zhengzhou.scheme}


def test_three_people_of_the_scheme_cost_one_question_for_the_areas(town: Town, django_assert_num_queries: Any) -> None:
    li = town.resident(LI)
    people = [li.person, town.add(li, MOTHER, "parent").relative]
    with django_assert_num_queries(1):  # none where the areas are kept, as they are outside tests
        assert insured_elsewhere(people, scheme=town.scheme, on=clock.today()) == {}


def test_the_family_page_says_it_beside_the_question(town: Town, zhengzhou: PlanYear) -> None:
    li = town.resident(LI)
    browser: Client = town.browse(li)
    page = browser.post(
        "/zz/enrol/family/", {"people": [str(li.person.pk)], "form_key": form_key()}, headers={"accept-language": "en"}
    )
    assert page.status_code == 400
    assert "三门峡" in page.content.decode() or "Sanmenxia" in page.content.decode()
