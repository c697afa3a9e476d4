"""What the claimant is asked about what happened (C1), each question declared once.

By this declaration it stands on the form, on the page before handing in, at the desk, in the letter, in the copy of "my
data" and in the register of personal data. docs/adding-a-field.md is the recipe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims.checklist import ClaimType
from claims.models import Claim, Incident
from claims.models.incident import Cause
from look.components import KeyValue

Answers = Mapping[str, str]


def _always(_answers: Answers) -> bool:
    return True


def _no_illness(answers: Answers) -> bool:
    return answers.get("cause", "") not in ("", Cause.ILLNESS)


@dataclass(frozen=True)
class Question:
    """name: its column of Incident. what: in the register of personal data. asks: as it is asked. says: what stands
    before the answer wherever that is shown. of: the kinds of claims that are asked; when: by what was answered before.
    needed: a claim is not handed in without it. in_letter: the letter about the decision repeats it.
    """

    name: str
    what: str
    asks: str | Promise
    says: str | Promise
    hint: str | Promise = ""
    of: frozenset[str] = frozenset({ClaimType.INPATIENT})
    when: Callable[[Answers], bool] = _always
    needed: bool = True
    in_letter: bool = True

    @property
    def choices(self) -> list[tuple[str, str | Promise]]:
        """Empty for one that is answered in words."""
        return [(str(value), label) for value, label in self._column.choices or ()]

    def form_field(self) -> forms.Field:
        common: dict[str, Any] = {"label": self.asks, "help_text": self.hint, "required": self.needed}
        if self.choices:
            missing = {"required": _("Please choose one of the answers.")}
            return forms.ChoiceField(choices=self.choices, widget=forms.RadioSelect, error_messages=missing, **common)
        return forms.CharField(max_length=LONGEST_ANSWER, **common)

    def shown(self, answer: str) -> str:
        return str(dict(self.choices).get(answer, answer))

    @property
    def _column(self) -> Any:
        return Incident._meta.get_field(self.name)


LONGEST_ANSWER = 200

QUESTIONS = (
    Question(
        "cause",
        what="why she was treated",
        asks=_("Why was the treatment needed?"),
        says=_("Cause"),
    ),
    Question(
        "third_party",
        what="whether somebody else has to answer for it",
        asks=_("Does somebody else have to answer for it?"),
        says=_("Somebody else responsible"),
        hint=_("For example the other driver, an employer, the owner of a dog. What they must pay is not paid here."),
        when=_no_illness,
    ),
    Question(
        "accident_place",
        what="where it happened",
        asks=_("Where did it happen?"),
        says=_("Place of the accident"),
        hint=_("Town and street, workplace or home: what you would tell the police."),
        when=_no_illness,
    ),
    Question(
        "other_insurance",
        what="whether another insurer pays for it",
        asks=_("Has another commercial insurance paid for this treatment?"),
        says=_("Other insurance"),
        hint=_("Also one of your employer or school. What it paid is taken off, so that nothing is paid twice."),
        of=frozenset(ClaimType),
    ),
)


def answers_of(claim: Claim) -> dict[str, str]:
    """By the names of the questions; "" for what was not answered. At most one query."""
    incident = getattr(claim, "incident", None)
    return {question.name: getattr(incident, question.name, "") for question in QUESTIONS}


def asked(claim: Claim, answers: Answers) -> list[Question]:
    """The questions that this claim is asked, given what was answered."""
    return [each for each in QUESTIONS if claim.claim_type in each.of and each.when(answers)]


def unanswered(claim: Claim) -> list[Question]:
    """Without these the claim is not handed in."""
    answers = answers_of(claim)
    return [each for each in asked(claim, answers) if each.needed and not answers[each.name]]


def said(claim: Claim, *, in_letter: bool = False) -> list[KeyValue]:
    """What was answered, in words, in the order of the questions."""
    answers = answers_of(claim)
    rows = [each for each in asked(claim, answers) if answers[each.name] and (each.in_letter or not in_letter)]
    return [KeyValue(str(each.says), each.shown(answers[each.name])) for each in rows]
