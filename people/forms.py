"""What residents fill in about people. Forms only read; rules live in the actions."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from core.errors import DomainError
from core.identifiers import check_id_number
from people.models.person import ConsentKind
from people.relations import AGE_WARNINGS, RELATIVE_RELATIONS


class IdentityForm(forms.Form):
    name = forms.CharField(label=_("Name, as on the ID card"), max_length=200)
    id_number = forms.CharField(label=_("ID number"), max_length=60)

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
