"""Who may be insured by whom, and with which money (Sanmenxia 五(一), requirement E4).

An employee's medical personal account pays for the payer and for close relatives: spouse, parents, children,
brothers and sisters, grandparents on both sides, grandchildren on both sides. Anyone else is paid for in another way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class Relation(TextChoices):
    """The insured person seen from the payer: the insured is the payer's ..."""

    SELF = "self", _("Myself")
    SPOUSE = "spouse", _("Husband or wife")
    PARENT = "parent", _("Father or mother")
    CHILD = "child", _("Son or daughter")
    SIBLING = "sibling", _("Brother or sister")
    GRANDPARENT = "grandparent", _("Grandparent (father's or mother's side)")
    GRANDCHILD = "grandchild", _("Grandchild (son's or daughter's child)")
    OTHER = "other", _("Somebody else")


CLOSE_RELATIONS = (
    Relation.SELF,
    Relation.SPOUSE,
    Relation.PARENT,
    Relation.CHILD,
    Relation.SIBLING,
    Relation.GRANDPARENT,
    Relation.GRANDCHILD,
)
# What "add a relative" offers; oneself is not a relative.
RELATIVE_RELATIONS = tuple(relation for relation in Relation if relation != Relation.SELF)

# PIPL Art. 31: a guardian consents for a child under 14. Insurance Law Art. 31: an adult consents for himself.
GUARDIAN_CONSENT_BELOW_AGE = 14
ADULT_FROM_AGE = 18  # Civil Code Art. 17


@dataclass(frozen=True)
class AgeRule:
    """`older` is born first; closer than `least_years` is worth a second look, later than the other is impossible."""

    insured_is_older: bool
    least_years: int


AGE_RULES = {
    Relation.PARENT: AgeRule(insured_is_older=True, least_years=14),
    Relation.CHILD: AgeRule(insured_is_older=False, least_years=14),
    Relation.GRANDPARENT: AgeRule(insured_is_older=True, least_years=28),
    Relation.GRANDCHILD: AgeRule(insured_is_older=False, least_years=28),
}
SPOUSE_LEAST_AGE = 20  # Civil Code Art. 1047: 22 for men, 20 for women.
SIBLING_MOST_YEARS = 40


def parse_relation(text: str) -> Relation:
    """The relation named by a form value. Raises `relation_unknown` for anything outside the legal list."""
    if text not in RELATIVE_RELATIONS:
        raise DomainError("relation_unknown", _("Please choose how this person is related to you."), field="relation")
    return Relation(text)


def is_close(relation: str) -> bool:
    return relation in CLOSE_RELATIONS


def age_on(birth_date: date, day: date) -> int:
    """Full years of life on `day`; somebody born on 29 February has the birthday on 1 March in other years."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def check_ages(*, relation: str, payer_born: date, insured_born: date, today: date) -> list[str]:
    """Codes of what looks odd and should be looked at again; empty when nothing does.

    Raises `relation_impossible` when the ages cannot be true (a mother younger than her child).
    """
    rule = AGE_RULES.get(Relation(relation))
    if rule is not None:
        older, younger = (insured_born, payer_born) if rule.insured_is_older else (payer_born, insured_born)
        if older >= younger:
            raise DomainError(
                "relation_impossible",
                _(
                    "By the dates of birth this relation cannot be right. "
                    "Please compare the relation and the ID number."
                ),
                field="relation",
            )
        return ["ages_close"] if age_on(older, younger) < rule.least_years else []
    if relation == Relation.SPOUSE:
        too_young = min(age_on(payer_born, today), age_on(insured_born, today)) < SPOUSE_LEAST_AGE
        return ["spouse_young"] if too_young else []
    if relation == Relation.SIBLING:
        first, second = sorted((payer_born, insured_born))
        return ["sibling_gap"] if age_on(first, second) > SIBLING_MOST_YEARS else []
    return []


AGE_WARNINGS = {
    "ages_close": _("The two dates of birth are unusually close for this relation."),
    "spouse_young": _("One of you is younger than the age at which people may marry."),
    "sibling_gap": _("The two dates of birth are unusually far apart for brothers or sisters."),
}
