"""Zhou Min is insured in Zhengzhou and works in Sanmenxia. At Sanmenxia's service point her card lies on the desk:
there she becomes one of its people, and of nobody else's.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from demo.plan_years import create_second_city
from people.belonging import SchemesOfPerson
from people.models import Person, Residence
from products.models import PlanYear
from tests.accounts.people import signed_in, staff
from tests.enrollment.helpers import Town
from tests.people.helpers import HUSBAND, NEW_CITIZEN, Resident, account
from tests.portal.matrix.declared import no_inlines

LIST = "/admin/people/person/"
ADD = f"{LIST}add/"
PROOF = {
    "scheme": "smx", "ground": "work", "from_on": "2026-09-01", "to_on": "2027-09-01", "found": "contract of work"
}  # fmt: skip
CARD = {"name": "周 敏", "id_number": "４１０１０２１９９０１００５２２３０"}


@pytest.fixture
def zhengzhou(town: Town) -> PlanYear:
    return create_second_city()


@pytest.fixture
def zhou(town: Town, zhengzhou: PlanYear) -> Resident:
    user = account(NEW_CITIZEN[2])
    return Resident(user, town.links(user, NEW_CITIZEN[0]))


def operator(name: str, **within: str) -> Client:
    client = signed_in(staff(name, "operator", within={dimension: [code] for dimension, code in within.items()}))
    client.cookies["look"] = "auto.normal.en"
    return client


def page_of(person: Person) -> str:
    return f"{LIST}{person.pk}/change/"


def test_by_her_card_she_becomes_one_of_the_schemes_people(town: Town, zhou: Resident) -> None:
    desk = operator("wangdian", scheme="smx")
    assert desk.get(page_of(zhou.person)).status_code == 302, "nothing of her is Sanmenxia's yet"
    assert str(zhou.person.masked_name) not in desk.get(LIST).content.decode()
    assert 'name="id_number"' in desk.get(ADD).content.decode()
    answer = desk.post(ADD, {**CARD, **PROOF})
    assert answer.url == page_of(zhou.person)
    row = Residence.objects.get()
    assert (row.person, row.scheme_id, row.checked_by.username) == (zhou.person, "smx", "wangdian")
    assert desk.get(page_of(zhou.person)).status_code == 200
    assert zhou.person.masked_name in desk.get(LIST).content.decode()
    assert town.choose(zhou, zhou.person).lines.get().insured == zhou.person


def test_her_own_citys_desk_sees_her_all_along_and_a_third_ones_never(zhou: Resident) -> None:
    operator("wangdian", scheme="smx").post(ADD, {**CARD, **PROOF})
    assert operator("zhengzhou", scheme="zz").get(page_of(zhou.person)).status_code == 200
    assert operator("county", area="4112").get(page_of(zhou.person)).status_code == 302


def test_what_one_citys_desk_has_read_is_not_shown_to_the_others(zhou: Resident) -> None:
    desk = operator("wangdian", scheme="smx")
    desk.post(ADD, {**CARD, **PROOF})
    assert "contract of work" in desk.get(page_of(zhou.person)).content.decode()
    assert "contract of work" not in operator("zhengzhou", scheme="zz").get(page_of(zhou.person)).content.decode()


def test_a_second_proof_is_written_down_on_her_page(zhou: Resident) -> None:
    desk = operator("wangdian", scheme="smx")
    desk.post(ADD, {**CARD, **PROOF})
    again = {**no_inlines("documents", "insurances", "classes", "residences"), **PROOF, "ground": "school"}
    assert desk.post(page_of(zhou.person), again).status_code == 302
    assert Residence.objects.count() == 2


@pytest.mark.parametrize("card", [{**CARD, "name": "周明"}, {**CARD, "id_number": HUSBAND[1]}], ids=["name", "number"])
def test_another_name_and_another_number_are_told_alike(zhou: Resident, card: dict[str, Any]) -> None:
    page = operator("wangdian", scheme="smx").post(ADD, {**card, **PROOF})
    assert page.status_code == 200
    assert "Nobody with this name and number" in page.content.decode()
    assert not Residence.objects.exists()


def test_an_operator_offers_and_uses_her_own_scheme_alone(zhou: Resident) -> None:
    desk = operator("zhengzhou", scheme="zz")
    assert 'value="smx"' not in desk.get(ADD).content.decode()
    assert desk.post(ADD, {**CARD, **PROOF}).status_code == 200
    assert not Residence.objects.exists()


def test_her_own_citys_desk_has_nothing_to_write_down_on_her_page(zhou: Resident) -> None:
    """It is the other city that she moved to."""
    assert 'name="ground"' not in operator("zhengzhou", scheme="zz").get(page_of(zhou.person)).content.decode()
    assert 'name="ground"' in operator("both").get(page_of(zhou.person)).content.decode()


def test_what_ties_her_is_asked_of_a_row_as_of_the_database(zhou: Resident) -> None:
    codes, home = frozenset({"smx"}), frozenset({"zz"})
    place = SchemesOfPerson()

    def belongs(to: frozenset[str]) -> bool:
        of_a_row, in_a_list = place.holds(zhou.person, to), Person.objects.filter(place.among(to)).exists()
        assert of_a_row is in_a_list
        return of_a_row

    assert (belongs(codes), belongs(home)) == (False, True)
    operator("wangdian", scheme="smx").post(ADD, {**CARD, **PROOF})
    assert (belongs(codes), belongs(home)) == (True, True)
