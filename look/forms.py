"""How a refusal of an action comes to stand on a form."""

from __future__ import annotations

from django import forms

from core.errors import DomainError


def refuse(form: forms.Form, error: DomainError) -> None:
    """Show a refusal beside its field, or at the top when no field is to blame. Keeps everything that was typed."""
    field = error.field if error.field in form.fields else None
    form.add_error(field, forms.ValidationError(str(error), code=error.code))
