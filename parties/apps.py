from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartiesConfig(AppConfig):
    name = "parties"
    verbose_name = _("Schemes and partners")

    def ready(self) -> None:
        from parties import personal

        personal.register()
