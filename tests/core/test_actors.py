"""A permission is held within a scope, and asked of the subject."""

from dataclasses import dataclass

import pytest

from core.actors import IN_COMMON, Actor, Grant, scope_of
from core.errors import NotAllowed


@dataclass
class Claim:
    insurer: str = ""
    county: str = ""

    scope_columns = {"insurer": "insurer", "area": "county"}


class Register:
    scope_columns = IN_COMMON


XIAOSHAN, DAHE, NOWHERE = Claim("xiaoshan"), Claim("dahe"), Claim()
REVIEW, APPROVE = frozenset({"claims.review"}), frozenset({"claims.approve"})
AT_XIAOSHAN, AT_DAHE = {"insurer": frozenset({"xiaoshan"})}, {"insurer": frozenset({"dahe"})}


def holding(*grants: Grant) -> Actor:
    return Actor(8, "staff:zhou", grants)


def test_a_role_for_one_insurer_does_not_reach_anothers_claim():
    zhou = holding(Grant(REVIEW, AT_XIAOSHAN))
    assert zhou.may("claims.review", XIAOSHAN)
    assert not zhou.may("claims.review", DAHE)


def test_two_roles_for_two_insurers_do_not_mix():
    """Reviewer at Xiaoshan and approver at Dahe: she approves nothing at Xiaoshan."""
    zhou = holding(Grant(REVIEW, AT_XIAOSHAN), Grant(APPROVE, AT_DAHE))
    assert [zhou.may(p, s) for p in ("claims.review", "claims.approve") for s in (XIAOSHAN, DAHE)] == [
        True, False, False, True,
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        zhou.require("claims.approve", XIAOSHAN)


def test_one_permission_held_twice_is_put_together_and_so_are_several_codes():
    everywhere_she_is = (
        holding(Grant(REVIEW, AT_XIAOSHAN), Grant(REVIEW, AT_DAHE)),
        holding(Grant(REVIEW, {"insurer": frozenset({"xiaoshan", "dahe"})})),
    )
    for zhou in everywhere_she_is:
        assert [zhou.may("claims.review", one) for one in (XIAOSHAN, DAHE, Claim("huaxia"))] == [True, True, False]


def test_without_a_subject_the_answer_is_whether_it_is_held_anywhere():
    zhou = holding(Grant(APPROVE, AT_DAHE))
    assert zhou.may("claims.approve")
    assert zhou.permissions == APPROVE


def test_a_subject_that_belongs_nowhere_is_reached_only_by_who_is_not_narrowed():
    assert not holding(Grant(APPROVE, AT_DAHE)).may("claims.approve", NOWHERE)
    assert not holding(Grant(APPROVE, AT_DAHE)).may("claims.approve", object())
    assert holding(Grant(APPROVE)).may("claims.approve", object())


def test_every_dimension_must_fit():
    narrow = holding(Grant(APPROVE, {**AT_DAHE, "area": frozenset({"411224"})}))
    assert not narrow.may("claims.approve", DAHE)
    assert narrow.may("claims.approve", Claim("dahe", "411224"))
    assert not narrow.may("claims.approve", Claim("xiaoshan", "411224"))


def test_an_area_takes_in_its_counties_and_no_other_code_takes_in_anything():
    city = holding(Grant(APPROVE, {"area": frozenset({"4112", "4101"})}))
    assert city.may("claims.approve", Claim("dahe", "411224"))
    assert not city.may("claims.approve", Claim("dahe", "410500"))
    assert not holding(Grant(APPROVE, {"insurer": frozenset({"da"})})).may("claims.approve", DAHE)


def test_in_a_register_that_all_share_nobody_writes_who_is_narrowed_and_everybody_reads():
    assert not holding(Grant(APPROVE, AT_DAHE)).may("claims.approve", Register())
    assert holding(Grant(APPROVE)).may("claims.approve", Register())
    assert Grant(APPROVE, AT_DAHE).among(Register) is None


def test_a_row_says_its_own_scope_for_what_is_written_about_it():
    assert scope_of(Claim("dahe", "411224")) == {"insurer": "dahe", "area": "411224"}
    assert scope_of(NOWHERE) == scope_of(None) == {}


def test_a_scope_without_codes_reaches_nothing():
    assert not holding(Grant(APPROVE, {"insurer": frozenset()})).may("claims.approve", DAHE)
