from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import guards
from core.actors import Actor
from core.clock import civil_date
from core.errors import Conflict, DomainError
from core.identifiers import IdNumber, check_id_number
from core.written import name_as_written
from parties.models import Scheme
from people import platform
from people.actions.check_person import look_up, looking_up, read_number
from people.copies import person_of_account
from people.errors import CannotAdd, PersonMissing, RelativeIsSelf
from people.lifecycle import KinshipState
from people.messages import ask_kinship
from people.models import Kinship, Person
from people.models.kinship import KinshipProof
from people.models.person import ConsentKind
from people.relations import CLOSE_RELATIONS, GUARDIAN_CONSENT_BELOW_AGE, Relation, age_on, check_ages, parse_relation
from products.models import PlanYear
from products.models.plan_year import DocumentKind
from products.selectors import documents_of
from work.lifecycle import transition


def consent_needed(*, id_number: str, now: datetime) -> ConsentKind:
    """Whose consent a relative with this number needs: his own, or under 14 the guardian's. Raises id_number_*."""
    return _consent_needed(check_id_number(id_number, today=civil_date(now)), now)


def odd_ages(*, payer: Person, relation: str, id_number: str, now: datetime) -> list[str]:
    """Codes of what looks odd about relation and ages; the person may confirm. Raises relation_* and id_number_*."""
    number = check_id_number(id_number, today=civil_date(now))
    return _odd_ages(payer, parse_relation(relation), number, now)


def _consent_needed(number: IdNumber, now: datetime) -> ConsentKind:
    is_child = age_on(number.birth_date, civil_date(now)) < GUARDIAN_CONSENT_BELOW_AGE
    return ConsentKind.GUARDIAN if is_child else ConsentKind.INSURED


def _odd_ages(payer: Person, relation: Relation, number: IdNumber, now: datetime) -> list[str]:
    return check_ages(
        relation=relation, payer_born=payer.birth_date, insured_born=number.birth_date, today=civil_date(now)
    )


def add_relative(
    *,
    user: User,
    relation: str,
    name: str,
    id_number: str,
    consent: ConsentKind | None,
    odd_confirmed: bool,
    plan_year: PlanYear,
    now: datetime,
) -> Kinship:
    """Put somebody on the payer's family list, checked with the national platform like everybody (E2).

    consent: who agreed, as ticked; it must be the one that the age asks for (Insurance Law Art. 31, PIPL Art. 31).
    odd_confirmed: the payer looked again at ages that are unusual for the relation. The register is asked about the
    relation first, then the platform about the person, both in every case: kinship that the register shows is proved;
    without it she is on the list, not to be paid for from the personal account, and nothing of hers is shown. Raises
    relation_unknown, relation_impossible, relation_odd, relative_is_self, relative_known, consent_missing,
    look_up_in_progress, too_many_lookups, platform_no_answer and cannot_add: one answer for all that the platform says
    of a stranger. Only whose kinship is proved is told `check_person`'s reason.
    """
    payer = _payer(user)
    kin = parse_relation(relation)
    name = name_as_written(name)
    number = read_number(name, id_number, now)
    if number.number == payer.id_number:
        raise RelativeIsSelf()
    if _odd_ages(payer, kin, number, now) and not odd_confirmed:
        raise DomainError(
            "relation_odd",
            _("The ages are unusual for this relation. Please check, then confirm."),
            field="odd_confirmed",
        )
    if consent != _consent_needed(number, now):
        raise DomainError(
            "consent_missing", _("Please confirm the consent. Without it we may not enrol anybody."), field="consent"
        )
    with looking_up(user, now) as mine:
        related = _is_in_register(plan_year.scheme, payer, kin, name, number.number)
        try:
            relative = look_up(user=user, name=name, number=number, plan_year=plan_year, mine=mine, now=now)
        except DomainError as error:
            if error.code in SAYS_SOMETHING and guards.on("people.alike_answers") and not related:
                raise CannotAdd() from None
            raise
        if relative.id_number != number.number and not related:  # found by a number of before
            related = _is_in_register(plan_year.scheme, payer, kin, relative.name, relative.id_number)
    if relative.pk == payer.pk:
        raise RelativeIsSelf()
    notice = documents_of(plan_year)[DocumentKind.PRIVACY]
    try:
        with transaction.atomic():
            kinship = Kinship.objects.create(
                payer=payer,
                relative=relative,
                relation=kin,
                consent_kind=consent,
                consented_at=now,
                privacy_document=notice,
                created_at=now,
            )
            if related:
                transition(
                    kinship,
                    KinshipState.PROVED,
                    actor=Actor.system("civil-register"),
                    now=now,
                    proof_kind=KinshipProof.REGISTER,
                    proved_at=now,
                )
            elif kinship.is_close:
                ask_kinship(kinship, now=now)
            return kinship
    except IntegrityError as error:
        raise Conflict("relative_known", _("This person is on your family list already."), field="id_number") from error


# What tells something of a person beyond what was typed.
SAYS_SOMETHING = frozenset(
    {"person_not_found", "name_mismatch", "insured_elsewhere", "insurance_paused", "not_in_basic_insurance"}
)


def _is_in_register(scheme: Scheme, payer: Person, relation: Relation, name: str, number: str) -> bool:
    if relation not in CLOSE_RELATIONS:
        return False  # no register knows friends, and nothing comes of it
    return platform.are_related(scheme, psn_no=payer.psn_no, relation=relation, name=name, id_number=number)


def _payer(user: User) -> Person:
    payer = person_of_account(user.pk)
    if payer is None:
        raise PersonMissing()
    return payer
