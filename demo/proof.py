"""A made-up person proves who she is at the sandbox's platform page, as her own hands would on her own phone."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import httpx

from accounts.models import User
from demo.people import DemoResident
from parties.models import Scheme
from people.actions import finish_proof, start_proof
from people.models import PersonProof
from people.models.proof import ProofMethod

_SECRET = "the browser of the demonstration"  # noqa: S105  (any text: this browser begins and finishes)


def prove(user: User, person: DemoResident, *, scheme: Scheme, now: datetime) -> PersonProof:
    """By e-voucher: begun here, confirmed on the platform's page, exchanged here. Raises NotConfirmed, Busy."""
    begun = start_proof(
        user=user, method=ProofMethod.VOUCHER, consented=True, session_secret=_SECRET, scheme=scheme, now=now
    )
    form = {"phone": person.phone, "password": person.voucher_password}
    reply = httpx.post(begun.platform_url, data=form, trust_env=False, timeout=10)
    back = parse_qs(urlsplit(reply.headers.get("Location", "")).query)
    return finish_proof(
        user=user,
        session_secret=_SECRET,
        state=back.get("state", [""])[0],
        ticket=back.get("ticket", [""])[0],
        scheme=scheme,
        now=now,
    )
