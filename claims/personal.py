"""Personal fields of this room (privacy.register)."""

from __future__ import annotations

from claims.questions import QUESTIONS
from privacy.register import (
    AS_IT_WAS,
    WITH_CONTRACT,
    Exported,
    NotExported,
    Personal,
    Shown,
    Way,
    declare,
    declare_impersonal,
)

_BY_HERSELF = Way("She names the account anew, as long as nothing was paid.", by="claims.actions.set_payee")
_AT_THE_HOSPITAL = Way("Settled anew by the hospital; then it is another settlement and another claim.")
_NEW_PAPER = Way("Taken back and handed over anew until the claim is handed in.", by="claims.actions.remove_document")
_SAID_ANEW = Way("She answers anew until the claim is handed in.", by="claims.actions.answer_questions")
_DESK_ONLY = NotExported("The desk's own working note; the decision and its reasons are in the copy.")


def register() -> None:
    def of_a_claim(what: str, shown: Shown, path: str, corrected: Way = _BY_HERSELF) -> Personal:
        return Personal(what, shown, Exported(f"claims[].{path}"), corrected, WITH_CONTRACT)

    declare(
        "claims.claimpayee",
        name=of_a_claim("account holder", Shown.AT_THE_DESK, "accounts[].payee_name"),
        account=of_a_claim("account number", Shown.MASKED, "accounts[].account_number"),
        account_tail=of_a_claim("its last four digits", Shown.AT_THE_DESK, "accounts[].account_number"),
        bank_code=of_a_claim("bank", Shown.AT_THE_DESK, "accounts[].bank"),
        relation=of_a_claim("what the payee is to her", Shown.AT_THE_DESK, "accounts[].relation"),
    )
    declare(
        "claims.payeechange",
        reason=Personal("why others receive it", Shown.AT_THE_DESK, _DESK_ONLY, AS_IT_WAS, WITH_CONTRACT),
        dropped_reason=Personal("why they do not", Shown.AT_THE_DESK, _DESK_ONLY, AS_IT_WAS, WITH_CONTRACT),
    )

    def of_a_bill(what: str, key: str) -> Personal:
        return of_a_claim(what, Shown.AT_THE_DESK, f"bills[].{key}", _AT_THE_HOSPITAL)

    declare(
        "claims.claimbill",
        settlement_no=of_a_bill("settlement number", "settlement_number"),
        visit_no=of_a_bill("number of the visit", "visit_number"),
        hospital_name=of_a_bill("hospital", "hospital"),
        hospital_code=of_a_bill("hospital, as its code", "hospital"),
        hospital_level=of_a_bill("hospital, as its level", "hospital"),
        diagnoses=of_a_bill("diagnoses", "diagnoses"),
        lines=of_a_bill("fee lines", "lines"),
        invoice_no=of_a_bill("invoice number", "invoice_number"),
    )

    def of_a_report(what: str, key: str, exported: NotExported | None = None) -> Personal:
        where = exported or Exported(f"claim_reports[].{key}")
        return Personal(what, Shown.AT_THE_DESK, where, AS_IT_WAS, WITH_CONTRACT)

    declare(
        "claims.claimreport",
        reported_by=of_a_report("who reported a claim to the desk", "reported_by"),
        what_happened=of_a_report("what was reported", "what_happened"),
        closed_because=of_a_report("why nothing came of what was reported", "closed_because"),
        contact=of_a_report(
            "telephone of who reported it", "", NotExported("Another person's number, to call back about this claim.")
        ),
    )
    declare(
        "claims.incident",
        **{
            each.name: of_a_claim(each.what, Shown.AT_THE_DESK, f"what_happened.{each.name}", _SAID_ANEW)
            for each in QUESTIONS
        },
    )
    declare(
        "claims.claimdocument",
        name=of_a_claim("the name of a file", Shown.AT_THE_DESK, "papers[].name", _NEW_PAPER),
    )
    declare(
        "claims.paperfile",
        key=Personal(
            "a paper: as it came, as it is shown",
            Shown.AT_THE_DESK,
            Exported("claims[].papers[].address"),
            _NEW_PAPER,
            Way(
                "Destroyed when it is taken back or its claim is given up; of a claim handed in when its person "
                "leaves, five years after the cover at the earliest.",
                by="claims.retention.let_go",
            ),
        ),
    )
    declare(
        "claims.claimletter",
        key=Personal(
            "the letter about a decision",
            Shown.AT_THE_DESK,
            NotExported("Downloaded on the claim's page; the copy has what it says."),
            Way("Drawn anew from the decision.", by="claims.letters.decision_letter"),
            Way("A copy that may go at any time.", by="privacy.files.destroy"),
        ),
    )
    declare(
        "claims.materialsrequest",
        message=of_a_claim("what the desk asks for", Shown.AT_THE_DESK, "requests_for_papers[].message", AS_IT_WAS),
    )
    declare(
        "claims.decision",
        year_before=of_a_claim("the year's sums before", Shown.AT_THE_DESK, "insurance_year_so_far", AS_IT_WAS),
        note=Personal("note to the approver", Shown.AT_THE_DESK, _DESK_ONLY, AS_IT_WAS, WITH_CONTRACT),
        superseded_reason=of_a_claim(
            "why a decision was replaced", Shown.AT_THE_DESK, "decisions[].superseded_because", AS_IT_WAS
        ),
    )
    declare(
        "claims.computedbill",
        computation=of_a_claim(
            "how the sum came about", Shown.AT_THE_DESK, "decisions[].bills[].computation", AS_IT_WAS
        ),
        facts=of_a_claim("what the sum stands on", Shown.AT_THE_DESK, "decisions[].bills[].facts", AS_IT_WAS),
    )
    declare(
        "claims.factfinding",
        value=of_a_claim("a fact as a reviewer found it", Shown.AT_THE_DESK, "findings[].found", AS_IT_WAS),
        reason=of_a_claim("why the reviewer found it so", Shown.AT_THE_DESK, "findings[].reason", AS_IT_WAS),
    )
    declare(
        "claims.platformhistory",
        diagnoses=of_a_claim("diagnoses before the cover", Shown.AT_THE_DESK, "diagnoses_before_cover", AS_IT_WAS),
    )
    declare(
        "claims.staylookup",
        found=Personal(
            "stays on their way from the platform",
            Shown.TO_HER,
            NotExported("On its way from the platform for minutes; what she claims for is in the copy."),
            _AT_THE_HOSPITAL,
            Way("Gone a quarter of an hour after it was found.", by="claims.actions.look_up_stays.forget_look_ups"),
        ),
    )
    on_their_way = NotExported("On their way from the platform for minutes; the claim's bills are in the copy.")
    gone_soon = Way("Gone a quarter of an hour after it ended.", by="claims.actions.fetch_bills.forget_fetches")
    declare(
        "claims.billfetch",
        stays=Personal("numbers of chosen bills", Shown.NEVER, on_their_way, _AT_THE_HOSPITAL, gone_soon),
        found=Personal("bills on their way", Shown.NEVER, on_their_way, _AT_THE_HOSPITAL, gone_soon),
    )
    declare(
        "claims.automaticcheck",
        evidence=Personal("figures and references of a check", Shown.AT_THE_DESK, _DESK_ONLY, AS_IT_WAS, WITH_CONTRACT),
    )
    declare(
        "claims.payoutproposal",
        payee_digest=Personal("digest of the account", Shown.NEVER, _DESK_ONLY, AS_IT_WAS, WITH_CONTRACT),
        account_tail=Personal("last four digits", Shown.AT_THE_DESK, _DESK_ONLY, AS_IT_WAS, WITH_CONTRACT),
        dropped_reason=Personal("why it was dropped", Shown.AT_THE_DESK, _DESK_ONLY, AS_IT_WAS, WITH_CONTRACT),
    )
    declare_impersonal("claims.decision", "the name of the terms it ran on", "plan_name")
    declare_impersonal("claims.factfinding", "when something was found", "found_at")
