from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from benefits import PlanInvalid
from benefits.files.edit import places_of, problem_places, with_values
from core.actors import Actor
from core.errors import DomainError
from core.money import parse_yuan
from products.actions._drafts import locked_draft
from products.models import TermsDraft
from products.plans import compiled
from products.workshop.editing import written


class TermsRefused(DomainError):
    """by_place: what the compiler, or the reading of a figure, says at each figure; "" for the plan as a whole. codes:
    the code of each."""

    def __init__(self, by_place: Mapping[str, list[str]], codes: Mapping[str, str]) -> None:
        super().__init__(
            "plan_invalid", _("The terms cannot stand like this: %(count)s figures are refused."), count=len(by_place)
        )
        self.by_place, self.codes = by_place, codes


@transaction.atomic
def change_terms(
    *, draft: TermsDraft, values: Mapping[str, str], revision: int, actor: Actor, now: datetime, premium: str = ""
) -> TermsDraft:
    """Other figures for a draft. values: by the name of the place (benefits.files.edit), as people write them: yuan,
    percent. premium: in yuan, where it is not the one that the plan names. revision: which one the page showed.

    Raises terms_draft_ended, changed_meanwhile, premium_unreadable, and TermsRefused with what stands at which figure:
    the plan is compiled as claims compile it, for all its days.
    """
    actor.require("enrollment.operate", draft)
    locked = locked_draft(draft, revision=revision)
    year = locked.plan_year
    places = places_of(locked.benefits_text, on=year.cover_from)
    wrong: dict[str, list[str]] = {}
    codes: dict[str, str] = {}
    changed = {}
    for name, text in values.items():
        if name not in places:
            raise DomainError("figure_unknown", _("The plan has no figure %(name)s."), name=name)
        try:
            new = written(places[name], text)
        except DomainError as error:
            wrong[name], codes[name] = [str(error)], error.code
            continue
        if new != places[name].value:
            changed[places[name]] = new
    if wrong:
        raise TermsRefused(wrong, codes)
    rules = with_values(locked.benefits_text, changed)
    try:
        plan = compiled(rules, year.benefits_plan).on(year.cover_from)
    except PlanInvalid as refused:
        wrong = problem_places(refused, places)
        raise TermsRefused(wrong, dict.fromkeys(wrong, refused.code)) from None
    named = {line.amount_fen for line in plan.premiums}
    locked.benefits_text = rules
    locked.premium_fen = _premium(premium, named, locked.premium_fen)
    locked.revision += 1
    locked.changed_at = now
    locked.save(update_fields=["benefits_text", "premium_fen", "revision", "changed_at"])
    return locked


def _premium(text: str, named: set[int | None], known: int) -> int:
    """What the plan names for everybody; where it names several or none, what was written."""
    only = next(iter(named)) if len(named) == 1 else None
    if only is not None:
        return only
    if not text:
        return known
    try:
        fen = parse_yuan(text)
    except DomainError:
        fen = 0
    if fen <= 0:
        raise DomainError("premium_unreadable", _("Please write the premium in yuan."), field="premium")
    return fen
