"""What residents and reviewers type. Forms parse; actions decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from claims.banks import BANKS
from claims.models.report import WAYS
from claims.questions import Question
from core.written import number_as_written


class ChoosePolicyForm(forms.Form):
    policy = forms.ChoiceField(
        label=_("Whose treatment is it about?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a person.")},
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = choices  # type: ignore[attr-defined]  # ChoiceField


class ChooseStaysForm(forms.Form):
    """Shown, never parsed: what was ticked are numbers that the platform is asked about (stays.StayNumbers)."""

    stays = forms.MultipleChoiceField(label=_("Which treatment?"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stays"].choices = choices  # type: ignore[attr-defined]  # MultipleChoiceField


class IncidentForm(forms.Form):
    """The questions that are asked of a claim, as claims.questions declares them."""

    def __init__(self, *args: Any, questions: list[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            self.fields[question.name] = question.form_field()


class ReportForm(forms.Form):
    """What the desk is told. policy: asked for only when several were in force that day."""

    way = forms.ChoiceField(label=_("How it came"), choices=WAYS, widget=forms.RadioSelect)
    reported_by = forms.CharField(label=_("Who reports it"), max_length=80)
    contact = forms.CharField(label=_("Telephone to call back"), max_length=40, required=False)
    name = forms.CharField(label=_("Name of the insured person"), max_length=80)
    id_number = forms.CharField(label=_("Identity number of the insured person"), max_length=60)
    began_on = forms.DateField(label=_("Treatment began on"), widget=forms.DateInput(attrs={"type": "date"}))
    what_happened = forms.CharField(label=_("What was reported"), max_length=2000, widget=forms.Textarea)
    policy = forms.CharField(
        label=_("Several policies were in force that day. Which one is it about?"),
        required=False,
        widget=forms.HiddenInput,
    )

    def clean_id_number(self) -> str:
        return number_as_written(self.cleaned_data["id_number"])

    def ask_which(self, policies: list[tuple[str, str]]) -> None:
        # The widget alone: once the form was read, it shows the field it had then.
        self.fields["policy"].widget = forms.RadioSelect(choices=policies)
        self.which = True

    which = False


class CloseReportForm(forms.Form):
    """because: for whoever reads the report later; not sent to anybody."""

    because = forms.CharField(label=_("Why nothing comes of it"), max_length=500, widget=forms.Textarea, required=False)


class PayeeForm(forms.Form):
    payee_name = forms.ChoiceField(label=_("Whose account is it?"), widget=forms.RadioSelect)
    bank_code = forms.ChoiceField(label=_("Bank"), choices=[("", _("Please choose")), *BANKS.items()])
    account_no = forms.CharField(
        label=_("Account number"),
        max_length=40,
        help_text=_("The long number on the front of the card; blanks do no harm."),
        error_messages={"required": _("Please type the number that is on the card.")},
    )
    number_compared = forms.BooleanField(label=_("I have compared the number with the card"), required=False)

    def __init__(self, *args: Any, names: list[str], ask_to_compare: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["payee_name"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]  # ChoiceField
        self.fields["payee_name"].help_text = (
            _("The insured person is under 18: the money may also go to the relative who makes the claim.")
            if len(names) > 1
            else _("The money goes to an account of the insured person: for an adult to nobody else's.")
        )
        self.ask_to_compare = ask_to_compare
