from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import guards
from core.actors import Actor
from core.clock import civil_date
from core.errors import Conflict, DomainError
from core.identifiers import check_id_number
from core.written import name_as_written
from people import platform
from people.actions.check_person import check_person, looking_up
from people.errors import CannotAdd, PersonMissing
from people.lifecycle import KinshipState
from people.messages import ask_kinship
from people.models import Kinship, Person
from people.models.kinship import KinshipProof
from people.models.person import ConsentKind
from people.relations import CLOSE_RELATIONS, GUARDIAN_CONSENT_BELOW_AGE, Relation, age_on, check_ages, parse_relation
from products.models import PlanYear
from products.models.plan_year import DocumentKind, PlanDocument
from work.lifecycle import transition


def consent_needed(*, id_number: str, now: datetime) -> ConsentKind:
    """Whose consent a relative with this number needs: his own, or under 14 the guardian's. Raises id_number_*."""
    today = civil_date(now)
    born = check_id_number(id_number, today=today).birth_date
    assert born is not None  # an identity number has a date of birth
    return ConsentKind.GUARDIAN if age_on(born, today) < GUARDIAN_CONSENT_BELOW_AGE else ConsentKind.INSURED


def odd_ages(*, user: User, relation: str, id_number: str, now: datetime) -> list[str]:
    """Codes of what looks odd about relation and ages; the person may confirm. Raises relation_* and id_number_*."""
    payer = _payer(user)
    today = civil_date(now)
    born = check_id_number(id_number, today=today).birth_date
    assert born is not None
    return check_ages(relation=parse_relation(relation), payer_born=payer.birth_date, insured_born=born, today=today)


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
    without it she is on the list, to be paid for by WeChat, and nothing of hers is shown. Raises relation_unknown,
    relation_impossible, relation_odd, relative_is_self, relative_known, consent_missing, look_up_in_progress,
    too_many_lookups, platform_no_answer and cannot_add: one answer for all that the platform says of a stranger. Only
    whose kinship is proved is told `check_person`'s reason.
    """
    payer = _payer(user)
    kin = parse_relation(relation)
    number = check_id_number(id_number, today=civil_date(now)).number
    if number == payer.id_number:
        raise DomainError(
            "relative_is_self", _("This is your own ID number. You are on the list already."), field="id_number"
        )
    if odd_ages(user=user, relation=kin, id_number=number, now=now) and not odd_confirmed:
        raise DomainError(
            "relation_odd",
            _("The ages are unusual for this relation. Please check, then confirm."),
            field="odd_confirmed",
        )
    if consent != consent_needed(id_number=number, now=now):
        raise DomainError(
            "consent_missing", _("Please confirm the consent. Without it we may not enrol anybody."), field="consent"
        )
    name = name_as_written(name)
    with looking_up(user, now):
        related = _is_in_register(payer, kin, name, number)
        try:
            relative = check_person(user=user, name=name, id_number=number, plan_year=plan_year, now=now)
        except DomainError as error:
            if error.code in SAYS_SOMETHING and guards.on("people.alike_answers") and not related:
                raise CannotAdd() from None
            raise
    notice = PlanDocument.objects.filter(plan_year=plan_year, kind=DocumentKind.PRIVACY).latest("version")
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


def _is_in_register(payer: Person, relation: Relation, name: str, number: str) -> bool:
    if relation not in CLOSE_RELATIONS:
        return False  # no register knows friends, and nothing comes of it
    return platform.are_related(psn_no=payer.psn_no, relation=relation, name=name, id_number=number)


def _payer(user: User) -> Person:
    payer = Person.objects.filter(user=user).first()
    if payer is None:
        raise PersonMissing()
    return payer
