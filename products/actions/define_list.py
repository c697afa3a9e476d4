from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict
from parties.models import Scheme
from products.models import FiledList, ListKind


def define_list(
    *, scheme: Scheme, key: str, kind: ListKind, name_zh: str, name_en: str, actor: Actor, now: datetime
) -> FiledList:
    """A list of a scheme, still without a version. key: as the scheme's plan files name it. Raises list_stands."""
    actor.require("enrollment.operate", scheme)
    try:
        with transaction.atomic():
            return FiledList.objects.create(scheme=scheme, key=key, kind=kind, name_zh=name_zh, name_en=name_en)
    except IntegrityError as error:
        raise Conflict("list_stands", _("The scheme has a list of this name already."), field="key") from error
