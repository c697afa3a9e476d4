"""What people type into this room's pages. Rules live in the actions; forms only ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.user import USERNAME_PATTERN
from core.errors import DomainError


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("Mobile number"),
        max_length=24,
        error_messages={"required": _("Please write your mobile number.")},
        widget=forms.TextInput(attrs={"type": "tel"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the text message"),
        max_length=12,
        error_messages={"required": _("Please write the six digits from the text message.")},
    )


class StaffSignInForm(AuthenticationForm):
    """Names that cannot be staff names are refused before anything is counted or kept: a resident who comes to the
    wrong door and types her phone number leaves no trace of it."""

    username = forms.CharField(
        label=_("User name"),
        max_length=32,
        validators=[
            RegexValidator(
                USERNAME_PATTERN,
                _("This is not a staff user name. Residents sign in with their mobile number on the other page."),
            )
        ],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    error_messages = {
        "invalid_login": _("User name and password do not belong together. Please look at both again."),
        "inactive": _("User name and password do not belong together. Please look at both again."),
    }


class SecondFactorForm(forms.Form):
    token = forms.CharField(
        label=pgettext_lazy("authenticator app", "Code"),
        max_length=16,
        error_messages={"required": _("Please write the code that your authenticator app shows.")},
    )


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Your name as on your identity card"),
        max_length=200,
        error_messages={"required": _("Please write your name as it is on your identity card.")},
    )


class RevealForm(forms.Form):
    reason = forms.CharField(
        label=_("Why do you need the full value?"),
        max_length=200,
        error_messages={"required": _("Please say in a few words why you need the full value. It goes on record.")},
    )


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Show a refusal on the form: at its field when the form has it, else above."""
    field: Any = error.field if error.field in form.fields else None
    form.add_error(field, ValidationError(str(error), code=error.code))
