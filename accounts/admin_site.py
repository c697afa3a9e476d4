"""The admin's site: nobody gets in without a second factor, and signing in happens on our own pages."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from unfold.sites import UnfoldAdminSite

from accounts.middleware import owes_second_factor
from core.access import Access, actor_of, declare, public


class StaffAdminSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold ships no types
    # core.access counts the admin's own pages as declared only on a site that says so.
    needs_second_factor = True

    def has_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.is_active and getattr(user, "is_staff", False) and not owes_second_factor(user))

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        from accounts import reveal_limits, standing

        actor = actor_of(request)
        found = (standing.roles_that_wait(actor), reveal_limits.notice_for(actor))
        notices = [{"text": notice[0], "url": notice[1]} for notice in found if notice]
        return {**super().each_context(request), "standing_notices": notices}

    @public
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        from accounts.views.staff_sign_in import staff_sign_in

        return staff_sign_in(request)

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        found: HttpResponse = super().search(request, extra_context)
        return found

    # Reached through admin_view like the site's other pages, but without the mark that Django gives those.
    declare(search, Access("admin", "admin"))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Django suggests rows for any foreign key of any model; here for those that a page declares, and none does."""
        asked = (request.GET.get("app_label"), request.GET.get("model_name"), request.GET.get("field_name"))
        offered = {
            (page.opts.app_label, page.opts.model_name, field)
            for page in self._registry.values()
            for field in page.autocomplete_fields
        }
        if asked not in offered:
            raise Http404
        found: HttpResponse = super().autocomplete_view(request)
        return found

    @public
    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        from accounts.views.sign_out import sign_out

        return sign_out(request)
