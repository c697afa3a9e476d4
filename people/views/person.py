"""Who the account is: proved by the platform, shown, and given back when it is somebody else."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import sessions
from accounts.models import User
from accounts.notices import notice_for
from core import clock
from core.access import actor_of, requires
from core.clock import civil_date
from core.errors import Busy, DomainError
from core.identifiers import mask_mobile
from look.forms import refuse
from parties.addresses import home_of
from parties.middleware import scheme_of
from people.actions import Why, finish_proof, give_person_back, link_person, start_proof
from people.actions.link_person import PersonLinkedElsewhere
from people.actions.start_proof import digest
from people.eligibility import insured_elsewhere
from people.errors import InsuredElsewhere, NotConfirmed
from people.forms import FaceForm, VoucherForm
from people.lifecycle import KinshipState, PersonProofState
from people.models import Person, PersonProof
from people.models.proof import ProofMethod
from people.notices import IDENTITY_CHECK
from people.selectors import kinships_about, open_proof, person_of
from products.selectors import require_plan_year
from work.submissions import submit_once


@requires("enrollment.enrol", owner="person")
@require_http_methods(["GET", "POST"])
@submit_once("enrollment.start_proof")
def link(request: HttpRequest) -> HttpResponse:
    """Who are you? By the medical e-voucher, or by a face check. Known already: who it is, and "this is not me"."""
    person = person_of(actor_of(request))
    if person is not None:
        return _me(request, person)
    by_face = request.GET.get("by") == ProofMethod.FACE
    form_class = FaceForm if by_face else VoucherForm
    form = form_class(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                _start(request, by_face, form.cleaned_data)
                return redirect("people:proof")
            except DomainError as error:
                refuse(form, error)
                status = error.status
    context = {"form": form, "by_face": by_face, "notice": notice_for(IDENTITY_CHECK)}
    return render(request, "people/link.html", context, status=status)


def _start(request: HttpRequest, by_face: bool, data: dict[str, Any]) -> None:
    start_proof(
        user=_user(request),
        method=ProofMethod.FACE if by_face else ProofMethod.VOUCHER,
        name=data.get("name", ""),
        id_number=data.get("id_number", ""),
        consented=data["consent"],
        session_secret=_secret(request),
        scheme=scheme_of(request),
        now=clock.now(),
    )


def _me(request: HttpRequest, person: Person) -> HttpResponse:
    about = list(kinships_about(person))
    context = {
        "person": person,
        "proof": person.proof,
        "asking": [kinship for kinship in about if kinship.state == KinshipState.CLAIMED],
        "acting": [kinship for kinship in about if kinship.is_proved],
        "refused": [k for k in about if k.state in (KinshipState.REFUSED, KinshipState.WITHDRAWN)],
    }
    return render(request, "people/me.html", context)


@requires("enrollment.enrol", owner="person")
@require_safe
def proof(request: HttpRequest) -> HttpResponse:
    """The way to the platform, where she confirms. Says what will happen there and that she comes back."""
    begun = open_proof(_user(request), digest(_secret(request)), clock.now())
    if begun is None or not begun.platform_url:
        return redirect("people:link")
    if begun.state == PersonProofState.PROVED:
        return redirect("people:elsewhere")
    return render(request, "people/proof.html", {"proof": begun})


@requires("enrollment.enrol", owner="person")
@require_safe
def proof_return(request: HttpRequest) -> HttpResponse:
    """Back from the platform. Whoever it could not confirm reads one and the same page, whatever the reason."""
    try:
        proved = finish_proof(
            user=_user(request),
            session_secret=_secret(request),
            state=request.GET.get("state", ""),
            ticket=request.GET.get("ticket", ""),
            scheme=scheme_of(request),
            now=clock.now(),
        )
        return _become(request, proved, takes_over=None)
    except PersonLinkedElsewhere:
        return redirect("people:elsewhere")
    except DomainError as error:
        return _refused(request, error)


def _become(request: HttpRequest, proved: PersonProof, *, takes_over: Why | None) -> HttpResponse:
    now, user = clock.now(), _user(request)
    if proved.state == PersonProofState.USED and Person.objects.filter(user=user, proof=proved).exists():
        return redirect("enrollment:start")  # the same address once more
    scheme = scheme_of(request)
    person = link_person(
        user=user, proof=proved, takes_over=takes_over, plan_year=require_plan_year(scheme, now), now=now
    )
    messages.success(request, _("Thank you. It is confirmed that it is you."))
    away = insured_elsewhere([person], scheme=scheme, on=civil_date(now))
    if person.pk in away:
        messages.warning(request, str(InsuredElsewhere(scheme, away[person.pk])))
    return redirect("enrollment:start")


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    home = error.home if isinstance(error, InsuredElsewhere) else None
    context = {
        "error": error,
        "again": isinstance(error, Busy),
        "is_proved": not isinstance(error, NotConfirmed),
        "home": home,
        "home_address": f"{home_of(home)}/" if home else "",
    }
    return render(request, "people/proof_refused.html", context, status=error.status)


@requires("enrollment.enrol", owner="person")
@require_http_methods(["GET", "POST"])
@submit_once("enrollment.take_over")
def elsewhere(request: HttpRequest) -> HttpResponse:
    """She proved who she is and another number stands for her: is it hers? Either way she gets herself back."""
    begun = open_proof(_user(request), digest(_secret(request)), clock.now())
    if begun is None or begun.state != PersonProofState.PROVED:
        return redirect("people:link")
    answers = {"mine": Why.MOVED, "stranger": Why.STRANGER}
    other = Person.objects.filter(psn_no_index=begun.person_index).select_related("user").first()
    try:
        if request.method == "POST" and request.POST.get("answer") in answers:
            return _become(request, begun, takes_over=answers[request.POST["answer"]])
        if other is None or other.user is None:
            return _become(request, begun, takes_over=None)
    except DomainError as error:
        return _refused(request, error)
    return render(request, "people/elsewhere.html", {"phone": mask_mobile(other.user.phone)})


@requires("enrollment.enrol", owner="person")
@require_http_methods(["GET", "POST"])
@submit_once("enrollment.not_me")
def not_me(request: HttpRequest) -> HttpResponse:
    """ "This is not me": what will happen, then it happens."""
    actor = actor_of(request)
    person = person_of(actor)
    if person is None:
        return redirect("people:link")
    if request.method == "POST":
        now = clock.now()
        give_person_back(user=_user(request), scheme=scheme_of(request), actor=actor, now=now)
        sessions.go_on(request.session, now=now)
        messages.success(request, _("Noted. This number no longer stands for anybody. We have told both."))
        return redirect("portal:home")
    return render(request, "people/not_me.html", {"person": person})


def _secret(request: HttpRequest) -> str:
    """Of this browser's session and no other: what ties a proof to where it was begun."""
    return salted_hmac("people.proof", str(request.session.session_key), algorithm="sha256").hexdigest()


def _user(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # @requires lets only signed-in users in
    return user
