from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict, DomainError
from privacy.files import provisional
from products.actions._drafts import locked_draft
from products.actions.attach_document import attach_document
from products.actions.draft_plan_year import draft_plan_year
from products.actions.open_ways import WayIn, open_ways
from products.actions.replace_terms import replace_terms
from products.actions.set_shares import Share, set_shares
from products.lifecycle import ComparisonState, TermsDraftState
from products.models import Comparison, Dossier, DossierForm, PlanYear, TermsDraft, Way
from products.workshop.dossier import as_json, as_pdf, dossier_of
from work.lifecycle import transition


@dataclass(frozen=True, slots=True)
class NewYear:
    """A plan year that is not there yet: its names, its window and its cover, both half-open."""

    code: str
    name_zh: str
    name_en: str
    opens_at: datetime
    closes_at: datetime
    cover_from: date
    cover_to: date


def file_terms_draft(
    *,
    draft: TermsDraft,
    into: PlanYear | NewYear,
    comparison: Comparison | None,
    revision: int,
    actor: Actor,
    now: datetime,
) -> PlanYear:
    """OPEN → FILED: the draft becomes a plan year in DRAFT, or the terms of one, with its texts and its dossier. One
    without insurers and ways in gets those of the plan year that the draft is a copy of. What follows is as for every
    plan year: experts, filing, publication (Sanmenxia 四(二)).

    Raises terms_draft_ended, changed_meanwhile, terms_not_compared (the comparison is not of these terms, or not done),
    terms_of_another_scheme, plan_year_fixed, plan_year_stands, benefits.PlanInvalid, Busy files_away.
    """
    actor.require("enrollment.operate", draft)
    if comparison is not None:
        _require_of(comparison, draft, revision)
    becomes = {"code": into.code, "cover_from": str(into.cover_from), "cover_to": str(into.cover_to)}
    found = dossier_of(draft=draft, comparison=comparison, becomes=becomes, actor=actor, now=now)
    content = {
        DossierForm.JSON: as_json(found),
        DossierForm.PDF: as_pdf(found, product_name=draft.plan_year.name_zh),
    }
    with provisional() as written, transaction.atomic():
        locked = locked_draft(draft, revision=revision)
        year = _plan_year(locked, into, actor, now)
        for kind in locked.texts:
            attach_document(
                plan_year=year, kind=kind, source_zh=locked.source(kind, "zh"), source_en=locked.source(kind, "en"),
                actor=actor, now=now,
            )  # fmt: skip
        transition(locked, TermsDraftState.FILED, actor=actor, now=now, became_id=year.pk)
        for form, data in content.items():
            file = Dossier.write(
                data, plan_year=year, draft=locked, comparison=comparison, form=form, created_by_id=actor.user_id,
                created_at=now,
            )  # fmt: skip
            written.append(file)
            file.save()
    return year


def _require_of(comparison: Comparison, draft: TermsDraft, revision: int) -> None:
    done = comparison.state == ComparisonState.DONE
    if not done or not comparison.terms.filter(draft=draft, revision=revision).exists():
        raise DomainError(
            "terms_not_compared",
            _("This comparison is not of the draft as it stands now. Compare it again first."),
            field="comparison",
        )


def _plan_year(draft: TermsDraft, into: PlanYear | NewYear, actor: Actor, now: datetime) -> PlanYear:
    original = draft.plan_year
    if isinstance(into, PlanYear):
        if into.scheme_id != original.scheme_id:
            raise DomainError("terms_of_another_scheme", _("The plan year is of another scheme."), field="into")
        year = replace_terms(
            plan_year=into, premium_fen=draft.premium_fen, benefits_plan=original.benefits_plan,
            benefits_text=draft.benefits_text, actor=actor, now=now,
        )  # fmt: skip
        _carry_over(original, year, actor, now)
        return year
    try:
        with transaction.atomic():
            year = draft_plan_year(
                scheme=original.scheme, code=into.code, name_zh=into.name_zh, name_en=into.name_en,
                premium_fen=draft.premium_fen, opens_at=into.opens_at, closes_at=into.closes_at,
                cover_from=into.cover_from, cover_to=into.cover_to, benefits_plan=original.benefits_plan,
                benefits_text=draft.benefits_text, actor=actor, now=now,
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict(
            "plan_year_stands",
            _("The scheme has a plan year of this code or with this beginning of cover already."),
            field="code",
        ) from error
    _carry_over(original, year, actor, now)
    return year


def _carry_over(original: PlanYear, year: PlanYear, actor: Actor, now: datetime) -> None:
    """Who carries it and by which ways people come, where that was not said yet: as the plan year before has it on the
    last day of its cover."""
    shares = [
        Share(one.insurer_id, one.share_millionths, one.leads, one.area)
        for one in original.shares.filter(
            Q(to_on__isnull=True) | Q(to_on__gte=original.cover_to), from_on__lt=original.cover_to
        )
    ]
    if shares and not year.shares.exists():
        set_shares(plan_year=year, shares=shares, actor=actor, now=now)
    ways = [
        WayIn(
            Way(one.way),
            year.opens_at + (one.opens_at - original.opens_at),
            year.closes_at + (one.closes_at - original.closes_at),
            one.least_people,
            one.paid_by,  # type: ignore[arg-type]  # one of WhoPays
        )
        for one in original.ways.all()
    ]
    if ways and not year.ways.exists():
        open_ways(plan_year=year, ways=ways, actor=actor, now=now)
