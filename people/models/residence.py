"""Who lives in a scheme's city though her basic insurance is in another one (新市民). Source: Sanmenxia 三(二), E3."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from parties.models import Scheme
from people.models.person import Person
from privacy.fields import EncryptedTextField
from work.models import AppendOnly
from work.row_ids import RowId


class Ground(models.TextChoices):
    WORK = "work", _("Works or has a business here")
    SCHOOL = "school", _("Her children go to school here")
    CHILDREN = "children", _("Has joined her children here")


class Residence(AppendOnly):
    """Staff read the proof: in [from_on, to_on) she lives where the scheme is. Shown again it is another row. Outlasts
    a person who is erased: hence no constraint."""

    id = RowId()
    person = models.ForeignKey(Person, models.DO_NOTHING, related_name="residences", db_constraint=False)
    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="+", verbose_name=_("scheme"))
    ground = models.CharField(_("why she lives here"), max_length=12, choices=Ground.choices)
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until (not included)"))
    found = EncryptedTextField(_("what was read"))
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("time"))

    scope_columns = {"scheme": "scheme"}

    class Meta(AppendOnly.Meta):
        verbose_name = _("residence")
        verbose_name_plural = _("residences")
        ordering = ["-at"]
        constraints = [models.CheckConstraint(name="residence_lasts", condition=Q(from_on__lt=F("to_on")))]

    def __str__(self) -> str:
        return f"{self.person_id} {self.scheme_id}"


def lives_in(schemes: frozenset[str]) -> Q:
    """A tie (people.belonging), also after the proof has run out: what was read then is still answered for."""
    return Q(Exists(Residence.objects.filter(person=OuterRef("pk"), scheme__in=schemes)))
