"""Facts about the insured, as of the day of service."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

import benefits
from claims.facts.known import Fact, Known, Subject, Unknown, as_of
from core.clock import civil_date
from enrollment.lifecycle import PolicyState
from enrollment.models import Policy
from people.as_of import classes_on, in_waiting_period_on, insured_type_on, large_amount_cover_on
from people.models.person import InsuranceType
from products.suppliers import Source


def birth_date(subject: Subject) -> Fact:
    person = subject.policy.insured
    return Known(person.birth_date, Source.PLATFORM, civil_date(person.checked_at))


def insured_type(subject: Subject) -> Fact:
    """Of the insurance that settled the bill; where the bill does not say, of the one that ran on that day."""
    stated = subject.bill.insurance_type
    if stated in tuple(InsuranceType):
        return Known(stated, Source.PLATFORM, civil_date(subject.bill.imported_at))
    return as_of(insured_type_on(subject.policy.insured, subject.day, scheme=subject.policy.plan_year.scheme))


def assistance(subject: Subject) -> Fact:
    return as_of(classes_on(subject.policy.insured, subject.day))


def in_waiting_period(subject: Subject) -> Fact:
    """Whoever has had a bill paid by the basic fund does not wait for it (待遇等待期: Sanmenxia 三(三)1)."""
    if subject.was_paid_by("basic_fund"):
        return Known(False, Source.PLATFORM, civil_date(subject.bill.imported_at))
    scheme = subject.policy.plan_year.scheme
    return as_of(in_waiting_period_on(subject.policy.insured, subject.day, scheme=scheme))


def large_amount_cover(subject: Subject) -> Fact:
    """Employees' alone: residents have critical-illness insurance instead, and no large-amount cover."""
    kind = subject.found("person.insured_type") or insured_type(subject)
    if isinstance(kind, Known) and kind.value != InsuranceType.EMPLOYEE:
        return Known(False, kind.source, kind.on)
    if subject.was_paid_by("large_amount"):
        return Known(True, Source.PLATFORM, civil_date(subject.bill.imported_at))
    return as_of(large_amount_cover_on(subject.policy.insured, subject.day))


def known_diagnoses(subject: Subject) -> Fact:
    history = subject.history
    if history is None:
        return Unknown(_("The national platform has not told yet what was treated before the cover."))
    told = tuple(benefits.DatedCode(code, date.fromisoformat(on)) for code, on in history.diagnoses)
    return Known(told, Source.PLATFORM, civil_date(history.asked_at))


def preexisting(_subject: Subject) -> Fact:
    """Nobody states it unless a reviewer finds it; None: the plan's own rule decides by what was known before."""
    return Known(None, Source.PLATFORM)


def cover_from(subject: Subject) -> Fact:
    return _recorded(subject, subject.policy.cover_from)


def cover_to(subject: Subject) -> Fact:
    return _recorded(subject, subject.policy.cover_to)


def continuous_years(subject: Subject) -> Fact:
    return _recorded(subject, continuity(subject.policy)[0])


def claim_free_years(subject: Subject) -> Fact:
    return _recorded(subject, continuity(subject.policy)[1])


def first_cover_from(subject: Subject) -> Fact:
    return _recorded(subject, continuity(subject.policy)[2])


def earlier_covers(subject: Subject) -> Fact:
    """All that ended before this one began, whether or not one followed the other: the plan's own rule says which count
    (`continuity:`)."""
    covers = [
        benefits.EarlierCover(cover.cover_from, cover.cover_to, _paid_fen(cover)) for cover in _earlier(subject.policy)
    ]
    return _recorded(subject, tuple(reversed(covers)))


def bought_on(subject: Subject) -> Fact:
    issued = subject.policy.issued_at
    return _recorded(subject, civil_date(issued)) if issued else Unknown(_("This policy was never issued."))


def continuity(policy: Policy) -> tuple[int, int, date]:
    """(consecutive years insured, this one included; consecutive years before it without any payout; where the row
    began). B6.

    A year counts as following when its cover begins on the day on which the earlier one ended.
    """
    years, claim_free, unbroken, begins = 1, 0, True, policy.cover_from
    for previous in _earlier(policy):
        if previous.cover_to != begins:
            break
        unbroken = unbroken and not _paid_fen(previous)
        years, claim_free, begins = years + 1, claim_free + unbroken, previous.cover_from
    return years, claim_free, begins


def _earlier(policy: Policy) -> list[Policy]:
    """Newest first."""
    earlier = Policy.objects.filter(
        insured_id=policy.insured_id,
        state=PolicyState.ISSUED,
        cover_to__lte=policy.cover_from,
        plan_year__scheme=policy.plan_year.scheme_id,
    )
    return list(earlier.select_related("year_account").order_by("-cover_to"))


def _paid_fen(policy: Policy) -> int:
    account = getattr(policy, "year_account", None)
    return account.paid_fen if account else 0


def _recorded(subject: Subject, value: object) -> Known:
    issued = subject.policy.issued_at
    return Known(value, Source.RECORDS, civil_date(issued) if issued else None)
