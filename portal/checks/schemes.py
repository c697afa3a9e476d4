"""Each scheme names the credentials under which it speaks to the platform and sends messages: are they set?"""

from __future__ import annotations

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DatabaseError

from core.partners import Fault, Partner, problems
from messaging import gateway
from nhsa import conf as platform
from parties.models import Scheme


def without_credentials() -> list[CheckMessage]:
    """One error for each scheme and partner. Nothing while the tables are not there yet or the database does not
    answer: that is told elsewhere (prepare, readyz)."""
    try:
        found = list(Scheme.objects.values_list("code", "platform_credentials", "message_credentials"))
    except DatabaseError:
        return []
    return [
        error
        for code, at_platform, at_gateway in found
        for error in (
            *_missing(code, at_platform, platform.NHSA, platform.partner_at(at_platform)),
            *_missing(code, at_gateway, gateway.SMS, gateway.partner_at(at_gateway)),
        )
    ]


def _missing(scheme: str, reference: str, kind: Partner, named: Partner) -> list[CheckMessage]:
    if reference != kind.prefix and not reference.startswith(f"{kind.prefix}_"):
        sentence = f"The scheme {scheme} names {reference}, which is no set of {kind.prefix}."
        return [Error(sentence, hint=f"{kind.prefix}, {kind.prefix}_2, …", id="portal.E037")]
    lacking = [one.variable for one in problems(named, settings.PARTNERS) if one.fault is not Fault.UNKNOWN]
    if not lacking:
        return []
    sentence = f"The scheme {scheme} names {reference}, of which these are not set or not good: {', '.join(lacking)}."
    return [Error(sentence, hint="Set them, or the scheme's other set.", id="portal.E037")]
