from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrollmentConfig(AppConfig):
    name = "enrollment"
    verbose_name = _("Enrolment")

    def ready(self) -> None:
        from enrollment import messages, my_data, notices, purposes, retention

        purposes.register()
        notices.register()
        messages.register()
        my_data.register()
        retention.register()
