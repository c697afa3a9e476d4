from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = _("Money in and out")

    def ready(self) -> None:
        from payments import booking, channels, personal, steps, sweeps

        booking.register()
        channels.discover()
        personal.register()
        steps.refuse_crash_points_in_production()
        sweeps.register()
