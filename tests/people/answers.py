"""Answers of the national platform about made-up people, given on any day without asking anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from nhsa import Identity, Insurance, InsuredPerson
from people.answers import remember
from people.models import Person

LI = InsuredPerson(
    psn_no="41120000000000000000001001",
    name="李秀兰",
    id_type="resident_id",
    id_number="411202196803154264",
    sex="F",
    birth_date=date(1968, 3, 15),
    insurances=(),
    identities=(),
)
ZHAO = replace(
    LI,
    psn_no="41120000000000000000001005",
    name="赵国强",
    id_number="411281197001255194",
    sex="M",
    birth_date=date(1970, 1, 25),
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def noon(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T12:00").replace(tzinfo=timezone(timedelta(hours=8)))


def insured(status: str = "active", *, since: str = "2016-01-01", paused_on: str = "", **more: Any) -> Insurance:
    """Residents' insurance of Sanmenxia, unless something else is said."""
    return Insurance(
        **{
            "type": "resident",
            "status": status,
            "area": "411200",
            "category": "1501",
            "balance_fen": 0,
            "since": day(since) if since else None,
            "paused_on": day(paused_on) if paused_on else None,
            "civil_servant": False,
            **more,
        }
    )


def poor(*, since: str = "2021-01-01", until: str = "", name: str = "特困", level: str = "") -> Identity:
    return Identity("301", name, level, day(since) if since else None, day(until) if until else None)


def asked(on: str, who: InsuredPerson = LI, *insurances: Insurance, classes: tuple[Identity, ...] = ()) -> Person:
    """What the platform answered at noon of that day is remembered."""
    answer = replace(who, insurances=insurances or (insured(),), identities=classes)
    return remember(answer, now=noon(on))
