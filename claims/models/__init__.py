from claims.models.check import AutomaticCheck, CheckResult
from claims.models.claim import Claim, ClaimBill, ClaimEvent
from claims.models.decision import Decision, YearAccount
from claims.models.document import ClaimDocument, DocumentEvent, DocumentJob, PaperFile
from claims.models.letter import ClaimLetter
from claims.models.materials import MaterialsRequest
from claims.models.payout import PayoutProposal

__all__ = [
    "AutomaticCheck",
    "CheckResult",
    "Claim",
    "ClaimBill",
    "ClaimDocument",
    "ClaimEvent",
    "ClaimLetter",
    "Decision",
    "DocumentEvent",
    "DocumentJob",
    "MaterialsRequest",
    "PaperFile",
    "PayoutProposal",
    "YearAccount",
]
