"""What a published text promises of the portal, some code keeps, and its number is the one by which that code works."""

from __future__ import annotations

from importlib import import_module

import pytest

from claims.actions.submit_claim import REVIEW_WORKDAYS
from products.promises import declare, declared


@pytest.mark.parametrize("name", sorted(declared()))
def test_what_keeps_a_promise_exists(name: str) -> None:
    assert import_module(declared()[name].kept_by)


def test_the_number_is_the_one_that_the_code_works_by() -> None:
    assert declared()["decision_days"].figure == REVIEW_WORKDAYS


def test_a_promise_is_kept_by_one() -> None:
    declare("decision_days", kept_by="claims.actions.submit_claim", figure=REVIEW_WORKDAYS, unit="working_days")
    with pytest.raises(ValueError, match=r"claims\.actions\.submit_claim"):
        declare("decision_days", kept_by="somebody.else")
