"""The queue: first due first, in a fixed number of queries however long it is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from claims import selectors
from claims.admin import desk, registering
from claims.admin.filters import DueFilter, QueueFilter
from claims.models import Claim, Decision
from claims.pages import chip
from claims.views._request import takes_files
from core import clock
from core.access import actor_of, requires
from core.admin import ReadOnlyAdmin
from core.money import format_yuan
from core.written import number_as_written, row_number
from people.selectors import people_with_number


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    list_display = ("number", "who", "treatment", "where_it_stands", "due", "payable", "reviewer_name")
    list_display_links = ("number",)
    list_filter = (QueueFilter, DueFilter, "claim_type", "insurer")
    spread_columns = frozenset({"claim_type"})
    search_fields = ("number",)
    search_help_text = _("Claim number, or the whole identity number of the insured")
    list_fullwidth = True
    list_before_template = "claims/desk/_register_link.html"
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        live = Decision.objects.filter(superseded_at=None).only("claim_id", "payable_fen", "approved_at")
        return (
            selectors.desk_claims(actor_of(request))
            .select_related("insured", "reviewer")
            .prefetch_related("bills", Prefetch("decisions", live, to_attr="live_decisions"))
        )

    def get_ordering(self, request: HttpRequest) -> Sequence[str]:
        """What waits is read first due first, by an index of its own; of all claims the newest come first."""
        return ("-pk",) if request.GET.get(QueueFilter.parameter_name) == "all" else ("review_due_on", "pk")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Claim], search_term: str
    ) -> tuple[QuerySet[Claim], bool]:
        """Encrypted columns cannot be searched; the blind index answers for a whole identity number."""
        term = search_term.strip().upper()
        if not term.startswith("CL-") and len(number_as_written(term)) == 18:
            return queryset.filter(insured__in=people_with_number(term)), False
        return super().get_search_results(request, queryset, term)

    @admin.display(description=_("Insured person"))
    def who(self, claim: Claim) -> str:
        return claim.insured.masked_name

    @admin.display(description=_("Treatment"))
    def treatment(self, claim: Claim) -> str:
        hospitals = dict.fromkeys(bill.hospital_name for bill in claim.bills.all())
        return f"{claim.get_claim_type_display()} · {'、'.join(hospitals)}"

    @admin.display(description=_("State"), ordering="state")
    def where_it_stands(self, claim: Claim) -> str:
        label, kind = chip(claim)
        return format_html('<span class="chip chip-{}">{}</span>', kind, label)

    @admin.display(description=_("Working days left"), ordering="review_due_on")
    def due(self, claim: Claim) -> str:
        due = selectors.due_of(claim, now=clock.now())
        if due is None:
            return "—"
        return format_html('<span class="chip chip-{}">{}</span>', due.kind, due_words(due.workdays))

    @admin.display(description=_("Payable (yuan)"))
    def payable(self, claim: Claim) -> str:
        decisions: list[Decision] = claim.live_decisions  # type: ignore[attr-defined]  # prefetched in get_queryset
        return format_yuan(decisions[0].payable_fen) if decisions else "—"

    @admin.display(description=_("Reviewer"))
    def reviewer_name(self, claim: Claim) -> str:
        return claim.reviewer.display_name if claim.reviewer else "—"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        registers = actor_of(request).may("claims.review")
        page: HttpResponse = super().changelist_view(request, {**(extra_context or {}), "registers": registers})
        return page

    # The page of one claim is the desk.

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not row_number(object_id):
            raise selectors.claim_not_found()
        return desk.show(self, request, row_number(object_id))

    def get_urls(self) -> list[URLPattern]:
        def wrap(view: Any) -> Any:
            return self.admin_site.admin_view(requires("claims.read", owner="claim")(view))

        def registers(view: Any) -> Any:
            opened = partial(view, model_admin=self)
            return self.admin_site.admin_view(requires("claims.review", owner="report")(opened))

        add_papers = require_POST(partial(registering.add_papers, model_admin=self))
        papers = takes_files(door=registering.may_add)(add_papers)
        own = [
            path("register/", registers(registering.register), name="claims_claim_register"),
            path("register/<int:pk>/", registers(registering.register_stays), name="claims_claim_register_stays"),
            path("<int:pk>/bills/", registers(registering.more_bills), name="claims_claim_bills"),
            path("fetching/<str:policy_number>/", registers(registering.fetching), name="claims_claim_fetching"),
            path("<int:pk>/papers/", wrap(papers), name="claims_claim_add_papers"),
            path(
                "<int:pk>/do/<slug:verb>/", wrap(lambda r, pk, verb: desk.do(self, r, pk, verb)), name="claims_claim_do"
            ),
            path("papers/<uuid:document_id>/", wrap(desk.paper), name="claims_claim_paper"),
            path("papers/<uuid:document_id>/<int:page>/", wrap(desk.paper_page), name="claims_claim_paper_page"),
        ]
        return own + super().get_urls()  # type: ignore[no-any-return]  # unfold ships no types


def due_words(workdays: int) -> str:
    """ "3 working days left", "today", "2 working days overdue"."""
    if workdays < 0:
        late = -workdays
        return ngettext("%(n)s working day overdue", "%(n)s working days overdue", late) % {"n": late}
    if workdays == 0:
        return gettext("due today")
    return ngettext("%(n)s working day left", "%(n)s working days left", workdays) % {"n": workdays}
