"""My data: see, copy, correct, take consents back, leave. Source: PIPL 15, 44-50."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import notices
from accounts.actions import close_account, copy_my_data, record_consent, request_name_correction, withdraw_consent
from accounts.forms import NameForm, refuse
from accounts.lifecycle import DataRequestState
from accounts.models import User
from accounts.my_data import parts
from accounts.selectors import current_consents, data_requests_of, reveals_of
from core import clock
from core.access import actor_of, requires
from core.errors import DomainError, NotFound
from core.identifiers import mask_mobile, mask_name
from parties.middleware import scheme_or_none

OWN_DATA = "accounts.own_data"


@requires(OWN_DATA)
@require_GET
def my_data(request: HttpRequest) -> HttpResponse:
    user = _me(request)
    consents = [(consent, notices.notice_for(consent.purpose)) for consent in current_consents(user=user)]
    asked = {consent.purpose for consent, _notice in consents}
    reminders = notices.notice_for(notices.REMINDERS) if notices.REMINDERS not in asked else None
    context = {
        "facts": [
            (_("Mobile number"), mask_mobile(user.phone)),
            (_("Name"), mask_name(user.display_name) or _("not given yet")),
            (_("Customer since"), clock.civil_date(user.created_at).isoformat()),
        ],
        "parts": list(parts.values()),
        "consents": consents,
        "reminders": reminders,
        "requests": data_requests_of(user),
        "reveals": reveals_of("accounts.user", str(user.pk))[:20],
    }
    return render(request, "accounts/my_data.html", context)


@requires(OWN_DATA)
@require_POST
def my_data_copy(request: HttpRequest) -> HttpResponse:
    """A JSON file of everything. By POST: links that are fetched ahead must not put a reading on record."""
    content = copy_my_data(user=_me(request), actor=actor_of(request), now=clock.now())
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@requires(OWN_DATA)
@require_http_methods(["GET", "POST"])
def correct_name(request: HttpRequest) -> HttpResponse:
    form = NameForm(request.POST or None)
    if form.is_valid():
        try:
            request_name_correction(
                user=_me(request),
                name=form.cleaned_data["name"],
                scheme=scheme_or_none(request),
                actor=actor_of(request),
                now=clock.now(),
            )
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(
                request, _("Thank you. Somebody will look at it within three working days; you see the answer here.")
            )
            return redirect("accounts:my_data")
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "accounts/correct_name.html", {"form": form}, status=status)


@requires(OWN_DATA)
@require_POST
def change_consent(request: HttpRequest, purpose: str) -> HttpResponse:
    """Says yes to, or takes back, one purpose."""
    notice = notices.notice_for(purpose)
    if request.POST.get("answer") == "agree":
        if notice is None:
            raise NotFound("no_such_notice", _("There is no such notice any more."))
        record_consent(
            user=_me(request),
            purpose=purpose,
            notice_version=notice.version,
            notice_sha256=notice.sha256,
            granted=True,
            now=clock.now(),
        )
        messages.success(request, _("Noted: you agree."))
    else:
        withdraw_consent(user=_me(request), purpose=purpose, now=clock.now())
        messages.success(request, _("Noted: you have taken this back."))
    return redirect("accounts:my_data")


@requires(OWN_DATA)
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Asks once more, then deletes the account or says why that has to wait."""
    if request.method == "GET":
        return render(request, "accounts/leave.html")
    result = close_account(user=_me(request), actor=actor_of(request), now=clock.now())
    if result.state == DataRequestState.REFUSED:
        return render(request, "accounts/leave.html", {"refused": result}, status=409)
    logout(request)
    messages.success(request, _("Your account is deleted. Take care!"))
    return redirect(settings.LOGOUT_REDIRECT_URL)


def _me(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User)  # requires() let a signed-in person through
    return user
