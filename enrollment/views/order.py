"""The way from choosing people to paying: five pages, one question each, nothing ticked beforehand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.clients import client_ip
from core import clock
from core.access import actor_of, requires
from core.errors import Conflict, DomainError
from core.seen import sent
from enrollment import actions, order_payment, selectors, shown, words
from enrollment.forms import AnswersForm, ChannelForm, ExclusionsForm, FamilyForm, TermsForm
from enrollment.lifecycle import OPEN_ORDER_STATES, OrderState
from enrollment.models import Order
from enrollment.models.sales import SalesStepKind
from look.forms import refuse
from parties.middleware import scheme_of
from people.selectors import person_of
from people.views.person import link
from products import plan_terms
from products.models import PlanDocument
from products.models.plan_year import DocumentKind
from products.selectors import documents_of, require_open_plan_year
from products.texts import to_html
from products.words import cover_words
from work.submissions import submit_once

ORDER_PAGES = 5


@requires("enrollment.enrol", owner="order")
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """The first question that is still open."""
    return link(request) if person_of(actor_of(request)) is None else family(request)


@requires("enrollment.enrol", owner="order")
@require_http_methods(["GET", "POST"])
def family(request: HttpRequest) -> HttpResponse:
    """Page 1: who is to be insured. Nobody is chosen beforehand, not even oneself. Sent twice it is the same order."""
    now, actor = clock.now(), actor_of(request)
    plan_year = require_open_plan_year(scheme_of(request), now)
    payer = person_of(actor)
    if payer is None:
        return redirect("people:link")
    # Read when the page is shown: who may be chosen the action decides.
    members = cache(lambda: selectors.family_of(payer, plan_year=plan_year))
    form = FamilyForm(members, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                order = actions.start_order(
                    user=request.user,  # type: ignore[arg-type]  # @requires lets only signed-in users in
                    plan_year=plan_year,
                    people=form.cleaned_data["people"],
                    actor=actor,
                    now=now,
                )
                return redirect("enrollment:exclusions", order.number)
            except DomainError as error:
                refuse(form, error)
                status = error.status
    context = {
        "form": form,
        "plan_year": plan_year,
        "choosable": any(member.policy is None for member in members()),
        "insured": [member for member in members() if member.policy is not None],
        "hints": {str(member.person.pk): words.member_hint(member) for member in members()},
        "unproved": [member for member in members() if member.is_close and not member.is_proved],
        "pages": ORDER_PAGES,
        "waiting": selectors.waiting_for_payment(actor),
    }
    return render(request, "enrollment/family.html", context, status=status)


@dataclass(frozen=True)
class SalesView:
    """One page of the sale: what it shows (kept word for word, E10), what it asks, where it leads.

    same_for_all: nothing on it is about the people or the order, so it is written once for each version of its texts.
    """

    kind: SalesStepKind
    page: int
    template: str
    body_template: str
    form: Callable[..., forms.Form]
    documents: tuple[DocumentKind, ...]
    next_page: str
    same_for_all: bool = True


EXCLUSIONS = SalesView(
    kind=SalesStepKind.EXCLUSIONS_ACKNOWLEDGED,
    page=2,
    template="enrollment/exclusions.html",
    body_template="enrollment/sales/exclusions.html",
    form=ExclusionsForm,
    documents=(DocumentKind.EXCLUSIONS,),
    next_page="enrollment:terms",
)
TERMS = SalesView(
    kind=SalesStepKind.TERMS_ACCEPTED,
    page=3,
    template="enrollment/terms.html",
    body_template="enrollment/sales/terms.html",
    form=TermsForm,
    documents=(DocumentKind.NOTICE, DocumentKind.CLAUSES, DocumentKind.PRIVACY),
    next_page="enrollment:check",
)
ANSWERS = SalesView(
    kind=SalesStepKind.ANSWERS_CHECKED,
    page=4,
    template="enrollment/check.html",
    body_template="enrollment/sales/check.html",
    form=AnswersForm,
    documents=(),
    next_page="enrollment:pay",
    same_for_all=False,
)


@requires("enrollment.enrol", owner="order")
@require_http_methods(["GET", "POST"])
def exclusions(request: HttpRequest, number: str) -> HttpResponse:
    """Page 2: what is not covered and the deductible, on a page of their own (Insurance Law Art. 17)."""
    return _sales_page(request, number, EXCLUSIONS)


@requires("enrollment.enrol", owner="order")
@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest, number: str) -> HttpResponse:
    """Page 3: notice, clauses, and each use of personal data with a consent of its own."""
    return _sales_page(request, number, TERMS)


@requires("enrollment.enrol", owner="order")
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Page 4: everything once more before money is asked for."""
    return _sales_page(request, number, ANSWERS)


def _sales_page(request: HttpRequest, number: str, view: SalesView) -> HttpResponse:
    now, actor = clock.now(), actor_of(request)
    order = selectors.order_for(actor, number)
    if order.state != OrderState.DRAFT:
        return redirect("enrollment:done", order.number)
    documents = documents_of(order.plan_year)
    shown = [documents[kind] for kind in view.documents]
    form = view.form(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                actions.record_sales_step(
                    order=order,
                    kind=view.kind,
                    ticket=request.POST.get("page", ""),
                    documents=shown,
                    consents={name: str(field.label) for name, field in form.fields.items()},
                    actor=actor,
                    now=now,
                )
                return redirect(view.next_page, order.number)
            except DomainError as error:
                refuse(form, error)
                status = error.status
    body = _body(view, order, shown)
    ticket = actions.keep_sales_page(order=order, kind=view.kind, body=body, language=get_language() or "", now=now)
    context = {"order": order, "form": form, "body": body, "ticket": ticket, "page": view.page, "pages": ORDER_PAGES}
    return render(request, view.template, context, status=status)


# The pages that are the same for all, by plan year, texts and language.
_bodies: dict[tuple[object, ...], str] = {}


def _body(view: SalesView, order: Order, shown: list[PlanDocument]) -> str:
    if not view.same_for_all:
        return render_to_string(view.body_template, _sales_context(order, shown))
    year = order.plan_year
    texts = tuple(document.sha256 for document in shown)
    key = (view.body_template, year.pk, year.benefits_sha256, year.insurer_names, texts, get_language())
    if key not in _bodies:
        if len(_bodies) > 100:
            _bodies.clear()
        _bodies[key] = render_to_string(view.body_template, _sales_context(order, shown))
    return _bodies[key]


def _sales_context(order: Order, shown: list[PlanDocument]) -> dict[str, Any]:
    plan_year = order.plan_year
    return {
        "order": order,
        "plan_year": plan_year,
        "terms": plan_terms.terms_of(plan_year),
        "documents": [(document, to_html(document.body)) for document in shown],
        "facts": words.order_facts(order),
        "cover": cover_words(plan_year),
    }


@requires("enrollment.enrol", owner="order")
@require_http_methods(["GET", "POST"])
@submit_once("enrollment.place_order")
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Page 5: how to pay. Sending it reserves the policies and starts the payment, once, however often it is sent."""
    actor = actor_of(request)
    order = selectors.order_for(actor, number)
    if _is_being_paid(order) or order.state not in OPEN_ORDER_STATES:
        return redirect("enrollment:done", order.number)
    refusal: DomainError | None = None
    if request.method == "POST":
        try:
            return redirect("payments:payment", _place(order, request).payment_number)
        except DomainError as error:
            refusal, order = error, selectors.order_for(actor, number)
    ways = order_payment.ways_to_pay(order)
    form = ChannelForm(ways, request.POST if refusal else None)
    if refusal:
        # The action decides, not the form: a way to pay that is not offered is refused with its reason.
        form.is_valid()
        form.errors.pop("channel", None)
        refuse(form, refusal)
    context: dict[str, Any] = {
        "order": order,
        "seen": shown.order_version(order),
        "form": form,
        "why_not": [way.why_not for way in ways if way.why_not],
        "page": ORDER_PAGES,
        "pages": ORDER_PAGES,
    }
    context["body"] = render_to_string("enrollment/sales/pay.html", {"facts": words.order_facts(order)})
    context["hints"] = {way.channel.code: way.hint for way in ways if way.hint}
    context["ticket"] = actions.keep_sales_page(
        order=order,
        kind=SalesStepKind.CHANNEL_CHOSEN,
        body=context["body"],
        language=get_language() or "",
        now=clock.now(),
    )
    return render(request, "enrollment/pay.html", context, status=refusal.status if refusal else 200)


def _is_being_paid(order: Order) -> bool:
    """A cart has never been paid for."""
    return order.state != OrderState.DRAFT and order_payment.open_payment(order) is not None


def _place(order: Order, request: HttpRequest) -> Order:
    """The choice is written down and carried out together, or neither is. What the channel wants beforehand is asked
    before, outside."""
    channel = request.POST.get("channel", "")
    order_payment.ask_first(order, channel=channel, actor=actor_of(request))
    with transaction.atomic():
        return _record_and_place(order, channel, request)


def _record_and_place(order: Order, channel: str, request: HttpRequest) -> Order:
    now, actor = clock.now(), actor_of(request)
    actions.record_sales_step(
        order=order,
        kind=SalesStepKind.CHANNEL_CHOSEN,
        ticket=request.POST.get("page", ""),
        documents=[],
        consents={"channel": channel},
        actor=actor,
        now=now,
    )
    begin = actions.retry_payment if order.state == OrderState.PLACED else actions.place_order
    return begin(order=order, seen=sent(request), channel=channel, client_ip=client_ip(request), actor=actor, now=now)


@requires("enrollment.enrol", owner="order")
@require_POST
@submit_once("enrollment.cancel_order")
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    order = selectors.order_for(actor, number)
    try:
        actions.cancel_order(order=order, seen=sent(request), actor=actor, now=clock.now())
    except Conflict as error:
        return _shown_anew(request, number, error)
    return redirect("enrollment:done", order.number)


@requires("enrollment.enrol", owner="order")
@require_POST
@submit_once("enrollment.give_up_payment")
def give_up(request: HttpRequest, number: str) -> HttpResponse:
    """Another way to pay after all: the payment begun is ended first."""
    actor = actor_of(request)
    order = selectors.order_for(actor, number)
    try:
        ended = actions.give_up_payment(order=order, seen=sent(request), actor=actor, now=clock.now())
    except Conflict as error:
        return _shown_anew(request, number, error)
    return redirect("enrollment:pay" if ended else "enrollment:done", order.number)


@requires("enrollment.read_own", owner="order")
@require_safe
def done(request: HttpRequest, number: str) -> HttpResponse:
    """How the order stands; once paid, with its policies to download."""
    return _order_page(request, number)


def _shown_anew(request: HttpRequest, number: str, error: Conflict) -> HttpResponse:
    """The order as it stands now, with the reason why the button did nothing."""
    messages.error(request, str(error))
    return _order_page(request, number, status=error.status)


def _order_page(request: HttpRequest, number: str, *, status: int = 200) -> HttpResponse:
    order = selectors.order_for(actor_of(request), number)
    payment = order_payment.open_payment(order) if order.state == OrderState.PLACED else None
    context = {
        "order": order,
        "seen": shown.order_version(order),
        "facts": words.order_facts(order),
        "cover": cover_words(order.plan_year),
        "payment": payment,
        "payment_url": reverse("payments:payment", args=[payment.number]) if payment else "",
    }
    return render(request, "enrollment/order.html", context, status=status)
