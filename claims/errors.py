"""What may go wrong with a claim, each with a code and a sentence that says what to do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import Busy, Conflict, DomainError, NotAllowed


def settlement_taken(number: str) -> DomainError:
    return Conflict(
        "settlement_already_claimed",
        _("This stay is already being claimed under %(number)s. One stay can be claimed once."),
        number=number,
    )


def handed_in_by_another(number: str) -> DomainError:
    return Conflict(
        "settlement_already_claimed",
        _(
            "Somebody in the family was quicker: this stay has been handed in under %(number)s. Nothing is lost; you "
            "find it among your claims, and you can give up this one."
        ),
        number=number,
    )


def nothing_chosen() -> DomainError:
    return DomainError("nothing_chosen", _("Please choose at least one treatment from the list."), field="stays")


def bills_of_two_kinds() -> DomainError:
    return DomainError(
        "bills_of_two_kinds",
        _("A stay in hospital and a long-term illness are two claims: they need different papers."),
        field="stays",
    )


def way_unknown() -> DomainError:
    return DomainError("way_unknown", _("Please say how this claim came."), field="way")


def nobody_insured() -> DomainError:
    return DomainError(
        "nobody_insured",
        _(
            "We find no policy of your insurer that was in force on that day for this name and number. Please compare "
            "them with the card; an earlier number finds her too."
        ),
        field="id_number",
    )


def reporter_missing() -> DomainError:
    return DomainError("reporter_missing", _("Please write down who reports it."), field="reported_by")


def report_missing() -> DomainError:
    return DomainError("report_missing", _("Please write down what was reported."), field="what_happened")


def closing_reason_missing() -> DomainError:
    return DomainError("reason_missing", _("Please write down why nothing comes of it."), field="because")


def report_has_claim() -> DomainError:
    return Conflict("report_has_claim", _("A claim has come of this report already."))


def report_closed() -> DomainError:
    return Conflict("report_closed", _("This report was closed. Please write down what was told as a new one."))


def began_in_the_future() -> DomainError:
    return DomainError("began_in_the_future", _("This day is still to come. Please compare it."), field="began_on")


def number_not_compared() -> DomainError:
    return DomainError(
        "number_not_compared",
        _("Please compare the account number with the card or the statement, and say so."),
        field="account_no",
    )


def cannot_compute(detail: str) -> DomainError:
    return Conflict(
        "cannot_compute",
        _("The plan's rules cannot compute this claim: %(detail)s. A colleague who knows the plan has to look at it."),
        detail=detail,
    )


def facts_unknown(names: str) -> DomainError:
    return Conflict(
        "facts_unknown",
        _("Not known yet: %(names)s. Ask the national platform again, or settle it yourself with a reason."),
        names=names,
    )


def no_such_fact() -> DomainError:
    return DomainError("no_such_fact", _("Nobody can find this differently."), status=404)


def finding_not_understood() -> DomainError:
    return DomainError("finding_not_understood", _("Please choose one of the answers, or write an amount in yuan."))


def not_under_review() -> DomainError:
    return Conflict("not_under_review", _("Facts are settled while a claim is reviewed."))


def settlement_not_found() -> DomainError:
    return DomainError(
        "settlement_not_found",
        _("The national platform does not show this bill (any more). Please choose from the list again."),
        status=404,
    )


def settlement_reversed() -> DomainError:
    return Conflict(
        "settlement_reversed",
        _("The hospital has taken this bill back, so nothing may be paid on it. Please send the claim back to review."),
    )


def platform_silent() -> DomainError:
    return Busy(
        "platform_silent",
        _("The national insurance platform does not answer just now. Nothing was lost; please try again soon."),
    )


def platform_slow() -> DomainError:
    return Busy(
        "platform_slow",
        _("The national insurance platform takes longer than usual. Nothing was lost; please try again soon."),
    )


def not_covered_type() -> DomainError:
    return DomainError(
        "visit_type_not_covered",
        _("This visit is of a kind that the plan does not cover. Stays in hospital and long-term illness are covered."),
    )


def admitted_outside_cover() -> DomainError:
    return DomainError(
        "outside_cover",
        _("You were admitted when this policy was not in force, so this policy does not cover the stay."),
    )


def not_editable() -> DomainError:
    return Conflict(
        "claim_not_editable",
        _("This claim has been handed in. If something is missing, we will ask you once for everything."),
    )


def materials_missing(names: str) -> DomainError:
    return DomainError("materials_missing", _("Still missing: %(names)s. Please add them, then hand in."), names=names)


def answers_missing(names: str) -> DomainError:
    return DomainError(
        "answers_missing", _("Please say what happened before you hand in: %(names)s."), field="cause", names=names
    )


def answer_missing(name: str) -> DomainError:
    return DomainError("answer_missing", _("Please answer this question."), field=name)


def answer_unknown(name: str) -> DomainError:
    return DomainError("answer_unknown", _("Please choose one of the answers."), field=name)


def papers_not_ready(names: str) -> DomainError:
    return Conflict(
        "papers_not_ready",
        _("We are still checking %(names)s. This takes a moment; please hand in again then."),
        names=names,
    )


def payee_missing() -> DomainError:
    return DomainError("payee_missing", _("Please say which bank account should receive the money."))


def payees_by_the_desk() -> DomainError:
    return Conflict(
        "payees_by_the_desk",
        _("Several people receive a share of this claim. Please call us; a colleague changes the accounts."),
    )


def shares_not_whole() -> DomainError:
    return DomainError(
        "shares_not_whole", _("The shares must sum to the whole, each at least a millionth."), field="share"
    )


def relation_unknown() -> DomainError:
    return DomainError("payee_relation", _("Please say what the payee is to the insured person."), field="relation")


def payee_name_wrong(allowed: str) -> DomainError:
    return DomainError(
        "payee_name",
        _("The account must be in the name of %(allowed)s. Please check the name on the card."),
        field="payee_name",
        allowed=allowed,
    )


def account_number_wrong() -> DomainError:
    return DomainError(
        "account_number",
        _("A bank account number has 12 to 19 digits. Please compare with the card."),
        field="account_no",
    )


def bank_unknown() -> DomainError:
    return DomainError("bank_unknown", _("Please choose the bank from the list."), field="bank_code")


def own_proposal() -> DomainError:
    return NotAllowed(
        "own_proposal",
        _("You proposed this decision yourself. A second person has to approve it."),
    )


def own_claim() -> DomainError:
    return NotAllowed(
        "own_claim",
        _("This claim is your own or your family's. A colleague whom it does not concern decides it."),
    )


def stopped_by_check(label: str, todo: str) -> DomainError:
    return Conflict(
        "stopped_by_check",
        _("No payment can be proposed: “%(label)s” is not fulfilled. %(todo)s"),
        label=label,
        todo=todo,
    )


def proposal_outdated() -> DomainError:
    return Conflict(
        "proposal_outdated",
        _("Another claim of this year was decided meanwhile. The amount was computed anew, please look again."),
    )


def materials_asked_before() -> DomainError:
    return NotAllowed(
        "materials_asked_before",
        _("Papers were already asked for once. A second request needs a supervisor."),
    )


def reason_needed() -> DomainError:
    return DomainError("reason_needed", _("Please write down the reason."), field="reason")


def nothing_asked() -> DomainError:
    return DomainError("nothing_asked", _("Please mark at least one paper that is missing."), field="items")


def not_the_reviewer(name: str) -> DomainError:
    return NotAllowed("not_the_reviewer", _("%(name)s is working on this claim. Take it over first."), name=name)
