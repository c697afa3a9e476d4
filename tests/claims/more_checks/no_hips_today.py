"""Stops every claim for a hip while HIPS_ARE_OFF says so."""

from claims.checking import Case, Check, Finding

HIPS_ARE_OFF = [True]


def find(case: Case) -> Finding | None:
    hips = [bill for bill in case.bills if any(each["code"].startswith("M16") for each in bill.diagnoses)]
    return Finding() if hips and HIPS_ARE_OFF[0] else None


CHECK = Check(label="No hips today", find=find, todo="Wait for tomorrow.", stops=True)
