"""Who sees a person's stays, and whose account gets the money: knowing an identity number must bring neither."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from claims import selectors
from claims.models import Claim
from core import clock
from core.errors import DomainError, NotFound
from enrollment import selectors as enrollment
from enrollment.models import OrderLine
from people.models import Kinship, Person
from people.relations import CLOSE_RELATIONS, Relation
from tests.claims.people import WANG_PNEUMONIA, Family
from tests.people.proofs import stands_for

Browser = Callable[[User], Client]


@pytest.fixture
def stranger(family: Family) -> Family:
    """Li insured Zhang Jianguo as "somebody else", and he is nobody close to her."""
    OrderLine.objects.filter(policy=family.policies["张建国"]).update(relation=Relation.OTHER)
    Kinship.objects.filter(relative=family.people["张建国"]).update(relation=Relation.OTHER)
    return family


def names(user: User) -> set[str]:
    policies = enrollment.claimable_policies(user.actor(), today=clock.today())
    return {policy.insured.name for policy in policies}


@pytest.mark.parametrize("relation", [relation for relation in CLOSE_RELATIONS if relation != Relation.SELF])
def test_a_close_relative_can_be_claimed_for(family: Family, relation: Relation) -> None:
    policy = family.policies["张建国"]
    Kinship.objects.filter(relative=policy.insured).update(relation=relation)
    assert names(family.li) == {"李秀兰", "王桂英", "张建国"}
    assert enrollment.policy_for_claim(family.li.actor(), policy.number) == policy


def test_somebody_else_cannot_be_claimed_for(stranger: Family) -> None:
    assert names(stranger.li) == {"李秀兰", "王桂英"}
    with pytest.raises(NotFound) as refusal:
        enrollment.policy_for_claim(stranger.li.actor(), stranger.policies["张建国"].number)
    assert refusal.value.code == "policy_not_found"


def test_the_page_says_who_claims_instead_and_shows_no_stay(stranger: Family, browser_of: Browser) -> None:
    li = browser_of(stranger.li)
    li.cookies["look"] = "auto.normal.en"
    page = li.get(reverse("claims:choose_policy")).content.decode()
    assert "张建国 was enrolled as somebody else" in page
    assert "王桂英 was" not in page
    assert li.get(f"/claims/new/{stranger.policies['张建国'].number}/").status_code == 404
    assert li.get(f"/claims/new/{stranger.policies['王桂英'].number}/").status_code == 200


def test_he_claims_from_his_own_account(stranger: Family) -> None:
    stands_for(stranger.zhao, stranger.people["张建国"])
    assert names(stranger.zhao) == {"张建国"}
    number = stranger.policies["张建国"].number
    assert enrollment.policy_for_claim(stranger.zhao.actor(), number).number == number


# the account --------------------------------------------------------------------------------------------------------


def claim_of_somebody_born(family: Family, born: date) -> Claim:
    claim = family.starts(WANG_PNEUMONIA, of="王桂英")
    Person.objects.filter(pk=claim.insured_id).update(birth_date=born)
    return Claim.objects.get(pk=claim.pk)


def test_an_adults_money_goes_to_an_account_of_her_own(family: Family) -> None:
    claim = family.starts(WANG_PNEUMONIA, of="王桂英")
    assert selectors.allowed_payee_names(claim, actor=family.li.actor(), today=clock.today()) == ["王桂英"]
    assert family.names_account(claim, name="王桂英").live_payees[0].name == "王桂英"
    for name in ("李秀兰", "赵国强"):
        with pytest.raises(DomainError) as refusal:
            family.names_account(claim, name=name)
        assert (refusal.value.code, refusal.value.field) == ("payee_name", "payee_name")


def test_a_childs_money_may_go_to_the_relative_who_files_until_the_eighteenth_birthday(family: Family) -> None:
    claim = claim_of_somebody_born(family, date(2008, 11, 20))
    assert selectors.allowed_payee_names(claim, actor=family.li.actor(), today=date(2026, 11, 19)) == [
        "王桂英",
        "李秀兰",
    ]
    assert selectors.allowed_payee_names(claim, actor=family.li.actor(), today=date(2026, 11, 20)) == ["王桂英"]


def test_the_page_of_the_account_explains_whose_it_may_be(family: Family, browser_of: Browser) -> None:
    claim = claim_of_somebody_born(family, date(2016, 1, 1))
    li = browser_of(family.li)
    li.cookies["look"] = "auto.normal.en"
    address = reverse("claims:payee", args=[claim.number])
    page = li.get(address).content.decode()
    assert "under 18" in page
    assert page.count('name="payee_name"') == 2
    Person.objects.filter(pk=claim.insured_id).update(birth_date=date(1943, 9, 2))
    page = li.get(address).content.decode()
    assert "goes to an account of the insured person" in page
    assert page.count('name="payee_name"') == 1
