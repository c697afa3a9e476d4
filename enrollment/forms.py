"""What residents fill in. Forms only read; rules live in the actions, whose refusals `refuse` puts beside the field."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import DomainError
from core.identifiers import check_id_number
from enrollment.models.person import ConsentKind
from enrollment.relations import AGE_WARNINGS, RELATIVE_RELATIONS
from enrollment.selectors import FamilyMember
from payments.models import Channel


def refuse(form: forms.Form, error: DomainError) -> None:
    """Show a refusal beside its field, or at the top when no field is to blame. Keeps everything that was typed."""
    field = error.field if error.field in form.fields else None
    form.add_error(field, forms.ValidationError(str(error), code=error.code))


class IdentityForm(forms.Form):
    name = forms.CharField(label=_("Name, as on the ID card"), max_length=50)
    id_number = forms.CharField(label=_("ID number"), max_length=30)

    def clean_id_number(self) -> str:
        """Checked here as well as in the action, so that every slip on the page is told at once."""
        try:
            return check_id_number(self.cleaned_data["id_number"], today=clock.today()).number
        except DomainError as error:
            raise forms.ValidationError(str(error), code=error.code) from error


class VoucherForm(forms.Form):
    """Nothing to type: the platform says who it is."""

    consent = forms.BooleanField(
        label=_("I agree that the national medical insurance platform tells you who I am and how I am insured."),
        error_messages={"required": _("Please agree that we may check this with the national platform.")},
    )


class FaceForm(IdentityForm):
    """Whom the camera expects. Not believed before the platform has compared."""

    consent = forms.BooleanField(
        label=_("I agree that my face, name and ID number are checked with the national medical insurance platform."),
        error_messages={"required": _("Please agree that we may check this with the national platform.")},
    )


class AddRelativeForm(IdentityForm):
    """Filled in once; sent a second time with the consent that the age asks for, and with a second look at odd ages."""

    relation = forms.ChoiceField(
        label=_("Who is this person to you?"),
        choices=[(relation.value, relation.label) for relation in RELATIVE_RELATIONS],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Please choose how this person is related to you."),
            "invalid_choice": _("Please choose how this person is related to you."),
        },
    )
    field_order = ["relation", "name", "id_number"]

    def ask_consent(self, kind: ConsentKind) -> None:
        self.fields["consent"] = forms.BooleanField(label=CONSENT_SENTENCES[kind], required=False)

    def ask_second_look(self, warnings: Iterable[str]) -> None:
        sentences = " ".join(str(AGE_WARNINGS[code]) for code in warnings)
        self.fields["odd_confirmed"] = forms.BooleanField(
            label=_("I have compared relation and ID number. They are right."), required=False, help_text=sentences
        )


CONSENT_SENTENCES = {
    ConsentKind.INSURED: _(
        "I have told this person about the insurance and the use of the data, and he or she agrees."
    ),
    ConsentKind.GUARDIAN: _("This child is under 14. I am a parent or guardian and agree, or the guardian has agreed."),
}


class FamilyForm(forms.Form):
    people = forms.TypedMultipleChoiceField(
        label=_("Who would you like to enrol?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one person.")},
    )

    def __init__(self, members: Iterable[FamilyMember], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through to Form as they came
        self.fields["people"].choices = [  # type: ignore[attr-defined]  # a choice field, declared above
            (member.person.pk, f"{member.person.name} · {member.relation.label}") for member in members
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

    def __init__(self, channels: Iterable[str], *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # handed through to Form as they came
        self.fields["channel"].choices = [  # type: ignore[attr-defined]  # a choice field, declared above
            (channel, Channel(channel).label) for channel in channels
        ]
