"""Comparisons of terms on a city year: begun, watched, read, projected."""

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

from core import clock
from core.access import actor_of, requires
from core.admin import ReadOnlyAdmin
from core.bodies import takes_body
from core.errors import DomainError, NotFound
from core.written import row_number
from look.forms import refuse
from products import actions
from products.admin._frame import DRAFTS, found, page
from products.admin.forms import CompareForm, GenerateForm, ProjectionForm, UploadForm
from products.lifecycle import ComparisonState
from products.models import Comparison
from products.workshop import columns, exports, shown, upload
from products.workshop.projection import Assumptions
from products.workshop.upload import LinesRefused

VIEW = "products.view_comparison"
CSV = "text/csv; charset=utf-8"


@admin.register(Comparison)
class ComparisonAdmin(ReadOnlyAdmin):
    list_display = ["number", "city_year", "compared", "where_it_stands", "created_at"]
    list_filter = ["state", "scheme"]
    list_select_related = ["city_year"]
    is_short = True
    list_before_template = "products/workshop/_comparisons_link.html"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("terms")

    @admin.display(description=_("Number"))
    def number(self, comparison: Comparison) -> str:
        return str(comparison.pk)

    @admin.display(description=_("What is compared"))
    def compared(self, comparison: Comparison) -> str:
        return " · ".join(one.name for one in comparison.terms.all())

    @admin.display(description=_("State"), ordering="state")
    def where_it_stands(self, comparison: Comparison) -> str:
        label = comparison.get_state_display()
        if comparison.is_running:
            label = f"{label} {comparison.percent_done}%"
        return format_html('<span class="chip chip-{}">{}</span>', shown.CHIPS[comparison.state], label)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return show(self, request, found_comparison(request, row_number(object_id)))

    def get_urls(self) -> list[URLPattern]:
        def draws_up(view: Any) -> Any:
            return self.admin_site.admin_view(requires(DRAFTS, owner="comparison")(partial(view, model_admin=self)))

        def reads(view: Any) -> Any:
            return self.admin_site.admin_view(requires(VIEW, owner="comparison")(partial(view, model_admin=self)))

        uploads = takes_body(upload.MOST_BYTES)(draws_up(upload_city))
        own = [
            path("new/", draws_up(compare), name="products_comparison_new"),
            path("city-years/generate/", draws_up(generate), name="products_comparison_generate"),
            path("city-years/upload/", uploads, name="products_comparison_upload"),
            path("city-years/columns.csv", draws_up(require_safe(columns_csv)), name="products_comparison_columns"),
            path("<int:pk>/cancel/", draws_up(require_POST(cancel)), name="products_comparison_cancel"),
            path("<int:pk>/figures.csv", reads(require_safe(figures_csv)), name="products_comparison_figures"),
            path("<int:pk>/projection/", reads(require_safe(projection)), name="products_comparison_projection"),
            path(
                "<int:pk>/projection.csv",
                reads(require_safe(projection_csv)),
                name="products_comparison_projection_csv",
            ),
        ]
        return own + super().get_urls()  # type: ignore[no-any-return]  # unfold ships no types


def found_comparison(request: HttpRequest, pk: Any, permission: str = VIEW) -> Comparison:
    return found(request, Comparison.objects.select_related("city_year", "scheme"), permission, pk)


def _done(request: HttpRequest, pk: int) -> Comparison:
    """Raises NotFound before it is done: there are no figures yet."""
    comparison = found_comparison(request, pk)
    if comparison.state != ComparisonState.DONE:
        raise NotFound("comparison_not_done", _("There are no figures yet."))
    return comparison


def show(
    model_admin: Any, request: HttpRequest, comparison: Comparison, *, error: DomainError | None = None
) -> HttpResponse:
    terms = list(comparison.terms.select_related("draft", "plan_year"))
    context: dict[str, Any] = {
        "comparison": comparison,
        "terms": terms,
        "chip": (comparison.get_state_display(), shown.CHIPS[comparison.state]),
        "error": error,
    }
    if comparison.state == ComparisonState.DONE:
        context |= {
            "summary": shown.summary(comparison, terms),
            "responsibilities": shown.responsibilities(terms),
            "against": shown.against(terms) if len(terms) > 1 else [],
            "charts": shown.charts(terms),
            "distributions": shown.distributions(terms),
            "others": terms[1:],
        }
    status = error.status if error else 200
    return page(model_admin, request, "comparison", comparison.city_year.title, status=status, **context)


@require_http_methods(["GET", "POST"])
def compare(request: HttpRequest, *, model_admin: Any) -> HttpResponse:
    """Which city year, and which terms on it."""
    actor = actor_of(request)
    initial: dict[str, Any] = {name: request.GET[name] for name in ("city_year", "first") if name in request.GET}
    initial["others"] = request.GET.getlist("others")
    form = CompareForm(request.POST or None, actor=actor, initial=initial)
    status = 400 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            comparison = actions.start_comparison(
                city_year=form.cleaned_data["city_year"], terms=form.terms, actor=actor, now=clock.now()
            )
            return redirect("admin:products_comparison_change", comparison.pk)
        except DomainError as error:
            error.field = {"terms": "others"}.get(error.field or "", error.field)
            refuse(form, error)
            status = error.status
    return page(model_admin, request, "compare", gettext("Compare terms"), status=status, form=form)


@require_http_methods(["GET", "POST"])
def generate(request: HttpRequest, *, model_admin: Any) -> HttpResponse:
    """A city year made from a seed and a shape."""
    actor = actor_of(request)
    form = GenerateForm(request.POST or None, actor=actor)
    status = 400 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            city_year = actions.generate_city_year(
                **{name: data[name] for name in ("scheme", "title", "people", "seed", "year")}, shape=form.shape,
                actor=actor, now=clock.now(),
            )  # fmt: skip
            return _to_compare(city_year.pk)
        except DomainError as error:
            refuse(form, error)
            status = error.status
    return page(model_admin, request, "generate", gettext("Generate a city year"), status=status, form=form)


@require_http_methods(["GET", "POST"])
def upload_city(request: HttpRequest, *, model_admin: Any) -> HttpResponse:
    """A city year from a CSV file; each line that cannot be read is named."""
    actor = actor_of(request)
    form = UploadForm(request.POST or None, request.FILES or None, actor=actor)
    status = 400 if request.method == "POST" else 200
    bad: list[upload.BadLine] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            city_year = actions.upload_city_year(
                scheme=data["scheme"], title=data["title"], content=data["file"].read(), actor=actor, now=clock.now()
            )
            return _to_compare(city_year.pk)
        except DomainError as error:
            refuse(form, error)
            bad = error.bad if isinstance(error, LinesRefused) else []
            status = error.status
    return page(
        model_admin, request, "upload", gettext("Upload a city year"), status=status, form=form, bad=bad,
        columns=columns.COLUMNS, most_lines=upload.MOST_LINES,
    )  # fmt: skip


def _to_compare(city_year: int) -> HttpResponse:
    response = redirect("admin:products_comparison_new")
    response["Location"] += f"?city_year={city_year}"
    return response


def columns_csv(request: HttpRequest, *, model_admin: Any) -> HttpResponse:
    """The headings of an upload, for a spreadsheet to begin with."""
    head = ",".join(column.zh for column in columns.COLUMNS)
    return _file(f"\ufeff{head}\r\n", "city-year.csv")


def cancel(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    comparison = found_comparison(request, pk, DRAFTS)
    try:
        actions.cancel_comparison(comparison=comparison, actor=actor_of(request), now=clock.now())
    except DomainError as error:
        comparison.refresh_from_db()
        return show(model_admin, request, comparison, error=error)
    messages.success(request, gettext("Cancelled. What was computed is thrown away."))
    return redirect("admin:products_comparison_change", comparison.pk)


def figures_csv(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    comparison = _done(request, pk)
    return _file(exports.figures_csv(comparison, list(comparison.terms.all())), f"comparison-{comparison.pk}.csv")


def projection(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    """Five years from the figures of a comparison, by what the page assumes."""
    comparison = _done(request, pk)
    terms = list(comparison.terms.all())
    form = ProjectionForm(request.GET)
    assumed = form.assumptions if form.is_valid() else Assumptions()
    years = shown.projected(comparison, terms, assumed)
    return page(
        model_admin, request, "projection", f"{comparison.city_year.title} · {gettext('Five years')}",
        comparison=comparison, terms=terms, form=form, projected=years, charts=shown.projection_charts(years),
        grid=shown.price_and_cover(comparison, terms, assumed), query=request.GET.urlencode(),
    )  # fmt: skip


def projection_csv(request: HttpRequest, pk: int, *, model_admin: Any) -> HttpResponse:
    comparison = _done(request, pk)
    form = ProjectionForm(request.GET)
    assumed = form.assumptions if form.is_valid() else Assumptions()
    years = shown.projected(comparison, list(comparison.terms.all()), assumed)
    return _file(exports.projection_csv(years, assumed), f"projection-{comparison.pk}.csv")


def _file(text: str, name: str) -> HttpResponse:
    return HttpResponse(text, content_type=CSV, headers={"Content-Disposition": f'attachment; filename="{name}"'})
