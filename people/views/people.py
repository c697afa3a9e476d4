"""Who belongs to the family: adding somebody, and how it is shown that two people are relatives."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.access import actor_of, requires
from core.errors import DomainError
from look.forms import refuse
from parties.middleware import scheme_of
from people.actions import add_relative, answer_kinship, consent_needed, odd_ages
from people.forms import AddRelativeForm
from people.models import Kinship, Person
from people.models.person import ConsentKind
from people.relations import ADULT_FROM_AGE, Relation
from people.selectors import kinship_for_payer, kinship_for_relative, person_of
from people.words import RELATION_HINTS
from products.selectors import require_plan_year
from work.submissions import submit_once


@requires("enrollment.enrol", owner="person")
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add a relative: relation, name, number; then, knowing the age, whose consent it takes."""
    payer = person_of(actor_of(request))
    if payer is None:
        return redirect("people:link")
    # "second" is sent by the page that shows the questions; before it nothing is carried out.
    if request.method == "POST" and "second" in request.POST and "change" not in request.POST:
        return _add_once(request, payer)
    form = AddRelativeForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "hints": RELATION_HINTS}
    if "change" in request.POST:
        context["form"] = AddRelativeForm(initial={name: request.POST.get(name, "") for name in form.fields})
        return render(request, "people/add_relative.html", context)
    if request.method != "POST":
        return render(request, "people/add_relative.html", context)
    if form.is_valid():
        try:
            _ask_more(form, payer, context)
            return render(request, "people/add_relative.html", context)
        except DomainError as error:
            return _shown_again(request, form, context, error)
    return _shown_again(request, form, context)


@submit_once("enrollment.add_relative")
def _add_once(request: HttpRequest, payer: Person) -> HttpResponse:
    form = AddRelativeForm(request.POST)
    context: dict[str, Any] = {"form": form, "hints": RELATION_HINTS}
    if not form.is_valid():
        return _shown_again(request, form, context)
    try:
        _ask_more(form, payer, context)
        form.full_clean()
        kinship = _add(request, form)
    except DomainError as error:
        return _shown_again(request, form, context, error)
    if kinship.is_close and not kinship.is_proved:
        return redirect("people:kinship", kinship.pk)
    return redirect("enrollment:family")


def _shown_again(
    request: HttpRequest, form: AddRelativeForm, context: dict[str, Any], error: DomainError | None = None
) -> HttpResponse:
    if error is not None:
        refuse(form, error)
    # What is wrong has to be on the page to be mended; what is right is only shown.
    context["wrong"] = bool({"relation", "name", "id_number"} & set(form.errors))
    return render(request, "people/add_relative.html", context, status=error.status if error else 400)


def _ask_more(form: AddRelativeForm, payer: Person, context: dict[str, Any]) -> None:
    """Put the questions that depend on the age on the form. Raises relation_*, id_number_*."""
    now = clock.now()
    data = form.cleaned_data
    kind = consent_needed(id_number=data["id_number"], now=now)
    warnings = odd_ages(payer=payer, relation=data["relation"], id_number=data["id_number"], now=now)
    form.ask_consent(kind)
    if warnings:
        form.ask_second_look(warnings)
    context.update(second=True, relation=Relation(data["relation"]).label, guardian=kind == ConsentKind.GUARDIAN)


def _add(request: HttpRequest, form: AddRelativeForm) -> Kinship:
    now = clock.now()
    data = form.cleaned_data
    kind = consent_needed(id_number=data["id_number"], now=now)
    return add_relative(
        user=request.user,  # type: ignore[arg-type]  # @requires lets only signed-in users in
        relation=data["relation"],
        name=data["name"],
        id_number=data["id_number"],
        consent=kind if data.get("consent") else None,
        odd_confirmed=bool(data.get("odd_confirmed")),
        plan_year=require_plan_year(scheme_of(request), now),
        now=now,
    )


@requires("enrollment.enrol", owner="kinship")
@require_safe
def kinship(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether it is confirmed that somebody on the list is a relative, what that opens, and how to confirm it."""
    found = kinship_for_payer(actor_of(request), pk)
    is_adult = found.relative.age_on(clock.today()) >= ADULT_FROM_AGE
    return render(request, "people/kinship.html", {"kinship": found, "is_adult": is_adult})


@requires("enrollment.enrol", owner="kinship")
@require_http_methods(["GET", "POST"])
@submit_once("enrollment.answer_kinship")
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The other person reads what it opens and agrees, refuses, or takes it back: equally easy, on one page."""
    actor = actor_of(request)
    found = kinship_for_relative(actor, pk)
    problem: DomainError | None = None
    if request.method == "POST":
        try:
            agrees = request.POST.get("answer") == "agree"
            answer_kinship(kinship=found, agrees=agrees, actor=actor, now=clock.now())
            messages.success(request, _("Noted: you agree.") if agrees else _("Noted: you do not agree."))
            return redirect("people:link")
        except DomainError as error:
            problem = error
    context = {"kinship": found, "problem": problem, "is_adult": found.relative.age_on(clock.today()) >= ADULT_FROM_AGE}
    return render(request, "people/kinship_answer.html", context, status=problem.status if problem else 200)
