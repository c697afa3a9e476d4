"""What the actions on a draft of terms share."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core import guards
from core.errors import Conflict
from core.seen import CODE
from products.models import TermsDraft


def locked_draft(draft: TermsDraft, *, revision: int) -> TermsDraft:
    """The draft under its lock, as the page showed it. Raises terms_draft_ended, changed_meanwhile."""
    locked = TermsDraft.objects.select_for_update(of=("self",)).select_related("plan_year").get(pk=draft.pk)
    if not locked.is_open:
        raise Conflict("terms_draft_ended", _("This draft has come to its end. Make another copy."))
    if guards.on("workshop.revision") and locked.revision != revision:
        raise Conflict(CODE, _("Somebody else has just changed this. Please reload the page and look again."))
    return locked
