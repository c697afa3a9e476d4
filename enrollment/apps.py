from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrollmentConfig(AppConfig):
    name = "enrollment"
    verbose_name = _("Enrolment")

    def ready(self) -> None:
        from enrollment import chores, messages, my_data, personal, promises, purposes, retention
        from enrollment.actions.release_orders import release_orders
        from enrollment.selectors import insured_by
        from people import belonging, links

        purposes.register()
        messages.register()
        chores.register()
        my_data.register()
        personal.register()
        promises.register()
        retention.register()
        links.register("enrollment", release_orders)
        belonging.register("enrollment", insured_by)
