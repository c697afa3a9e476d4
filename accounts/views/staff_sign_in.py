"""Staff sign in: password, then the authenticator app. At the first time the app is set up."""

from __future__ import annotations

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods
from django_otp import login as remember_second_factor

from accounts import sessions
from accounts.actions import confirm_authenticator, prepare_authenticator, verify_second_factor
from accounts.forms import SecondFactorForm, StaffSignInForm, refuse
from accounts.middleware import owes_second_factor
from accounts.models import Authenticator, User
from accounts.roles import SECOND_FACTOR
from core import clock, guards
from core.access import public, requires
from core.errors import DomainError


@public
@never_cache
@csrf_protect
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def staff_sign_in(request: HttpRequest) -> HttpResponse:
    """User name and password. Wrong ones are counted by axes, which answers with the lockout page."""
    if request.method == "GET":
        if request.GET.get("next"):
            sessions.remember_next(request.session, request.GET["next"])
        if owes_second_factor(request.user):
            return redirect("accounts:second_factor")
    form = StaffSignInForm(request, data=request.POST or None)
    if form.is_valid():
        user = form.get_user()
        back_to = sessions.take_next(request.session)
        sessions.sign_in(request, user, now=clock.now())
        sessions.remember_next(request.session, back_to)
        return redirect("accounts:second_factor")
    idle = sessions.take_idle_notice(request.session)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/staff_sign_in.html", {"form": form, "idle": idle}, status=status)


@requires(SECOND_FACTOR)
@never_cache
@sensitive_post_parameters("token")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Six digits from the app, or a backup code."""
    user = _staff(request)
    if not owes_second_factor(user):
        return redirect(_staff_next(request))
    if not Authenticator.objects.filter(user=user, confirmed=True).exists():
        return redirect("accounts:enrol_authenticator")
    form = SecondFactorForm(request.POST or None)
    if form.is_valid():
        try:
            device = verify_second_factor(user=user, token=form.cleaned_data["token"])
        except DomainError as error:
            refuse(form, error)
        else:
            request.session.cycle_key()
            remember_second_factor(request, device)
            return redirect(_staff_next(request))
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "accounts/second_factor.html", {"form": form}, status=status)


@requires(SECOND_FACTOR)
@never_cache
@sensitive_post_parameters("token")
@require_http_methods(["GET", "POST"])
def enrol_authenticator(request: HttpRequest) -> HttpResponse:
    """Shows the QR code until a code from the app was right, then the backup codes, once."""
    user = _staff(request)
    if Authenticator.objects.filter(user=user, confirmed=True).exists():
        return redirect("accounts:second_factor")
    form = SecondFactorForm(request.POST or None)
    if form.is_valid():
        try:
            device, codes = confirm_authenticator(user=user, token=form.cleaned_data["token"], now=clock.now())
        except DomainError as error:
            refuse(form, error)
        else:
            request.session.cycle_key()
            remember_second_factor(request, device)
            return render(request, "accounts/backup_codes.html", {"codes": codes, "next": _staff_next(request)})
    device = prepare_authenticator(user=user)
    context = {"form": form, "qr": _qr(device.config_url), "secret": _in_fours(device.secret)}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "accounts/enrol_authenticator.html", context, status=status)


def _staff(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # requires(SECOND_FACTOR): only staff hold it
    return user


def _staff_next(request: HttpRequest) -> str:
    """The page she wanted, when it is one of ours: an address from outside would lead her to a false sign-in page."""
    address = sessions.take_next(request.session)
    ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ) or not guards.on("accounts.staff_next_is_ours")
    return address if address and ours else reverse("admin:index")


def _qr(text: str) -> SafeString:
    """Inline SVG, made from our own text only: the secret is in no address and no cache."""
    # Black on white in every mode: a camera needs the contrast.
    return SafeString(segno.make(text, error="m").svg_inline(scale=5, border=4, dark="#000", light="#fff"))


def _in_fours(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
