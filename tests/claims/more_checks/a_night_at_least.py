"""Whoever lies in hospital stays over night: another length is worth a look."""

from claims.checking import Case, Check, Finding


def find(case: Case) -> Finding | None:
    days = [bill.admitted_on.isoformat() for bill in case.bills if bill.admitted_on == bill.discharged_on]
    return Finding({"days": days}) if days else None


CHECK = Check(
    label="A night at least",
    find=find,
    todo="Ask the ward when she was admitted.",
    detail=lambda evidence: ", ".join(evidence["days"]),
)
