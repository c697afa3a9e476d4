"""Proof of person (HZ05, HZ06) and of kinship (HZ07): who is before the screen, and who belongs to whom.

No national interface for these is public; a city has the medical e-voucher (医保电子凭证) by the platform's page, a
face check by the platform or by an accredited service, or both. What the portal needs of them is the protocol below.
A value that the person typed is never proof: only what `redeem` returns is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from core.written import number_as_written
from nhsa import codes, values
from nhsa.client import Client
from nhsa.errors import NhsaUnknownOutcome

METHODS = {"voucher": "1", "face": "2"}


@dataclass(frozen=True, slots=True)
class ProofRequest:
    """proof_no: minted by the caller; the same again with the same content is the same proof. nonce: known to us
    and the platform alone, never to the browser. return_url: where the browser goes afterwards, with `ticket` added.
    shown_to: how the caller's account is named on the platform's page, so that nobody confirms for a stranger.
    name, id_number, id_type: whom a face check expects; "" for the e-voucher."""

    proof_no: str
    method: str
    nonce: str = field(repr=False)
    return_url: str = field(repr=False)
    shown_to: str = ""
    name: str = field(default="", repr=False)
    id_number: str = field(default="", repr=False)
    id_type: str = ""


@dataclass(frozen=True, slots=True)
class ProvenPerson:
    """Who it was, as the platform knows her. mobile: known to the platform, "" when not. platform_no: its reference."""

    psn_no: str
    name: str = field(repr=False)
    id_type: str
    id_number: str = field(repr=False)
    mobile: str = field(repr=False)
    method: str
    platform_no: str


class ProofOfPerson(Protocol):
    """Narrow on purpose: another provider is another implementation of these two."""

    def begin(self, request: ProofRequest) -> str:
        """The address at which the person confirms. Says nothing about anybody. Raises NhsaRefused (input_invalid: our
        own mistake), NhsaUnknownOutcome (nothing began; send the same again)."""

    def redeem(self, *, proof_no: str, nonce: str, ticket: str) -> ProvenPerson:
        """Raises NhsaRefused (proof_refused: it was not she, whatever the reason; proof_ticket_unknown: forged or
        another proof's; proof_expired), NhsaUnknownOutcome: ask the same again, the answer stays the same."""


@dataclass(frozen=True, slots=True)
class PlatformProof:
    """The port by the platform itself."""

    client: Client

    def begin(self, request: ProofRequest) -> str:
        data = {
            "proof_no": request.proof_no,
            "verf_type": METHODS[request.method],
            "nonce": request.nonce,
            "return_url": request.return_url,
            "shown_to": request.shown_to,
            "certno": request.id_number,
            "psn_cert_type": codes.ID_TYPES[request.id_type] if request.id_type else "",
            "psn_name": request.name,
        }
        address = values.text(_first(self.client.call("HZ05", data), "proofinfo", "HZ05"), "auth_url")
        if not address.startswith(("https://", "http://")):
            raise NhsaUnknownOutcome("output_unreadable", infno="HZ05")
        return address

    def redeem(self, *, proof_no: str, nonce: str, ticket: str) -> ProvenPerson:
        output = self.client.call("HZ06", {"proof_no": proof_no, "nonce": nonce, "ticket": ticket})
        row = _first(output, "proofinfo", "HZ06")
        method = codes.name_of({code: name for name, code in METHODS.items()}, values.text(row, "verf_type"))
        found = ProvenPerson(
            psn_no=values.text(row, "psn_no"),
            name=values.text(row, "psn_name"),
            id_type=codes.name_of(codes.ID_TYPES_BACK, values.text(row, "psn_cert_type")),
            id_number=number_as_written(values.text(row, "certno")),
            mobile=values.text(row, "mob"),
            method=method,
            platform_no=values.text(row, "pltf_serl_no"),
        )
        # An answer about another proof, or without a person in it, is no answer.
        if values.text(row, "proof_no") != proof_no or not (found.psn_no and found.name and found.id_number):
            raise NhsaUnknownOutcome("output_unreadable", infno="HZ06")
        return found


def are_related(client: Client, *, psn_no: str, relation: str, name: str, id_number: str) -> bool:
    """Whether the register shows that the named person is `relation` (a key of codes.RELATIONS) to psn_no. False also
    for a number nobody has and for another name: the answer tells nothing else. Raises NhsaUnknownOutcome."""
    data = {"psn_no": psn_no, "rel_type": codes.RELATIONS[relation], "certno": id_number, "psn_name": name}
    flag = values.text(_first(client.call("HZ07", data), "relainfo", "HZ07"), "rel_flag")
    if flag not in ("0", "1"):
        raise NhsaUnknownOutcome("output_unreadable", infno="HZ07")
    return flag == "1"


def _first(output: Any, name: str, infno: str) -> Any:
    try:
        return values.rows(output, name)[0]
    except (values.Unreadable, IndexError) as error:
        raise NhsaUnknownOutcome("output_unreadable", infno=infno) from error
