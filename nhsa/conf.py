"""The one place where this room meets Django settings: the platform's variables → a Client for each set of them.

A city is an application of its own at the platform, with its own id, keys and area. A scheme names its set; there is no
client without one.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from core.partners import Partner, Variable
from core.shapes import at_least, https_address, matching
from nhsa.client import Client
from nhsa.envelope import Caller
from nhsa.proof import PlatformProof, ProofOfPerson

if TYPE_CHECKING:
    from parties.models import Scheme

NHSA = Partner(
    "NHSA",
    (
        Variable("BASE_URL", "the address of the platform's gateway, without the path of a transaction", https_address),
        Variable(
            "PATH",
            "how the region routes a transaction under that address, with {infno} in it",
            matching(r"/[^{}?#]*\{infno\}[^{}?#]*", "a path such as /fsi/api/rsfComIfsService/callService/{infno}"),
            default="/{infno}",
        ),
        Variable("PAASID", "the application's id (x-tif-paasid), given by the region", matching(r"\S+", "one word")),
        Variable("TOKEN", "the application's token, which signs the headers", at_least(16)),
        Variable("BODY_KEY", "the application's key, which signs the message (cainfo)", at_least(16)),
        Variable(
            "INSTITUTION_CODE",
            "our code as an institution (定点医药机构编码)",
            matching(r"[A-Z][0-9]{11}", "a letter and 11 digits"),
        ),
        Variable("INSTITUTION_NAME", "our name as it is registered with that code", matching(r".{2,100}", "a name")),
        Variable("AREA", "the area we belong to (医保区划)", matching(r"[0-9]{6}", "six digits")),
    ),
)

_lock = threading.Lock()
_shared: dict[str, tuple[str, Client]] = {}


def client_from(given: Mapping[str, str], *, read_timeout: float = 15.0) -> Client:
    """given: the values of NHSA by field. read_timeout in seconds."""
    caller = Caller(
        paasid=given["PAASID"],
        token=given["TOKEN"],
        body_key=given["BODY_KEY"],
        institution_code=given["INSTITUTION_CODE"],
        institution_name=given["INSTITUTION_NAME"],
        area=given["AREA"],
    )
    return Client(base_url=given["BASE_URL"], caller=caller, path=given["PATH"], read_timeout=read_timeout)


def partner_at(reference: str) -> Partner:
    """The platform's variables under one prefix: NHSA, NHSA_2, …"""
    return replace(NHSA, prefix=reference)


def client_of(scheme: Scheme) -> Client:
    """As whom this scheme speaks to the platform. Raises core.partners.NotConfigured."""
    return client_at(scheme.platform_credentials)


def client_at(reference: str) -> Client:
    """The process's client with these credentials; made anew when the configuration changes. Raises NotConfigured.

    reference: the prefix of the variables.
    """
    given = partner_at(reference).values()
    fingerprint = json.dumps(given, sort_keys=True)
    with _lock:
        known, client = _shared.get(reference, ("", None))
        if client is None or known != fingerprint:
            client = client_from(given)
            _shared[reference] = fingerprint, client
        return client


def proof_of_person(scheme: Scheme) -> ProofOfPerson:
    """Who proves people's identity in this scheme's city. Another provider is put in here."""
    return PlatformProof(client_of(scheme))
