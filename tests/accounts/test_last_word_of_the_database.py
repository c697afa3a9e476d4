"""What the database refuses of people, roles and sign-in codes, whatever our code says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.guards.rows import Rows, case, only_one_side_fits

WU, ZHOU = 41, 42
MORNING, NOON = "2026-11-20 10:00+08", "2026-11-20 12:00+08"


@pytest.mark.parametrize(
    ("constraint", "fits", "does_not"),
    [
        case("accounts_logincode.login_code_at_most_five_attempts", {"attempts": 5}, {"attempts": 6}),
        case(
            "accounts_logincode.login_code_expires_later",
            {"created_at": MORNING, "expires_at": NOON},
            {"created_at": MORNING, "expires_at": MORNING},
        ),
        case(
            "accounts_roleassignment.nobody_grants_herself_a_role",
            {"user_id": ZHOU, "granted_by_id": WU},
            {"user_id": WU, "granted_by_id": WU},
        ),
        case(
            "accounts_roleassignment.nobody_confirms_her_own_role",
            {"user_id": ZHOU, "confirmed_by_id": WU},
            {"user_id": WU, "confirmed_by_id": WU},
        ),
        case(
            "accounts_roleassignment.two_officers_are_two",
            {"granted_by_id": WU, "confirmed_by_id": ZHOU},
            {"granted_by_id": WU, "confirmed_by_id": WU},
        ),
        case(
            "accounts_roleassignment.roles_that_move_money_need_two",
            {"role": "finance", "state": "LIVE", "granted_by_id": WU, "confirmed_by_id": ZHOU},
            {"role": "finance", "state": "LIVE", "granted_by_id": WU},
        ),
        case(
            "accounts_roleassignment.the_installation_makes_two_officers",
            {"role": "security", "granted_by_id": None, "installed_as": 2},
            {"role": "finance", "granted_by_id": None, "installed_as": 2},
        ),
        case("accounts_rolescope.role_scope_area_is_a_code", {"area": "411202"}, {"area": "41120x"}),
        case(
            "accounts_rolescope.role_scope_names_one_thing",
            {"scheme_id": "smx", "area": ""},
            {"scheme_id": "smx", "area": "411202"},
        ),
        case("accounts_roleassignment.residents_role_is_not_granted", {"role": "bureau"}, {"role": "resident"}),
        case(
            "accounts_user.residents_have_a_phone_staff_a_user_name",
            {"kind": "RESIDENT", "username": None, "phone_index": "a digest"},
            {"kind": "RESIDENT", "username": None, "phone_index": None, "closed_at": None},
        ),
    ],
)
def test_a_row_that_makes_no_sense(rows: Rows, constraint: str, fits: dict[str, Any], does_not: dict[str, Any]) -> None:
    only_one_side_fits(rows, constraint, fits, does_not)
