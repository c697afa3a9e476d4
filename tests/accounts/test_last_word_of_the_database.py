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
        case("accounts_roleassignment.residents_role_is_not_granted", {"role": "bureau"}, {"role": "resident"}),
        case(
            "accounts_roleassignment.only_claims_roles_are_narrowed",
            {"role": "claims_reviewer", "insurer_code": "dahe"},
            {"role": "finance", "insurer_code": "dahe"},
        ),
        case(
            "accounts_user.residents_have_a_phone_staff_a_user_name",
            {"kind": "RESIDENT", "username": None, "phone_index": "a digest"},
            {"kind": "RESIDENT", "username": None, "phone_index": None, "closed_at": None},
        ),
    ],
)
def test_a_row_that_makes_no_sense(rows: Rows, constraint: str, fits: dict[str, Any], does_not: dict[str, Any]) -> None:
    only_one_side_fits(rows, constraint, fits, does_not)
