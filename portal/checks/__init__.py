"""What must be true of a configuration before anything serves with it. Registered with Django's checks, so that
`manage.py check` and every command say it; portal.start asks the same before web and worker come up.

Silent in the demo and in tests: their partners are the sandbox, their addresses this machine. The ids are explained in
docs/operating.md; a test compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from core.partners import Fault, Partner, problems, references
from messaging import gateway
from nhsa import conf as platform
from payments import channels
from portal.checks import deployment, schemes


def all_partners(given: Mapping[str, str]) -> list[Partner]:
    """Whose variables must be set, each once: several channels may speak to one partner."""
    platforms = [platform.partner_at(reference) for reference in references(platform.NHSA.prefix, given)]
    gateways = [gateway.partner_at(reference) for reference in references(gateway.SMS.prefix, given)]
    return list({partner.prefix: partner for partner in (*platforms, *channels.partners(given), *gateways)}.values())


PARTNER_IDS = {
    Fault.MISSING: "portal.E031",
    Fault.UNREADABLE: "portal.E032",
    Fault.TWICE: "portal.E033",
    Fault.MALFORMED: "portal.E034",
    Fault.CONTRADICTORY: "portal.E035",
    Fault.UNKNOWN: "portal.W031",
}


def partners_are_configured(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    if not settings.PRODUCTION:
        return []
    return [
        (Warning if problem.fault is Fault.UNKNOWN else Error)(
            problem.sentence, hint=problem.todo, id=PARTNER_IDS[problem.fault]
        )
        for partner in all_partners(settings.PARTNERS)
        for problem in problems(partner, settings.PARTNERS)
    ]


def channels_are_left(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """CHANNELS_OFF switches off channels that exist, and leaves a way for money to come in and to go out."""
    known = {channel.code.lower() for channel in channels.CHANNELS.values()}
    strangers = sorted(set(settings.CHANNELS_OFF) - known)
    found = [f"CHANNELS_OFF names {name}, which is no channel." for name in strangers]
    if not channels.taking_in():
        found.append("CHANNELS_OFF leaves no channel by which anybody could pay.")
    if not channels.paying_out():
        found.append("CHANNELS_OFF leaves no channel by which a claim could be paid out.")
    hint = f"Channels are {', '.join(sorted(known))}."
    return [Error(sentence, hint=hint, id="portal.E036") for sentence in found]


def schemes_have_credentials(app_configs: Any = None, *, databases: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    """Asks the database: said where one is named (`check --database default`, `migrate`) and before a start."""
    return schemes.without_credentials() if settings.PRODUCTION and databases else []


def site_is_closed(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    return deployment.errors() if settings.PRODUCTION else []


def nothing_is_left_out(app_configs: Any = None, **_kwargs: Any) -> list[CheckMessage]:
    return deployment.warnings() if settings.PRODUCTION else []


def register_all() -> None:
    register(channels_are_left)
    register(partners_are_configured)
    register(schemes_have_credentials, Tags.database)
    register(site_is_closed)
    register(nothing_is_left_out, deploy=True)
