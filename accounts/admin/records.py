"""Records to look at: who read what, who agreed to what."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Consent, FailedSignIn, IdentityReveal
from core.access import actor_of
from core.admin import ReadOnlyAdmin
from core.long_lists import ValuesInUse


@admin.register(IdentityReveal)
class IdentityRevealAdmin(ReadOnlyAdmin):
    list_display = ["at", "actor_label", "what", "subject_key", "which", "reason"]
    list_filter = [("subject_type", ValuesInUse), ("field", ValuesInUse), "at"]
    search_fields = ["actor_label"]
    search_help_text = _("Who read, as in staff:name")

    @admin.display(description=_("kind of record"), ordering="subject_type")
    def what(self, reveal: IdentityReveal) -> str:
        return reveal.subject_label

    @admin.display(description=_("field"), ordering="field")
    def which(self, reveal: IdentityReveal) -> str:
        return reveal.field_label


@admin.register(FailedSignIn)
class FailedSignInAdmin(ReadOnlyAdmin):
    list_display = ["username", "ip_address", "failures_since_start", "attempt_time"]
    fields = [*list_display, "user_agent"]
    list_filter = ["attempt_time"]
    is_short = True
    actions = ["let_try_again"]

    def has_let_try_again_permission(self, request: HttpRequest) -> bool:
        return actor_of(request).may("accounts.manage_staff")

    @admin.action(description=_("Let them try again now"), permissions=["let_try_again"])
    def let_try_again(self, request: HttpRequest, rows: QuerySet[FailedSignIn]) -> None:
        """A colleague who mistyped her password need not wait: the count of her failures is forgotten."""
        count, _by_model = rows.delete()
        self.message_user(request, gettext("%(count)s may try again.") % {"count": count})


@admin.register(Consent)
class ConsentAdmin(ReadOnlyAdmin):
    list_display = ["at", "user", "purpose", "notice_version", "granted"]
    list_filter = [("purpose", ValuesInUse), "granted"]
    list_select_related = ["user"]
