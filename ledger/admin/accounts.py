"""The list of accounts is the trial balance, the page of an account its statement; each as a workbook too."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Model
from django.http import FileResponse, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from core.access import actor_of, requires
from core.admin import ReadOnlyAdmin
from core.errors import DomainError, NotFound
from ledger import selectors, workbooks
from ledger.admin.asked import Asked, has_undeclared
from ledger.models import Account
from ledger.selectors import READ
from ledger.statement import Extract, Place


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    ordering = ("code",)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return actor_of(request).may(READ)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        self._refuse(request)
        asked = self._asked(request)
        shown = selectors.trial_balance(actor=actor_of(request), where=asked.where, **asked.period)
        return self._page(request, "trial_balance", _("Trial balance"), asked=asked, shown=shown)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self._refuse(request, "after")
        account = _account(object_id)
        asked = self._asked(request, needs_scheme=True)
        context: dict[str, Any] = {"account": account, "asked": asked}
        try:
            place = Place.read(request.GET["after"]) if "after" in request.GET else None
            context["shown"] = _extract(request, account, asked).page(place)
            context["is_first"] = place is None
        except DomainError as error:
            context["error"] = error
        return self._page(request, "statement", account.name, **context)

    def get_urls(self) -> list[URLPattern]:
        def wrap(view: Any) -> Any:
            return self.admin_site.admin_view(requires(READ)(view))

        own = [
            path("trial-balance.xlsx", wrap(self._trial_balance_workbook), name="ledger_trial_balance"),
            path("<int:pk>/statement.xlsx", wrap(self._statement_workbook), name="ledger_statement"),
        ]
        return own + super().get_urls()  # type: ignore[no-any-return]  # unfold ships no types

    def _trial_balance_workbook(self, request: HttpRequest) -> FileResponse:
        asked = self._asked(request)
        shown = selectors.trial_balance(actor=actor_of(request), where=asked.where, **asked.period)
        return workbooks.trial_balance(shown, where=asked.where, **asked.period)

    def _statement_workbook(self, request: HttpRequest, pk: int) -> FileResponse:
        return workbooks.statement(_extract(request, _account(str(pk)), self._asked(request, needs_scheme=True)))

    def _refuse(self, request: HttpRequest, *more: str) -> None:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if has_undeclared(request, *more):
            raise BadRequest("undeclared parameters")

    def _asked(self, request: HttpRequest, *, needs_scheme: bool = False) -> Asked:
        choices = selectors.choices(actor=actor_of(request))
        asked = Asked(request.GET, choices, needs_scheme=needs_scheme)
        asked.is_valid()  # what cannot be read is said at its field, and left out of the question
        return asked

    def _page(self, request: HttpRequest, name: str, title: object, **context: Any) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        return TemplateResponse(request, f"ledger/{name}.html", {**frame, **context})


def _account(pk: str) -> Account:
    account = Account.objects.filter(pk=int(pk)).first() if pk.isdecimal() else None
    if account is None:
        raise NotFound("account_not_found", _("There is no such account in the books."))
    return account


def _extract(request: HttpRequest, account: Account, asked: Asked) -> Extract:
    return Extract(actor=actor_of(request), account=account, where=asked.where, **asked.period)
