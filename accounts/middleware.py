"""Puts the actor on the request, ends idle sessions, and keeps undeclared routes shut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import LazyObject
from django.utils.translation import gettext as _

from accounts import session_store, sessions
from accounts.models import User
from accounts.roles import ANSWER_NOTICE, SECOND_FACTOR
from core import clock, guards
from core.access import access_of
from core.actors import Actor
from work.audit import acting
from work.beside import one_visitor

log = structlog.get_logger(__name__)


class ActorMiddleware:
    """request.actor is who acts, with the permissions she holds at this moment.

    Staff who gave only the password are an actor with one permission: to give the second factor.
    Everything written while the request lasts carries the actor in its history rows.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Taken back at the end: the thread answers somebody else next.
        token = session_store.current.set(request.session)  # type: ignore[arg-type]  # the engine of the settings
        try:
            with one_visitor():
                return self._answer(request)
        finally:
            session_store.current.reset(token)

    def _answer(self, request: HttpRequest) -> HttpResponse:
        self._end_old_session(request)
        request.user = plain(request.user)
        actor = actor_for(request.user)
        request.actor = actor  # type: ignore[attr-defined]  # read through core.access.actor_of
        with acting(actor.label, user_id=actor.user_id, path=request.path):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: list[Any], _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        access = access_of(view)
        if access is None:
            # A test finds these before they are released; should one slip through, it stays shut.
            log.error("access.undeclared_route", view=getattr(view, "__qualname__", type(view).__name__))
            return HttpResponse(_("This page is not open."), status=403, content_type="text/plain; charset=utf-8")
        if access.kind == "public":
            return None
        if access.permission != SECOND_FACTOR and owes_second_factor(request.user):
            return self._first(request, "accounts:second_factor")
        if access.permission != ANSWER_NOTICE and sessions.owes_notice(request.session):
            return self._first(request, "accounts:notice")
        return None

    def _first(self, request: HttpRequest, step: str) -> HttpResponse:
        """To the step of signing in that is still owed, and from there to where she was going."""
        if request.method == "GET":
            sessions.remember_next(request.session, request.get_full_path())
        return redirect(step)

    def _end_old_session(self, request: HttpRequest) -> None:
        user = request.user
        if isinstance(user, User) and guards.on("accounts.ended_sessions") and sessions.is_over(request.session, user):
            logout(request)
            return
        if isinstance(user, User) and sessions.is_idle(request.session, user, now=clock.now()):
            logout(request)
            sessions.note_idle_sign_out(request.session)


def plain(user: Any) -> Any:
    """The account itself, out of what looked for it when it was first asked: each word with that takes several."""
    while issubclass(type(user), LazyObject):
        bool(user)
        user = user._wrapped
    return user


def actor_for(user: Any) -> Actor:
    """The actor behind request.user."""
    if not isinstance(user, User):
        return Actor.anonymous()
    if owes_second_factor(user):
        return Actor.holding(user.pk, user.label, SECOND_FACTOR)
    return user.actor()


def owes_second_factor(user: Any) -> bool:
    """True for staff whose session has only seen the password. Needs django-otp's middleware before this one."""
    if not isinstance(user, User) or not user.is_staff_account:
        return False
    given: bool = user.is_verified()  # type: ignore[attr-defined]  # put there by django-otp's middleware
    return not given
