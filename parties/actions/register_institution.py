from __future__ import annotations

import re
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict, DomainError
from parties.actions.designate import designate
from parties.models import Institution, InstitutionKind

# H or P and eleven digits in most regions; some write their own.
_CODE = re.compile(r"[A-Z0-9]{6,32}")


@transaction.atomic
def register_institution(
    *,
    code: str,
    kind: str,
    name_zh: str,
    name_en: str = "",
    area: str,
    level: str,
    from_on: date,
    source: str,
    actor: Actor,
    now: datetime,
) -> Institution:
    """A hospital or pharmacy that the basic insurance has a contract with from that day on. code: the national one;
    area: six digits. Raises institution_code, institution_area, institution_kind, name_missing, institution_stands, and
    what designate raises. Source: Sanmenxia 三(三)2; Liupanshui 一(五)."""
    # The register is every city's, so no scheme's operator alone may write in it.
    actor.require("enrollment.operate", Institution())
    institution = Institution(
        code=code.strip().upper(), kind=kind, name_zh=name_zh.strip(), name_en=name_en.strip(), area=area.strip(),
        from_on=from_on,
    )  # fmt: skip
    if not _CODE.fullmatch(institution.code):
        raise DomainError("institution_code", _("The national code has letters and digits only."), field="code")
    if not (institution.area.isascii() and institution.area.isdigit() and len(institution.area) == 6):
        raise DomainError("institution_area", _("The area code has six digits."), field="area")
    if kind not in InstitutionKind.values:
        raise DomainError("institution_kind", _("Please say whether it is a hospital or a pharmacy."), field="kind")
    if not institution.name_zh:
        raise DomainError("name_missing", _("Please give the institution's name."), field="name_zh")
    try:
        with transaction.atomic():
            institution.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            "institution_stands", _("The register has an institution of this code already."), field="code"
        ) from error
    designate(
        institution=institution, is_designated=True, level=level, from_on=from_on, source=source, actor=actor, now=now
    )
    return institution
