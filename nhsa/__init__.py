"""Client of the national platform 医保信息平台: who is insured, proof of person, settlements, account payments.

Pure of Django but for `nhsa.conf`. The public face:

    client = client_of(scheme)
    person = fetch_person(client, id_number=…, id_type="resident_id", name=…, opter="portal")
    listed = fetch_settlements(client, psn_no=…, area=…, since=date, until=date)
    settlement = fetch_settlement(client, psn_no=…, visit_no=…, settlement_no=…, area=…)   # with its fee lines
    diagnoses = fetch_known_diagnoses(client, psn_no=…, area=…, from_on=date, to_on=date)   # of years before
    port = proof_of_person(scheme)
    address = port.begin(ProofRequest(…)); proven = port.redeem(proof_no=…, nonce=…, ticket=…)
    outcome = deduct(client, DeductionInstruction(number, payer_psn_no, (PaidFor(…), …)), area=…)
    outcome = query_instruction(client, instruction_no=number, area=…)   # AccountOutcome, None: not known there

National codes and field names stop here; above are English names, integer fen and dates. Names, identity numbers and
phones are never logged: message id, transaction number and codes only.
"""

from nhsa.account import (
    AccountOutcome,
    DeductionInstruction,
    PaidFor,
    RefundInstruction,
    authorise,
    deduct,
    query_instruction,
    refund,
)
from nhsa.client import Client
from nhsa.codes import RELATIONS
from nhsa.conf import client_at, client_of, proof_of_person
from nhsa.errors import (
    NhsaError,
    NhsaGatewayRejected,
    NhsaInstructionConflict,
    NhsaNotFound,
    NhsaRefused,
    NhsaUnknownOutcome,
)
from nhsa.history import KnownDiagnosis, fetch_known_diagnoses
from nhsa.mapping import identity_class, large_amount_told
from nhsa.person import Identity, Insurance, InsuredPerson, assistance_words, fetch_person
from nhsa.proof import PlatformProof, ProofOfPerson, ProofRequest, ProvenPerson, are_related
from nhsa.settlement import (
    Diagnosis,
    FeeLine,
    Settlement,
    VisitSettlement,
    fetch_settlement,
    fetch_settlements,
    settlement_stands,
    settlements_of_visit,
)

__all__ = [
    "RELATIONS",
    "AccountOutcome",
    "Client",
    "DeductionInstruction",
    "Diagnosis",
    "FeeLine",
    "Identity",
    "Insurance",
    "InsuredPerson",
    "KnownDiagnosis",
    "NhsaError",
    "NhsaGatewayRejected",
    "NhsaInstructionConflict",
    "NhsaNotFound",
    "NhsaRefused",
    "NhsaUnknownOutcome",
    "PaidFor",
    "PlatformProof",
    "ProofOfPerson",
    "ProofRequest",
    "ProvenPerson",
    "RefundInstruction",
    "Settlement",
    "VisitSettlement",
    "are_related",
    "assistance_words",
    "authorise",
    "client_at",
    "client_of",
    "deduct",
    "fetch_known_diagnoses",
    "fetch_person",
    "fetch_settlement",
    "fetch_settlements",
    "identity_class",
    "large_amount_told",
    "proof_of_person",
    "query_instruction",
    "refund",
    "settlement_stands",
    "settlements_of_visit",
]
