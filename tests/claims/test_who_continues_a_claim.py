"""Who continues a claim before it is handed in: who may act for the insured; the desk, where nobody filed it."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from claims import selectors
from claims.actions import look_up_stays
from claims.actions._reviewing import require_hand
from claims.admin.continuing import continues
from core import clock
from core.actors import Actor, Grant
from core.errors import NotAllowed
from tests.accounts.people import signed_in
from tests.claims.people import Family

SOMEBODY = Actor.holding(7, "staff:xin", "some.other_permission")
RESIDENT = Actor.holding(8, "resident:8", "claims.file")


def claim(filed_by_id: int | None, insurer: str = "xiaoshan") -> Any:
    """What is asked of a claim when it is only told whose it is."""
    columns = {"insurer": "insurer"}
    return SimpleNamespace(
        filed_by_id=filed_by_id, insured_id=0, is_editable=True, insurer=insurer, scope_columns=columns
    )


def reviewer(insurer: str) -> Actor:
    return Actor(9, "staff:zhoumin", (Grant(frozenset({"claims.review"}), {"insurer": frozenset({insurer})}),))


def test_without_the_right_to_file_nobody_continues_it() -> None:
    with pytest.raises(NotAllowed):
        require_hand(claim(filed_by_id=8), SOMEBODY)


def test_a_resident_who_may_file_continues_one_that_nobody_filed_as_herself_and_not_as_the_desk() -> None:
    assert require_hand(claim(filed_by_id=None), RESIDENT) is False


@pytest.mark.django_db
def test_the_desk_continues_what_nobody_filed() -> None:
    assert require_hand(claim(filed_by_id=None), reviewer("xiaoshan")) is True


def test_the_desk_of_another_insurer_does_not() -> None:
    with pytest.raises(NotAllowed):
        require_hand(claim(filed_by_id=None), reviewer("dahe"))


def test_its_page_offers_that_to_the_insurers_reviewers_alone() -> None:
    nobodys = claim(filed_by_id=None)
    assert continues(nobodys, reviewer("xiaoshan"))
    assert not continues(nobodys, reviewer("dahe"))
    assert not continues(nobodys, SOMEBODY)


def test_what_somebody_filed_the_desk_leaves_to_her() -> None:
    with pytest.raises(NotAllowed):
        require_hand(claim(filed_by_id=8), reviewer("xiaoshan"))


@pytest.mark.django_db(transaction=True)
class TestLookingForStays:
    def test_without_the_right_to_file_or_to_review_nobody_looks(self, family: Family) -> None:
        with pytest.raises(NotAllowed):
            look_up_stays(policy=family.policies["李秀兰"], actor=SOMEBODY, now=clock.now())

    def test_the_desk_of_another_insurer_sees_none(self, family: Family) -> None:
        with pytest.raises(NotAllowed):
            look_up_stays(policy=family.policies["李秀兰"], actor=reviewer("dahe"), now=clock.now())


@pytest.mark.django_db(transaction=True)
class TestWhatTheDeskFinds:
    def test_a_report_only_by_who_reviews_for_its_insurer(self, family: Family) -> None:
        report = family.is_told()
        assert selectors.open_reports(reviewer("xiaoshan")) == [report]
        assert selectors.open_reports(reviewer("dahe")) == []

    def test_a_policy_to_report_on_only_by_who_reviews_for_its_insurer(self, family: Family) -> None:
        asked = {"name": "王桂英", "id_number": "411202194309023286", "day": date(2026, 5, 11)}
        assert selectors.policies_to_report_on(reviewer("xiaoshan"), **asked) == [family.policies["王桂英"]]
        assert selectors.policies_to_report_on(reviewer("dahe"), **asked) == []
        assert selectors.policies_to_report_on(SOMEBODY, **asked) == []

    def test_the_way_to_register_a_claim_is_shown_to_reviewers_alone(self, family: Family) -> None:
        for who, shown in ((family.zhou, True), (family.wang, False)):
            page = signed_in(who).get("/admin/claims/claim/").content.decode()
            assert ("/admin/claims/claim/register/" in page) == shown


@pytest.mark.django_db(transaction=True)
def test_the_desk_does_not_continue_what_is_about_herself(family: Family) -> None:
    about_li = claim(filed_by_id=None)
    about_li.insured_id = family.people["李秀兰"].pk
    li_at_the_desk = Actor(family.li.pk, "staff:li", (Grant(frozenset({"claims.review"})),))
    with pytest.raises(NotAllowed) as refused:
        require_hand(about_li, li_at_the_desk)
    assert refused.value.code == "own_claim"
