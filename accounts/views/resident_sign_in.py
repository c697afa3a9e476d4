"""A resident signs in: phone, code, and once the privacy notice."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import sessions
from accounts.actions import record_consent, request_login_code, verify_login_code
from accounts.clients import client_ip
from accounts.forms import CodeForm, PhoneForm, refuse
from accounts.notices import account_notice
from accounts.roles import ANSWER_NOTICE
from accounts.selectors import has_consented
from core import clock, guards
from core.access import public, requires
from core.errors import DomainError
from core.identifiers import check_mobile, mask_mobile
from parties.middleware import scheme_or_none


@public
@never_cache
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Asks for the phone number and sends a code."""
    if request.method == "GET" and request.user.is_authenticated:
        return redirect(safe_next(request, request.GET.get("next", "")))
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _send_code(request, form.cleaned_data["phone"])
        except DomainError as error:
            refuse(form, error)
    idle = sessions.take_idle_notice(request.session)
    return render(request, "accounts/sign_in.html", {"form": form, "idle": idle}, status=_status(form))


@public
@never_cache
@require_POST
def resend_code(request: HttpRequest) -> HttpResponse:
    """Sends another code to the number already given."""
    phone = sessions.pending_phone(request.session)
    if phone is None:
        return redirect("accounts:sign_in")
    try:
        request_login_code(phone=phone, ip=client_ip(request), now=clock.now(), scheme=scheme_or_none(request))
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("A new code is on its way. Only the newest one is valid."))
    return redirect("accounts:code")


@public
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """Asks for the code and signs in."""
    phone = sessions.pending_phone(request.session)
    if phone is None:
        return redirect("accounts:sign_in")
    form = CodeForm(request.POST or None)
    if form.is_valid():
        now = clock.now()
        try:
            user = verify_login_code(phone=phone, code=form.cleaned_data["code"], ip=client_ip(request), now=now)
        except DomainError as error:
            refuse(form, error)
        else:
            sessions.forget_phone(request.session)
            sessions.sign_in(request, user, now=now)
            notice = account_notice()
            agreed = not user.is_just_made and has_consented(
                user=user, purpose=notice.purpose, notice_version=notice.version
            )
            if not agreed:
                sessions.owe_notice(request.session)
                return redirect("accounts:notice")
            return redirect(safe_next(request, sessions.take_next(request.session)))
    context = {"form": form, "masked_phone": mask_mobile(phone)}
    return render(request, "accounts/code.html", context, status=_status(form))


@requires(ANSWER_NOTICE)
@require_http_methods(["GET", "POST"])
def answer_notice(request: HttpRequest) -> HttpResponse:
    """Shows the privacy notice once; nothing else opens before it is answered, and no leaves as signed out."""
    notice = account_notice()
    if request.method == "POST":
        if request.POST.get("answer") != "agree":
            logout(request)
            messages.info(
                request, _("You are signed out and nothing was kept but your number. You can come back at any time.")
            )
            return redirect(settings.LOGOUT_REDIRECT_URL)
        record_consent(
            user=request.user,  # type: ignore[arg-type]  # requires() let a signed-in person through
            purpose=notice.purpose,
            notice_version=notice.version,
            notice_sha256=notice.sha256,
            granted=True,
            now=clock.now(),
        )
        sessions.notice_answered(request.session)
        return redirect(safe_next(request, sessions.take_next(request.session)))
    return render(request, "accounts/notice.html", {"notice": notice, "ask": True})


@public
@require_http_methods(["GET"])
def privacy(request: HttpRequest) -> HttpResponse:
    """The privacy notice, for everybody to read."""
    return render(request, "accounts/notice.html", {"notice": account_notice(), "ask": False})


def _send_code(request: HttpRequest, typed: str) -> HttpResponse:
    phone = check_mobile(typed)
    try:
        request_login_code(phone=phone, ip=client_ip(request), now=clock.now(), scheme=scheme_or_none(request))
    except DomainError as error:
        # A double click or a step back: the code is on its way, so on to where it is typed.
        if error.code != "code_just_sent":
            raise
        messages.warning(request, str(error))
    sessions.remember_phone(request.session, phone)
    # The form goes back to the address it came from, so it brings along where its sender wanted to go.
    if address := request.GET.get("next"):
        sessions.remember_next(request.session, address)
    return redirect("accounts:code")


def safe_next(request: HttpRequest, address: str) -> str:
    """The page somebody came from, when it is one of ours."""
    ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ) or not guards.on("accounts.resident_next_is_ours")
    return address if address and ours else resolve_url(settings.LOGIN_REDIRECT_URL)


def _status(form: PhoneForm | CodeForm) -> int:
    """422 for a form with errors: programs and tests see the refusal, browsers show the page."""
    return 422 if form.is_bound and not form.is_valid() else 200
