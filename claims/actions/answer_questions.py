"""The claimant says what happened."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from claims import errors, questions
from claims.actions._locks import lock_claim
from claims.actions._reviewing import require_hand
from claims.models import Claim, Incident
from claims.questions import Answers
from core.actors import Actor


def answer_questions(*, claim: Claim, answers: Answers, actor: Actor, now: datetime) -> Claim:
    """The answers given are kept, the others stay; what is no longer asked after them is forgotten.

    answers: by the names of claims.questions. Raises DomainError answer_unknown, answer_missing, each naming its field;
    Conflict claim_not_editable while the claim is being reviewed or paid.
    """
    require_hand(claim, actor)
    with transaction.atomic():
        locked = lock_claim(claim)
        if not locked.is_editable:
            raise errors.not_editable()
        known = questions.answers_of(locked)
        after = {**known, **{name: answer.strip() for name, answer in answers.items()}}
        asked = {each.name: each for each in questions.asked(locked, after)}
        for name in answers:
            if name not in known:
                raise errors.answer_unknown(name)
        for name, question in asked.items():
            if question.choices and after[name] and after[name] not in dict(question.choices):
                raise errors.answer_unknown(name)
            if name in answers and question.needed and not after[name]:
                raise errors.answer_missing(name)
        kept = {name: answer if name in asked else "" for name, answer in after.items()}
        Incident.objects.update_or_create(claim=locked, defaults=kept)
    return Claim.objects.get(pk=locked.pk)
