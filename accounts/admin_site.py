"""The admin's site: nobody gets in without a second factor, and signing in happens on our own pages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from unfold.sites import UnfoldAdminSite

from accounts.middleware import owes_second_factor
from core.access import Access, declare, public


class StaffAdminSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold ships no types
    # core.access counts the admin's own pages as declared only on a site that says so.
    needs_second_factor = True

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.is_active and getattr(user, "is_staff", False) and not owes_second_factor(user))

    @public
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        from accounts.views.staff_sign_in import staff_sign_in

        return staff_sign_in(request)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        found: HttpResponse = super().search(request, extra_context)
        return found

    # Reached through admin_view like the site's other pages, but without the mark that Django gives those.
    declare(search, Access("admin", "admin"))

    @public
    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        from accounts.views.sign_out import sign_out

        return sign_out(request)
