"""What residents fill in. Forms only read; rules live in the actions, whose refusals `refuse` puts beside the field."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from core.written import row_number
from enrollment.order_payment import WayToPay
from enrollment.selectors import FamilyMember


class ChosenPeople(forms.TypedMultipleChoiceField):
    """Ids of people. Whether somebody may be chosen is asked once, by the action under its lock."""

    def valid_value(self, value: object) -> bool:
        return row_number(str(value)) > 0


class FamilyForm(forms.Form):
    people = ChosenPeople(
        label=_("Who would you like to enrol?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one person.")},
    )

    def __init__(self, members: Callable[[], Iterable[FamilyMember]], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through to Form as they came
        self.fields["people"].choices = lambda: [  # type: ignore[attr-defined]  # a choice field, declared above
            (member.person.pk, f"{member.person.name} · {member.relation.label}")
            for member in members()
            if member.policy is None
        ]


class ExclusionsForm(forms.Form):
    acknowledged = forms.BooleanField(
        label=_("I have read what is not covered, and that nothing is paid below the yearly deductible."),
        error_messages={"required": _("Please confirm that you have read what is not covered.")},
    )


class TermsForm(forms.Form):
    """Three separate consents, none ticked beforehand (PIPL Art. 14, 23, 29; Insurance Law Art. 17)."""

    terms = forms.BooleanField(
        label=_("I have read the notice and the clauses and agree to them."),
        error_messages={"required": _("Please confirm that you agree to the notice and the clauses.")},
    )
    sensitive = forms.BooleanField(
        label=_("I agree that ID numbers and insurance data are used to issue these policies."),
        error_messages={"required": _("Please agree to the use of ID numbers, or stop here.")},
    )
    sharing = forms.BooleanField(
        label=_("I agree that these data go to the insurers named above, for the policies and for claims."),
        error_messages={"required": _("Please agree that the insurers receive the data, or stop here.")},
    )


class AnswersForm(forms.Form):
    """Nothing to fill in: the button says that the answers are right."""


class ChannelForm(forms.Form):
    channel = forms.ChoiceField(
        label=_("How would you like to pay?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose how you want to pay."),
            "invalid_choice": _("Please choose how you want to pay."),
        },
    )

    def __init__(self, ways: Iterable[WayToPay], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through to Form as they came
        self.fields["channel"].choices = [  # type: ignore[attr-defined]  # a choice field, declared above
            (way.channel.code, way.channel.label) for way in ways if not way.why_not
        ]
