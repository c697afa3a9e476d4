"""Personal fields as they are shown: masked, with a way to the full value for those who may read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db import models
from django.urls import reverse

from core.identifiers import mask_card


def masks_of(model: type[models.Model]) -> Mapping[str, Callable[[str], str]]:
    """The model's revealable fields, each with its mask. Empty for a model that names none.

    A model may name its fields without masks; then only the last four characters are shown.
    """
    named: Mapping[str, Callable[[str], str]] | tuple[str, ...] = getattr(model, "REVEALABLE_FIELDS", {})
    return named if isinstance(named, Mapping) else dict.fromkeys(named, mask_card)


def masked(subject: models.Model, field: str) -> str:
    """The masked value. Raises KeyError for a field without a mask: better a broken page than a number in the open."""
    return masks_of(type(subject))[field](str(getattr(subject, field) or ""))


def reveal_url(subject: models.Model, field: str) -> str:
    """Where the full value is shown after a reason is given."""
    return reverse("accounts:reveal", args=[subject._meta.label_lower, subject.pk, field])
