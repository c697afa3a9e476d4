"""Hints beside answers about people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from people.relations import Relation

RELATION_HINTS = {
    Relation.GRANDPARENT.value: gettext_lazy("On the father's or the mother's side"),
    Relation.GRANDCHILD.value: gettext_lazy("Your son's or your daughter's child"),
    Relation.OTHER.value: gettext_lazy(
        "Please pay in another way: your personal account may pay for close relatives only"
    ),
}
