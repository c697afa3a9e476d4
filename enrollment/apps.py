from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrollmentConfig(AppConfig):
    name = "enrollment"
    verbose_name = _("Enrolment")

    def ready(self) -> None:
        from accounts import visibility
        from enrollment import chores, messages, my_data, personal, promises, purposes, retention
        from enrollment.actions.release_orders import release_orders
        from enrollment.selectors import operator_sees_insured
        from people import links

        purposes.register()
        messages.register()
        chores.register()
        my_data.register()
        personal.register()
        promises.register()
        retention.register()
        links.register("enrollment", release_orders)
        # Somebody insured elsewhere whom the scheme has taken in: her area alone does not say so.
        visibility.register("people.person", operator_sees_insured)
