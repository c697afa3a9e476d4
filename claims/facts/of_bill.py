"""Facts about one bill: where it was treated, why, and who else pays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext_lazy as _

from claims.facts import of_person
from claims.facts.known import Fact, Known, Subject, Unknown
from claims.models.incident import Cause, OtherInsurance, ThirdParty
from core.clock import civil_date
from parties.selectors import institution_on
from people.models.person import InsuranceType
from products.suppliers import Source


def stated(column: str) -> Callable[[Subject], Fact]:
    """A column of the bill as the platform gave it."""

    def have(subject: Subject) -> Fact:
        return Known(getattr(subject.bill, column), Source.PLATFORM, civil_date(subject.bill.imported_at))

    return have


def hospital_level(subject: Subject) -> Fact:
    """As the bill states it, else as the register of institutions had it on that day."""
    if subject.bill.hospital_level:
        return stated("hospital_level")(subject)
    registered = institution_on(subject.bill.hospital_code, subject.day)
    if registered is None or not registered.level:
        return Unknown(_("Neither the bill nor the register of institutions says of which level this hospital is."))
    return Known(registered.level, Source.REGISTER, registered.from_on)


def designated(subject: Subject) -> Fact:
    """By the register of the day of service. The platform settles for designated institutions only: one that is not in
    the register (out of town) is designated when the basic insurance settled with it."""
    registered = institution_on(subject.bill.hospital_code, subject.day)
    if registered is not None:
        return Known(registered.designated, Source.REGISTER, registered.from_on)
    return stated("designated")(subject)


def settled_by_basic(subject: Subject) -> Fact:
    return Known(bool(subject.bill.settlement_no), Source.PLATFORM, civil_date(subject.bill.imported_at))


def paid_by_other_insurers(subject: Subject) -> Fact:
    """What other insurers paid is deducted (compensation principle). She is asked; how much, somebody reads off the
    papers."""
    answer = subject.said.get("other_insurance", "")
    if answer == OtherInsurance.YES:
        return Unknown(_("Another insurer has paid or will pay: how much, its letter or receipt says."))
    if not answer:
        return Unknown(_("Nobody has said whether another insurer has paid."))
    return Known(0, Source.ANSWER, _handed_in_on(subject))


def above_the_funds_cap(subject: Subject) -> Fact:
    """What of the bill lay above the basic fund's yearly cap. It counts for an employee without large-amount cover whom
    the fund has paid: her settlement sheet says it, the platform's record does not."""
    kind = subject.found("person.insured_type") or of_person.insured_type(subject)
    cover = subject.found("person.large_amount_cover") or of_person.large_amount_cover(subject)
    has_cover = isinstance(cover, Known) and cover.value
    employed = not isinstance(kind, Known) or kind.value == InsuranceType.EMPLOYEE
    if not employed or has_cover or not subject.was_paid_by("basic_fund"):
        return Known(0, Source.PLATFORM, civil_date(subject.bill.imported_at))
    return Unknown(_("How much of the bill lay above the fund's yearly cap, the hospital's settlement sheet says."))


def third_party(subject: Subject) -> Fact:
    """Social Insurance Law 30: what a third party must bear."""
    if subject.said.get("third_party") == ThirdParty.YES:
        return Known(True, Source.ANSWER, _handed_in_on(subject))
    if subject.said.get("third_party") == ThirdParty.UNSURE:
        return Unknown(_("The claimant does not know whether somebody else has to answer for it."))
    return _unless_injured(subject, value=False)


def work_injury(subject: Subject) -> Fact:
    """Social Insurance Law 30: what work-injury insurance must pay."""
    if subject.said.get("cause") == Cause.WORK:
        return Known(True, Source.ANSWER, _handed_in_on(subject))
    return _unless_injured(subject, value=False)


def public_health(subject: Subject) -> Fact:
    """Social Insurance Law 30: what public health must bear. The basic fund may not pay such costs either, so where it
    has paid, its agency has found that they are none."""
    if subject.was_paid_by("basic_fund"):
        return Known(False, Source.PLATFORM, civil_date(subject.bill.imported_at))
    return Unknown(_("The basic fund has paid nothing on this bill: nobody has looked whether public health bears it."))


def _unless_injured(subject: Subject, *, value: bool) -> Fact:
    """Somebody who is not asked for a cause comes with a long-term illness; an injury without an answer is unknown."""
    if subject.bill.encounter_type == "injury" and not subject.said.get("cause"):
        return Unknown(_("The bill is of an injury, and nobody has said how it happened."))
    return Known(value, Source.ANSWER, _handed_in_on(subject))


def _handed_in_on(subject: Subject) -> date | None:
    at = subject.claim.submitted_at
    return civil_date(at) if at else None
