from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "ledger"
    verbose_name = _("Books")

    def ready(self) -> None:
        from ledger import fold, personal
        from ledger.seed import seed_chart

        personal.register()
        fold.register()
        post_migrate.connect(seed_chart, sender=self)
