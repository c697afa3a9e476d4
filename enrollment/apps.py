from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrollmentConfig(AppConfig):
    name = "enrollment"
    verbose_name = _("Enrolment")

    def ready(self) -> None:
        from accounts import visibility
        from enrollment import messages, my_data, notices, purposes, retention
        from enrollment.actions.give_person_back import PERSON_GIVEN_BACK
        from enrollment.selectors import operator_sees_account, operator_sees_person
        from work import human_tasks

        purposes.register()
        notices.register()
        messages.register()
        my_data.register()
        retention.register()
        visibility.register("enrollment.person", operator_sees_person)
        visibility.register("accounts.user", operator_sees_account)
        # What somebody typed to prove who she is: masked everywhere, in full to herself alone.
        visibility.register("enrollment.personproof", visibility.nobody)
        human_tasks.reserve(PERSON_GIVEN_BACK, "enrollment.operate")
