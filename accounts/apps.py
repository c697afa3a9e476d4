from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and access")
    default = True

    def ready(self) -> None:
        from accounts import checks, chores, messages, notices, personal, reveal_limits, visibility  # noqa: F401  (registering is what importing them does)
        from accounts.selectors import desk_shows_data_request
        from work import human_tasks

        personal.register()
        visibility.register("accounts.datarequest", desk_shows_data_request)
        visibility.register("messaging.smsmessage", visibility.nobody)
        messages.register()
        chores.register()
        human_tasks.reserve(reveal_limits.ALARM, reveal_limits.OFFICER)


class StaffAdminConfig(admin_apps.AdminConfig):
    """Django's admin on a site that opens only after the second factor."""

    default = False
    default_site = "accounts.admin_site.StaffAdminSite"
