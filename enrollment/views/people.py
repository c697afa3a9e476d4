"""Who the account is, and who belongs to the family."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.notices import notice_for
from core import clock
from core.access import actor_of, requires
from core.errors import DomainError
from core.idempotency import submit_once
from enrollment import actions, selectors
from enrollment.forms import AddRelativeForm, LinkPersonForm, refuse
from enrollment.models.person import ConsentKind
from enrollment.notices import IDENTITY_CHECK
from enrollment.relations import Relation
from enrollment.words import RELATION_HINTS


@requires("enrollment.enrol", owner="person")
@require_http_methods(["GET", "POST"])
@submit_once("enrollment.link_person")
def link(request: HttpRequest) -> HttpResponse:
    """Name and ID number of the person who signed in, checked with the national platform."""
    now = clock.now()
    if selectors.person_of(actor_of(request)) is not None:
        return redirect("enrollment:family")
    form = LinkPersonForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                actions.link_person(
                    user=request.user,  # type: ignore[arg-type]  # @requires lets only signed-in users in
                    name=form.cleaned_data["name"],
                    id_number=form.cleaned_data["id_number"],
                    consented=form.cleaned_data["consent"],
                    plan_year=selectors.require_plan_year(now),
                    now=now,
                )
                return redirect("enrollment:family")
            except DomainError as error:
                refuse(form, error)
                status = error.status
    return render(request, "enrollment/link.html", {"form": form, "notice": notice_for(IDENTITY_CHECK)}, status=status)


@requires("enrollment.enrol", owner="person")
@require_http_methods(["GET", "POST"])
@submit_once("enrollment.add_relative")
def add(request: HttpRequest) -> HttpResponse:
    """Add a relative: relation, name, number; then, knowing the age, whose consent it takes."""
    if selectors.person_of(actor_of(request)) is None:
        return redirect("enrollment:link")
    form = AddRelativeForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "hints": RELATION_HINTS}
    if request.method != "POST":
        return render(request, "enrollment/add_relative.html", context)
    if "change" in request.POST:
        context["form"] = AddRelativeForm(initial={name: request.POST.get(name, "") for name in form.fields})
        return render(request, "enrollment/add_relative.html", context)
    status = 400
    if form.is_valid():
        try:
            if _asks_more(request, form, context):
                return render(request, "enrollment/add_relative.html", context)
            _add(request, form)
            return redirect("enrollment:family")
        except DomainError as error:
            refuse(form, error)
            status = error.status
    # What is wrong has to be on the page to be mended; what is right is only shown.
    context["wrong"] = bool({"relation", "name", "id_number"} & set(form.errors))
    return render(request, "enrollment/add_relative.html", context, status=status)


def _asks_more(request: HttpRequest, form: AddRelativeForm, context: dict[str, Any]) -> bool:
    """Put the questions that depend on the age on the form. True when they are asked for the first time."""
    now = clock.now()
    data = form.cleaned_data
    kind = actions.consent_needed(id_number=data["id_number"], now=now)
    warnings = actions.odd_ages(
        user=request.user,  # type: ignore[arg-type]  # @requires lets only signed-in users in
        relation=data["relation"],
        id_number=data["id_number"],
        now=now,
    )
    form.ask_consent(kind)
    if warnings:
        form.ask_second_look(warnings)
    context.update(second=True, relation=Relation(data["relation"]).label, guardian=kind == ConsentKind.GUARDIAN)
    # "second" is sent by the page that shows the questions; without it nobody has been asked yet.
    if "second" not in request.POST:
        return True
    form.full_clean()
    return False


def _add(request: HttpRequest, form: AddRelativeForm) -> None:
    now = clock.now()
    data = form.cleaned_data
    kind = actions.consent_needed(id_number=data["id_number"], now=now)
    actions.add_relative(
        user=request.user,  # type: ignore[arg-type]  # @requires lets only signed-in users in
        relation=data["relation"],
        name=data["name"],
        id_number=data["id_number"],
        consent=kind if data.get("consent") else None,
        odd_confirmed=bool(data.get("odd_confirmed")),
        plan_year=selectors.require_plan_year(now),
        now=now,
    )
