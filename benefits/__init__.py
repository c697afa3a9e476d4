"""The rules: any city's plan is data, every fen is explained.

Pure Python and numpy; imports no Django and no other room. The whole public face is here:

    plan = load_plan("sanmenxia/huiminbao", on=date(2026, 3, 1))
    decision = adjudicate(plan, person, YearSoFar(), bill)
    decision.payable_fen, [step.zh for step in decision.trace]
    reverse(plan, person, bills, "B-2").difference_fen

Money is integer fen everywhere. `docs/plans.md` teaches the plan files.
"""

from benefits.adjudication import adjudicate
from benefits.errors import (
    AmountOutOfRange,
    BadValue,
    BenefitsError,
    ParameterNotFound,
    PlanInvalid,
    PlanNotFound,
    Problem,
)
from benefits.files.load import DatedPlan, check_plan, list_plans, load_dated, load_plan
from benefits.jsonio import bill_from_json, object_to_json, person_from_json, year_from_json
from benefits.model import (
    BILL_AMOUNTS,
    Accumulator,
    Bill,
    BillAmount,
    BillDifference,
    BillLine,
    DatedCode,
    Decision,
    Doubt,
    EarlierCover,
    LayerPayment,
    Outlook,
    Person,
    Receipt,
    ReceiptLine,
    ResponsibilityResult,
    Reversal,
    TraceStep,
    YearSoFar,
    amounts_of_role,
)
from benefits.needs import needs_of
from benefits.plan import Listed, Plan
from benefits.premium import premium_fen
from benefits.reversal import reverse
from benefits.verifiable import canonical, check_signature, digest, document, sign, statement, verify

__all__ = [
    "BILL_AMOUNTS",
    "Accumulator",
    "AmountOutOfRange",
    "BadValue",
    "BenefitsError",
    "Bill",
    "BillAmount",
    "BillDifference",
    "BillLine",
    "DatedCode",
    "DatedPlan",
    "Decision",
    "Doubt",
    "EarlierCover",
    "LayerPayment",
    "Listed",
    "Outlook",
    "ParameterNotFound",
    "Person",
    "Plan",
    "PlanInvalid",
    "PlanNotFound",
    "Problem",
    "Receipt",
    "ReceiptLine",
    "ResponsibilityResult",
    "Reversal",
    "TraceStep",
    "YearSoFar",
    "adjudicate",
    "amounts_of_role",
    "bill_from_json",
    "canonical",
    "check_plan",
    "check_signature",
    "digest",
    "document",
    "list_plans",
    "load_dated",
    "load_plan",
    "needs_of",
    "object_to_json",
    "person_from_json",
    "premium_fen",
    "reverse",
    "sign",
    "statement",
    "verify",
    "year_from_json",
]
