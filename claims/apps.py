from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClaimsConfig(AppConfig):
    name = "claims"
    verbose_name = _("Claims")

    def ready(self) -> None:
        from claims import checking, handlers, promises, sweeps
        from claims.actions.let_go_of_drafts import let_go_of_drafts
        from claims.facts import table
        from people import links

        checking.discover()
        handlers.register()
        sweeps.register()
        promises.register()
        table.register()
        links.register("claims", let_go_of_drafts)
