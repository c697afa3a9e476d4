from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.access import actor_of, requires
from core.admin import ReadOnlyAdmin, ReadOnlyInline
from core.errors import DomainError
from core.money import format_yuan
from products import actions
from products.admin._frame import DRAFTS, found, page
from products.lifecycle import PlanYearState
from products.models import Dossier, OpenWay, PlanDocument, PlanYear, PlanYearEvent, PoolShare, TermsDraft
from products.selectors import newest_documents
from products.texts import to_html
from products.workshop.side_by_side import in_order, sheet_of
from work.files import file_pieces
from work.history import HistoryAdmin

VIEW = "products.view_planyear"


class PlanDocumentInline(ReadOnlyInline):
    model = PlanDocument
    fields = ["kind", "version", "sha256", "created_at"]
    readonly_fields = fields


class PoolShareInline(ReadOnlyInline):
    model = PoolShare
    fields = ["insurer", "area", "share_millionths", "leads", "from_on", "to_on"]
    readonly_fields = fields


class OpenWayInline(ReadOnlyInline):
    model = OpenWay
    fields = ["way", "opens_at", "closes_at", "least_people", "paid_by"]
    readonly_fields = fields


class PlanYearEventInline(ReadOnlyInline):
    model = PlanYearEvent
    fields = ["at", "name", "old_state", "new_state", "actor_label", "reason"]
    readonly_fields = fields


@admin.register(PlanYear)
class PlanYearAdmin(HistoryAdmin):
    list_display = ["code", "scheme", "name_zh", "state", "premium", "opens_at", "closes_at", "cover_from", "cover_to"]
    list_filter = ["scheme", "state"]
    list_select_related = ["scheme"]
    is_short = True
    ordering = ["-cover_from"]
    search_fields = ["code"]
    inlines = [PoolShareInline, OpenWayInline, PlanDocumentInline, PlanYearEventInline]
    history_of = ["shares", "ways"]
    change_form_before_template = "products/workshop/_plan_year_link.html"

    @admin.display(description=_("premium (yuan)"), ordering="premium_fen")
    def premium(self, plan_year: PlanYear) -> str:
        return format_yuan(plan_year.premium_fen)

    def get_urls(self) -> list[URLPattern]:
        def draws_up(view: Any) -> Any:
            return self.admin_site.admin_view(requires(DRAFTS, owner="plan year")(partial(view, model_admin=self)))

        def reads(view: Any) -> Any:
            return self.admin_site.admin_view(requires(VIEW, owner="plan year")(partial(view, model_admin=self)))

        own = [
            path("<int:pk>/workshop/", reads(require_safe(workshop)), name="products_planyear_workshop"),
            path("<int:pk>/copy/", draws_up(require_POST(copy)), name="products_planyear_copy"),
            path("<int:pk>/send/", draws_up(require_POST(send)), name="products_planyear_send"),
            path("dossiers/<uuid:dossier_id>/", reads(require_safe(dossier)), name="products_planyear_dossier"),
        ]
        return own + super().get_urls()  # type: ignore[no-any-return]  # unfold ships no types


def _plan_year(request: HttpRequest, pk: int, permission: str) -> PlanYear:
    return found(request, PlanYear.objects.select_related("scheme"), permission, pk)


def show(model_admin: Any, request: HttpRequest, year: PlanYear, *, error: DomainError | None = None) -> HttpResponse:
    """Figures beside the sentences that they make true, with what the check finds; the copies made of it."""
    may = actor_of(request).may(DRAFTS, year)
    return page(
        model_admin,
        request,
        "plan_year",
        f"{year.code} · {gettext('Plan workshop')}",
        status=error.status if error else 200,
        plan_year=year,
        sheet=sheet_of(year, in_order(newest_documents(year).values()), is_attached=True),
        may_copy=may,
        may_send=may and year.state == PlanYearState.DRAFT,
        drafts=TermsDraft.objects.filter(plan_year=year).order_by("-pk")[:20] if may else [],
        dossiers=year.dossiers.order_by("created_at", "form"),
        error=error,
    )


def workshop(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    return show(model_admin, request, _plan_year(request, pk, VIEW))


def copy(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    year = _plan_year(request, pk, DRAFTS)
    try:
        draft = actions.start_terms_draft(
            plan_year=year, title=request.POST.get("title", ""), actor=actor_of(request), now=clock.now()
        )
    except DomainError as error:
        return show(model_admin, request, year, error=error)
    return redirect("admin:products_termsdraft_change", draft.pk)


def send(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    """A draft goes to the experts."""
    year = _plan_year(request, pk, DRAFTS)
    try:
        actions.send_to_experts(plan_year=year, actor=actor_of(request), now=clock.now())
    except DomainError as error:
        return show(model_admin, request, year, error=error)
    messages.success(request, gettext("Sent to the experts."))
    return redirect("admin:products_planyear_workshop", year.pk)


def dossier(request: HttpRequest, dossier_id: UUID, *, model_admin: Any) -> StreamingHttpResponse:
    row = found(request, Dossier.objects.select_related("plan_year"), VIEW, dossier_id)
    kind = {"pdf": "application/pdf", "json": "application/json"}[row.form]
    name = f"dossier-{row.plan_year.code}.{row.form}"
    return StreamingHttpResponse(
        file_pieces(row, now=clock.now()),
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(row.size_bytes)},
    )


@admin.register(PlanDocument)
class PlanDocumentAdmin(ReadOnlyAdmin):
    list_display = ["plan_year", "kind", "version", "sha256", "created_at"]
    list_filter = ["plan_year", "kind"]
    is_short = True
    ordering = ["plan_year", "kind", "-version"]
    list_select_related = ["plan_year"]
    fields = ["plan_year", "kind", "version", "sha256", "created_at", "as_read"]

    @admin.display(description=_("As residents read it"))
    def as_read(self, document: PlanDocument) -> SafeString:
        return to_html(document.body)
