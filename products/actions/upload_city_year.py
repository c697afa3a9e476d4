from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import DomainError
from parties.models import Scheme
from privacy.files import provisional
from products.models import CityOrigin, CityYear, CityYearFile
from products.workshop.upload import read_csv


def upload_city_year(*, scheme: Scheme, title: str, content: bytes, actor: Actor, now: datetime) -> CityYear:
    """A city year from a CSV file (products.workshop.columns says of which columns); its digest is the file's.
    Raises title_missing, and what read_csv raises: every line that cannot be read, and any column or number that would
    tell who somebody is."""
    actor.require("enrollment.operate", scheme)
    if not title.strip():
        raise DomainError("title_missing", _("Please give it a title."), field="title")
    city = read_csv(content)
    with provisional() as written, transaction.atomic():
        city_year = CityYear.objects.create(
            scheme=scheme,
            title=title.strip(),
            origin=CityOrigin.UPLOADED,
            people=city.people,
            bills=city.bills,
            sha256=hashlib.sha256(content).hexdigest(),
            created_by_id=actor.user_id,
            created_at=now,
        )
        file = CityYearFile.write(city.written(), city_year=city_year)
        written.append(file)
        file.save()
    return city_year
