"""What this room asks the national platform, with its answers turned into sentences a resident can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

import nhsa
from core.errors import Busy, DomainError, NotFound
from core.identifiers import mask_mobile
from nhsa import InsuredPerson, NhsaNotFound, NhsaRefused, NhsaUnknownOutcome, ProofRequest, ProvenPerson
from parties.addresses import address
from parties.models import Scheme
from people.errors import NotConfirmed
from people.models import PersonProof


@contextmanager
def _answers() -> Iterator[None]:
    """No answer is not an answer: nothing is stored, what was typed stays, and the person may simply send it again."""
    try:
        yield
    except NhsaUnknownOutcome as error:
        raise Busy(
            "platform_no_answer",
            _("The national platform does not answer at the moment. Nothing is lost: please try again in a minute."),
        ) from error


def look_up(
    scheme: Scheme,
    *,
    name: str,
    id_number: str,
    id_type: str,
    since: date | None = None,
    deadline: float | None = None,
) -> InsuredPerson:
    """1101, asked by the scheme's application. since: with all that was so on that day or later. deadline: moment of
    time.monotonic() until which the answer is waited for. Raises person_not_found, name_mismatch, platform_no_answer.
    """
    with _answers():
        try:
            return nhsa.fetch_person(
                nhsa.client_of(scheme), id_number=id_number, id_type=id_type, name=name, since=since, deadline=deadline
            )
        except NhsaNotFound as error:
            raise NotFound(
                "person_not_found",
                _("The national platform does not know this ID number. Please compare it with the card."),
                field="id_number",
                status=400,
            ) from error
        except NhsaRefused as error:
            raise DomainError(
                "name_mismatch",
                _("Name and ID number do not belong together. Please compare both with the card, rare characters too."),
                field="name",
            ) from error


def begin_proof(proof: PersonProof, *, scheme: Scheme, state: str, name: str, id_number: str, id_type: str) -> str:
    """Where the person confirms that it is she. Raises platform_no_answer."""
    back = f"{address(scheme, 'people:proof_return')}?{urlencode({'state': state})}"
    with _answers():
        return nhsa.proof_of_person(scheme).begin(
            ProofRequest(
                proof_no=proof.number,
                method=proof.method,
                nonce=proof.nonce,
                return_url=back,
                shown_to=mask_mobile(proof.user.phone),
                name=name,
                id_number=id_number,
                id_type=id_type,
            )
        )


def redeem_proof(proof: PersonProof, ticket: str, *, scheme: Scheme) -> ProvenPerson:
    """By the application that began it. Raises not_confirmed whatever the platform's reason, platform_no_answer."""
    with _answers():
        try:
            return nhsa.proof_of_person(scheme).redeem(proof_no=proof.number, nonce=proof.nonce, ticket=ticket)
        except NhsaRefused as error:
            raise NotConfirmed() from error


def are_related(scheme: Scheme, *, psn_no: str, relation: str, name: str, id_number: str) -> bool:
    """Whether the civil register shows the relation; False for everything unknown. Raises platform_no_answer."""
    with _answers():
        client = nhsa.client_of(scheme)
        return nhsa.are_related(client, psn_no=psn_no, relation=relation, name=name, id_number=id_number)


def authorise(scheme: Scheme, *, payer_psn_no: str, insured_psn_no: str, relation: str, area: str) -> str:
    """The platform's number under which the payer's account may pay for this relative. Asking again returns the same.

    Raises kin_unknown when the civil register does not show the relation, platform_no_answer.
    """
    with _answers():
        try:
            return nhsa.authorise(
                nhsa.client_of(scheme),
                payer_psn_no=payer_psn_no,
                insured_psn_no=insured_psn_no,
                relation=relation,
                area=area,
            )
        except NhsaRefused as error:
            raise DomainError(
                "kin_unknown",
                _(
                    "The register does not show that you are related in this way, so the personal account may not pay. "
                    "Please pay in another way, or bring proof to a service point."
                ),
                field="channel",
                status=409,
            ) from error
