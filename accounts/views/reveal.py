"""Staff read one personal field in full: reason first, then the value, once."""

from __future__ import annotations

from django.apps import apps
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts import visibility
from accounts.actions import reveal_identity
from accounts.actions.reveal_identity import PERMISSION, nothing_to_reveal
from accounts.forms import RevealForm, refuse
from accounts.selectors import reveals_of
from core import clock
from core.access import actor_of, requires
from core.errors import DomainError


@requires(PERMISSION)
@require_http_methods(["GET", "POST"])
def reveal(request: HttpRequest, model: str, pk: int, field: str) -> HttpResponse:
    """model as in "people.person". The value is shown in the answer to the POST and nowhere else."""
    try:
        model_class = apps.get_model(model)
        subject = model_class._default_manager.filter(pk=pk).first()
    except (LookupError, ValueError):
        model_class, subject = None, None
    if model_class is None or subject is None or field not in getattr(model_class, "REVEALABLE_FIELDS", ()):
        raise nothing_to_reveal()
    if not visibility.shows(actor_of(request), subject):
        raise nothing_to_reveal()
    form = RevealForm(request.POST or None)
    status = 422
    value = None
    if form.is_valid():
        try:
            with transaction.atomic():
                value = reveal_identity(
                    actor=actor_of(request),
                    subject=subject,
                    field=field,
                    reason=form.cleaned_data["reason"],
                    now=clock.now(),
                )
        except DomainError as error:
            refuse(form, error)
            status = error.status if error.status == 429 else status
    context = {
        "form": form,
        "value": value,
        "field_label": model_class._meta.get_field(field).verbose_name,
        "subject_label": model_class._meta.verbose_name,
        "subject_key": subject.pk,
        "earlier": reveals_of(model_class._meta.label_lower, str(subject.pk))[:10],
    }
    status = status if form.is_bound and not form.is_valid() else 200
    return render(request, "accounts/reveal.html", context, status=status)
