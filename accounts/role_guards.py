"""What the database itself refuses of roles, from the tables in accounts.roles: written by migrations, asked by nobody.

Each reads what other transactions have committed after it waited for them, so that two who act at once are two who act
one after the other.
"""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import Any

import pgtrigger
from django.db.models import Q

from accounts.roles import FORBIDDEN_PAIRS, NARROWED_IN, OFFICER_ROLES, Dimension
from work.triggers import Plain

_COLUMNS = {dimension: "area" if dimension == Dimension.AREA else f"{dimension}_id" for dimension in Dimension}


def _listed(words: Any) -> str:
    return ", ".join(f"'{word}'" for word in sorted(str(word) for word in words))


# Both ways round: the trigger sees one role and asks for the other.
_PAIRS = _listed(f"{a}+{b}" for pair in FORBIDDEN_PAIRS for a in pair for b in pair if a != b)
_FORBIDDEN = """
    PERFORM pg_advisory_xact_lock(hashtextextended('roles of ' || NEW.user_id, 0));
    IF EXISTS (
        SELECT 1 FROM accounts_roleassignment AS held
        WHERE held.user_id = NEW.user_id AND held.id <> NEW.id AND held.state = 'LIVE'
            AND (held.role || '+' || NEW.role) IN ($PAIRS)
    ) THEN
        RAISE EXCEPTION 'roles_exclude_each_other: % beside another role of this person', NEW.role
            USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
"""

# FOR SHARE: an officer whose role is being taken back at this moment gives none.
_IS_OFFICER = """
    IF officer IS NOT NULL THEN
        PERFORM 1 FROM accounts_roleassignment AS held JOIN accounts_user AS who ON who.id = held.user_id
            WHERE held.user_id = officer AND held.state = 'LIVE' AND held.role IN ($OFFICERS)
                AND who.is_active
            FOR SHARE OF held;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'officers_give_roles: % is none', officer USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
"""

_UNDECIDED = """
    IF OLD.state <> 'PROPOSED' THEN
        RAISE EXCEPTION 'officers_confirm_roles: it was decided' USING ERRCODE = 'check_violation';
    END IF;
"""

_CODE = ", ".join(f"'{name}=' || NULLIF({column}, '')" for name, column in _COLUMNS.items())
_AS_WRITTEN = """
    IF (SELECT role.within FROM accounts_roleassignment AS role WHERE role.id = $ROLE) IS DISTINCT FROM (
        SELECT coalesce(string_agg(word, ' ' ORDER BY word COLLATE "C"), '') FROM (
            SELECT coalesce($CODE) AS word FROM accounts_rolescope WHERE assignment_id = $ROLE
        ) AS words
    ) THEN
        RAISE EXCEPTION 'role_is_held_as_written: the scope of role % and its line differ', $ROLE
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""

_NARROWED = _listed(f"{role} {dimension}" for role, dimensions in NARROWED_IN.items() for dimension in dimensions)
_WHICH = " ".join(f"WHEN NULLIF(NEW.{column}, '') IS NOT NULL THEN '{name}'" for name, column in _COLUMNS.items())
_NARROWED_SO = """
    IF (SELECT role.role || ' ' || $DIMENSION FROM accounts_roleassignment AS role
        WHERE role.id = NEW.assignment_id) NOT IN ($NARROWED) THEN
        RAISE EXCEPTION 'role_is_narrowed_so: not this role' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


def _filled(sql: str, *, role: str = "") -> str:
    """With the tables of accounts.roles in their places. role: the expression that names the assignment."""
    tables = {
        "$PAIRS": _PAIRS,
        "$OFFICERS": _listed(OFFICER_ROLES),
        "$CODE": _CODE,
        "$DIMENSION": f"CASE {_WHICH} END",
        "$NARROWED": _NARROWED,
        "$ROLE": role,
    }
    for place, table in tables.items():
        sql = sql.replace(place, table)
    return sql


def of_assignments() -> list[Plain]:
    return [
        Plain(
            name="roles_exclude_each_other",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
            condition=pgtrigger.Condition("(NEW.state IN ('PROPOSED', 'LIVE'))"),
            func=_filled(_FORBIDDEN),
        ),
        Plain(
            name="officers_give_roles",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[("officer", "bigint := NEW.granted_by_id")],
            func=_filled(_IS_OFFICER),
        ),
        Plain(
            name="officers_confirm_roles",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition("(OLD.confirmed_by_id IS DISTINCT FROM NEW.confirmed_by_id)"),
            declare=[("officer", "bigint := NEW.confirmed_by_id")],
            func=_filled(_UNDECIDED + _IS_OFFICER),
        ),
        Plain(
            name="role_is_held_as_written",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            timing=pgtrigger.Deferred,
            func=_filled(_AS_WRITTEN, role="NEW.id"),
        ),
    ]  # fmt: skip


def of_scopes() -> list[Plain]:
    return [
        Plain(
            name="role_is_narrowed_so",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=_filled(_NARROWED_SO),
        ),
        # A scope that is added later would widen or narrow a role past the two officers.
        Plain(
            name="scope_is_as_written",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            timing=pgtrigger.Deferred,
            func=_filled(_AS_WRITTEN, role="NEW.assignment_id"),
        ),
    ]


def exactly_one() -> Q:
    """Of the columns of a scope."""
    return reduce(or_, (reduce(and_, (_is_set(one, one == wanted) for one in Dimension)) for wanted in Dimension))


def _is_set(dimension: Dimension, yes: bool) -> Q:
    if dimension == Dimension.AREA:
        return ~Q(area="") if yes else Q(area="")
    return Q(**{f"{dimension}__isnull": not yes})
