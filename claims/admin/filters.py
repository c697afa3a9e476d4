"""Ways to narrow the queue."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from claims import selectors
from claims.lifecycle import DESK_CLAIM_STATES, OPEN_CLAIM_STATES, ClaimState
from claims.models import Claim
from core import clock
from core.access import actor_of
from core.workdays import add_workdays


class QueueFilter(admin.SimpleListFilter):
    """What waits at the desk unless something else is asked for."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("mine", _("Mine")),
            ("approve", _("To be approved")),
            ("registered", _("Registered, not handed in")),
            ("all", _("All claims")),
        ]

    def choices(self, changelist: Any) -> Any:
        yield {
            "selected": self.value() is None,
            "query_string": changelist.get_query_string(remove=[self.parameter_name]),
            "display": _("Waiting at the desk"),
        }
        for value, label in self.lookup_choices:
            yield {
                "selected": self.value() == str(value),
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": label,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        if self.value() == "all":
            return queryset
        if self.value() == "mine":
            return queryset.filter(state__in=DESK_CLAIM_STATES, reviewer_id=request.user.pk)
        if self.value() == "approve":
            theirs = selectors.desk_claims(actor_of(request), "claims.approve")
            return queryset.filter(state=ClaimState.PROPOSED, pk__in=theirs)
        if self.value() == "registered":
            return queryset.filter(state=ClaimState.DRAFT)
        return queryset.filter(state__in=DESK_CLAIM_STATES)


class DueFilter(admin.SimpleListFilter):
    """Deadlines in working days; only claims whose clock runs have one."""

    title = _("due")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("over", _("Overdue")), ("soon", _("Within 3 working days"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Claim]) -> QuerySet[Claim]:
        today: date = clock.today()
        running = queryset.filter(state__in=OPEN_CLAIM_STATES)
        if self.value() == "over":
            return running.filter(review_due_on__lt=today)
        if self.value() == "soon":
            return running.filter(review_due_on__lte=add_workdays(today, 3))
        return queryset
