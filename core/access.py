"""Every route says who may open it; a route that says nothing opens for nobody.

    @public                                   anybody, also signed out
    @requires("claims.file", owner="claim")   signed in and holding the permission

Both work on function views and on class views (also DRF's). `owner` names what the selector narrows to the
actor: strangers get 404 from the selector, never 403 from here. Pages of the admin are declared by the site
itself, see `access_of`. Source: reliability.md 12.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission

from core.actors import Actor
from core.errors import NotAllowed

AnyView = TypeVar("AnyView", bound=Callable[..., Any])

_MARK = "declared_access"


@dataclass(frozen=True, slots=True)
class Access:
    """What a route declared. permission is "" for public routes."""

    kind: Literal["public", "permission", "admin"]
    permission: str = ""
    owner: str = ""


PUBLIC = Access("public")


def public(view: AnyView) -> AnyView:
    """Declare that anybody may open this view."""
    if not isinstance(view, type):
        return declare(view, PUBLIC)
    # A dispatch of its own: a mark on the inherited one would open every class view there is.
    view_class: Any = view
    view_class.dispatch = declare(_own(view_class.dispatch), PUBLIC)
    return view


def requires(permission: str, *, owner: str = "") -> Callable[[AnyView], AnyView]:
    """Declare and enforce that the actor of the request holds the permission.

    Signed out: to the sign-in page and back (401 for programs). Signed in without it: NotAllowed (403).
    What is shown is personal, so it is never stored in a cache.
    """
    access = Access("permission", permission, owner)

    def decorate(view: AnyView) -> AnyView:
        if isinstance(view, type):
            view_class: Any = view
            view_class.dispatch = _guard_method(view_class.dispatch, access)
            return view
        return _guard_function(view, access)  # type: ignore[return-value]  # same call signature as the view

    return decorate


def declare(view: AnyView, access: Access) -> AnyView:
    """Mark a view that checks for itself what it declares, such as a page of the admin's site. Enforces nothing."""
    setattr(view, _MARK, access)
    return view


def _own(dispatch: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(dispatch)
    def dispatched(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return dispatch(self, request, *args, **kwargs)

    return dispatched


def _guard_function(view: Callable[..., HttpResponse], access: Access) -> Callable[..., HttpResponse]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _refusal(request, access) or _private(view(request, *args, **kwargs))

    return declare(guarded, access)


def _guard_method(dispatch: Callable[..., HttpResponse], access: Access) -> Callable[..., HttpResponse]:
    @wraps(dispatch)
    def guarded(self: Any, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _refusal(request, access) or _private(dispatch(self, request, *args, **kwargs))

    return declare(guarded, access)


def _refusal(request: HttpRequest, access: Access) -> HttpResponse | None:
    """None when the actor may go on; a way to sign in when nobody is signed in. Raises NotAllowed."""
    actor = actor_of(request)
    if actor.user_id is None:
        return ask_to_sign_in(request)
    actor.require(access.permission)
    return None


def refusal_of(request: HttpRequest, view: Callable[..., Any]) -> HttpResponse | None:
    """What the view's declaration would answer, asked before the view runs: None when the actor may go on.

    Raises NotAllowed. Pages of the admin are for people who are signed in; more they check themselves.
    """
    access = access_of(view)
    if access is None or access.kind == "public":
        return None
    if access.kind == "admin":
        return None if actor_of(request).user_id is not None else ask_to_sign_in(request)
    return _refusal(request, access)


def actor_of(request: HttpRequest) -> Actor:
    """The actor that the sign-in middleware put on the request; anonymous when it did not run."""
    actor = getattr(request, "actor", None)
    return actor if isinstance(actor, Actor) else Actor.anonymous()


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """A redirect for people (also inside an htmx swap). Raises NotAllowed with 401 for programs."""
    sign_in_url = resolve_url(settings.LOGIN_URL)
    # A form that was being sent is opened again after signing in; its query may be gone, its page is not.
    back_to = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    response = redirect_to_login(back_to, sign_in_url)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": response["Location"]})
    if "text/html" not in request.headers.get("Accept", "text/html, */*"):
        raise NotAllowed("sign_in_required", _("Please sign in first."), status=401)
    return response


def _private(response: HttpResponse) -> HttpResponse:
    if "Cache-Control" not in response.headers:
        patch_cache_control(response, private=True, no_store=True)
    return response


def access_of(view: Callable[..., Any]) -> Access | None:
    """What a URL's callback declared, or None when it declared nothing.

    Pages that Django's admin makes for a model check the model's permissions themselves; they count only
    on a site that lets nobody in without a second factor. A view that a room adds to the admin by hand
    carries neither mark and has to use @requires like any other.
    """
    declared = getattr(view, _MARK, None)
    if isinstance(declared, Access):
        return declared
    model_admin = getattr(view, "model_admin", None)
    site = model_admin.admin_site if model_admin is not None else getattr(view, "admin_site", None)
    if site is None or not getattr(site, "needs_second_factor", False):
        return None
    if model_admin is None:
        return Access("admin", "admin")
    return Access("admin", f"{model_admin.opts.app_label}.view_{model_admin.opts.model_name}")


class DenyByDefault(BasePermission):
    """DRF's last word: an API view without a declaration is closed. The declaration itself was enforced in dispatch."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return access_of(type(view).dispatch) is not None
