"""The plan workshop: a plan year's terms side by side, and the drafts that are copies of them."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from benefits import PlanInvalid
from core import clock
from core.access import actor_of, requires
from core.errors import DomainError
from core.money import format_yuan
from core.written import row_number
from look.forms import refuse
from products import actions
from products.actions import TermsRefused
from products.admin._frame import DRAFTS, found, page
from products.admin.forms import DraftTextForm, FileForm
from products.lifecycle import TermsDraftState
from products.models import TermsDraft
from products.models.plan_year import DocumentKind
from products.workshop.changes import changes_of
from products.workshop.side_by_side import sheet_of
from work.history import HistoryAdmin

VIEW = "products.view_termsdraft"
CHIPS = {TermsDraftState.OPEN: "now", TermsDraftState.FILED: "done", TermsDraftState.DISCARDED: "plain"}
_FIGURE = "figure-"


@admin.register(TermsDraft)
class TermsDraftAdmin(HistoryAdmin):
    list_display = ["title", "plan_year", "where_it_stands", "premium", "revision", "changed_at"]
    list_filter = ["state", "plan_year"]
    list_select_related = ["plan_year"]
    is_short = True
    list_before_template = "products/workshop/_drafts_link.html"

    @admin.display(description=_("State"), ordering="state")
    def where_it_stands(self, draft: TermsDraft) -> str:
        return format_html(
            '<span class="chip chip-{}">{}</span>', CHIPS[TermsDraftState(draft.state)], draft.get_state_display()
        )

    @admin.display(description=_("premium (yuan)"))
    def premium(self, draft: TermsDraft) -> str:
        return format_yuan(draft.premium_fen)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return show(self, request, found_draft(request, row_number(object_id)))

    def get_urls(self) -> list[URLPattern]:
        def draws_up(view: Any) -> Any:
            return self.admin_site.admin_view(requires(DRAFTS, owner="terms draft")(partial(view, model_admin=self)))

        def reads(view: Any) -> Any:
            return self.admin_site.admin_view(requires(VIEW, owner="terms draft")(partial(view, model_admin=self)))

        own = [
            path("<int:pk>/figures/", draws_up(require_POST(change_figures)), name="products_termsdraft_figures"),
            path("<int:pk>/discard/", draws_up(require_POST(discard)), name="products_termsdraft_discard"),
            path("<int:pk>/text/<slug:kind>/", draws_up(text), name="products_termsdraft_text"),
            path("<int:pk>/changes/", reads(require_safe(changes)), name="products_termsdraft_changes"),
            path("<int:pk>/file/", draws_up(file), name="products_termsdraft_file"),
        ]
        return own + super().get_urls()  # type: ignore[no-any-return]  # unfold ships no types


def found_draft(request: HttpRequest, pk: Any, permission: str = VIEW) -> TermsDraft:
    rows = TermsDraft.objects.select_related("plan_year__scheme", "became", "created_by")
    return found(request, rows, permission, pk)


def show(
    model_admin: Any,
    request: HttpRequest,
    draft: TermsDraft,
    *,
    refused: TermsRefused | None = None,
    error: DomainError | None = None,
) -> HttpResponse:
    """Figures beside sentences; what was typed and what is wrong with it stand at the figure."""
    year = draft.as_plan_year()
    documents = draft.documents(year)
    status = error.status if error else refused.status if refused else 200
    return page(
        model_admin,
        request,
        "draft",
        draft.title,
        status=status,
        draft=draft,
        plan_year=draft.plan_year,
        sheet=sheet_of(year, documents, is_attached=False),
        chip=(draft.get_state_display(), CHIPS[TermsDraftState(draft.state)]),
        edits=draft.is_open,
        documents=[(kind.value, kind.label) for kind in DocumentKind if kind in draft.texts],
        refused=refused,
        wrong=refused.by_place if refused else {},
        typed=_typed(request),
        error=error,
        changes=changes_of(draft),
        compared=draft.compared.filter(revision=draft.revision).select_related("comparison").order_by("-pk")[:5],
    )


def _typed(request: HttpRequest) -> dict[str, str]:
    """What was written into the fields of figures, by the names of their places."""
    names = [name for name in request.POST if name.startswith(_FIGURE)]
    return {name.removeprefix(_FIGURE): request.POST.get(name, "") for name in names}


def _revision(request: HttpRequest) -> int:
    return row_number(request.POST.get("revision", ""))


def change_figures(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    draft = found_draft(request, pk, DRAFTS)
    try:
        changed = actions.change_terms(
            draft=draft,
            values=_typed(request),
            premium=request.POST.get("premium", ""),
            revision=_revision(request),
            actor=actor_of(request),
            now=clock.now(),
        )
    except TermsRefused as refused:
        return show(model_admin, request, draft, refused=refused)
    except DomainError as error:
        return show(model_admin, request, draft, error=error)
    messages.success(request, gettext("Saved. The sentences on the right say the new figures."))
    return redirect("admin:products_termsdraft_change", changed.pk)


def discard(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    draft = found_draft(request, pk, DRAFTS)
    try:
        actions.discard_terms_draft(draft=draft, revision=_revision(request), actor=actor_of(request), now=clock.now())
    except DomainError as error:
        return show(model_admin, request, draft, error=error)
    messages.success(request, gettext("Given up. It stays here to be read."))
    return redirect("admin:products_termsdraft_changelist")


@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, pk: int, kind: str, *, model_admin: Any) -> HttpResponse:
    """The sources of one text in both languages, with what the check finds in them, line by line."""
    draft = found_draft(request, pk, DRAFTS)
    initial = {f"source_{language}": draft.source(kind, language) for language in ("zh", "en")}
    form = DraftTextForm(request.POST or None, initial=initial)
    status = 400 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_draft_text(
                draft=draft, kind=kind, **form.cleaned_data, revision=_revision(request), actor=actor_of(request),
                now=clock.now(),
            )  # fmt: skip
            messages.success(request, gettext("Saved."))
            return redirect("admin:products_termsdraft_change", draft.pk)
        except DomainError as error:
            refuse(form, error)
            status = error.status
    year = draft.as_plan_year()
    sheet = sheet_of(year, draft.documents(year), is_attached=False)
    label = DocumentKind(kind).label if kind in DocumentKind.values else kind
    return page(
        model_admin,
        request,
        "text",
        f"{draft.title} · {label}",
        status=status,
        draft=draft,
        kind=kind,
        form=form,
        label=label,
        findings=[finding for finding in sheet.findings if finding.document.startswith(f"{kind}.")],
    )


def changes(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    draft = found_draft(request, pk)
    return page(
        model_admin, request, "changes", f"{draft.title} · {gettext('What changes')}", draft=draft,
        changes=changes_of(draft),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def file(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    """What the draft becomes, and what its dossier tells."""
    draft = found_draft(request, pk, DRAFTS)
    form = FileForm(request.POST or None, draft=draft)
    status = 400 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            year = actions.file_terms_draft(
                draft=draft, into=form.becomes, comparison=form.cleaned_data["comparison"],
                revision=_revision(request), actor=actor_of(request), now=clock.now(),
            )  # fmt: skip
            messages.success(
                request, gettext("%(code)s is drafted, and its dossier is attached.") % {"code": year.code}
            )
            return redirect("admin:products_planyear_workshop", year.pk)
        except DomainError as error:
            refuse(form, error)
            status = error.status
        except PlanInvalid as invalid:
            form.add_error(None, str(invalid))
    year_now = draft.as_plan_year()
    sheet = sheet_of(year_now, draft.documents(year_now), is_attached=False)
    return page(
        model_admin, request, "file", f"{draft.title} · {gettext('Make a plan year of it')}", status=status,
        draft=draft, form=form, changes=changes_of(draft), findings=sheet.findings,
    )  # fmt: skip
