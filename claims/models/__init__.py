from claims.models.bill import ClaimBill
from claims.models.check import AutomaticCheck, CheckResult
from claims.models.claim import Claim, ClaimEvent, ClaimWay
from claims.models.decision import ComputedBill, Decision, YearAccount
from claims.models.document import ClaimDocument, DocumentEvent, DocumentJob, PaperFile
from claims.models.fetch import BillFetch, FetchState
from claims.models.finding import FactFinding, PlatformHistory
from claims.models.incident import Incident
from claims.models.letter import ClaimLetter
from claims.models.lookup import LookUpState, StayLookUp
from claims.models.materials import MaterialsRequest
from claims.models.payee import ClaimPayee, PayeeChange, PayeeRelation, Payout, PayoutEvent
from claims.models.payout import PayoutProposal
from claims.models.report import ClaimReport

__all__ = [
    "AutomaticCheck",
    "BillFetch",
    "CheckResult",
    "Claim",
    "ClaimBill",
    "ClaimDocument",
    "ClaimEvent",
    "ClaimLetter",
    "ClaimPayee",
    "ClaimReport",
    "ClaimWay",
    "ComputedBill",
    "Decision",
    "DocumentEvent",
    "DocumentJob",
    "FactFinding",
    "FetchState",
    "Incident",
    "LookUpState",
    "MaterialsRequest",
    "PaperFile",
    "PayeeChange",
    "PayeeRelation",
    "Payout",
    "PayoutEvent",
    "PayoutProposal",
    "PlatformHistory",
    "StayLookUp",
    "YearAccount",
]
