from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        from accounts import visibility
        from people import belonging, chores, messages, my_data, notices, personal, promises, retention
        from people.actions.give_person_back import PERSON_GIVEN_BACK
        from people.models.residence import lives_in
        from people.selectors import operator_sees_account, operator_sees_document, operator_sees_person
        from work import human_tasks

        belonging.register("people", lives_in)
        notices.register()
        messages.register()
        chores.register()
        my_data.register()
        personal.register()
        promises.register()
        retention.register()
        visibility.register("people.person", operator_sees_person)
        visibility.register("people.persondocument", operator_sees_document)
        visibility.register("accounts.user", operator_sees_account)
        # What somebody typed to prove who she is: masked everywhere, in full to herself alone.
        visibility.register("people.personproof", visibility.nobody)
        human_tasks.reserve(PERSON_GIVEN_BACK, "enrollment.operate")
