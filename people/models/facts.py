"""What the national platform says of a person, with its days: documents, insurances, classes of assistance.

A person is not her documents: she keeps her row and her history when a number is corrected, a name changes, a document
is replaced. Nothing said is overwritten: what is no longer said is closed, what is new is a row of its own. These
tables have no history of changes beside them; they are one.
"""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.identifiers import mask_id, mask_name
from core.written import number_as_written
from people.models.person import InsuranceStatus, Person
from privacy.fields import BlindIndexField, EncryptedTextField
from work.row_ids import RowId
from work.triggers import Plain, fixed, refuse


class FactSource(models.TextChoices):
    PLATFORM = "1101", _("National platform, person")


_HAS_ENDED = """OLD.closed_at IS NOT NULL OR OLD.to_on IS NOT NULL AND NEW.to_on IS DISTINCT FROM OLD.to_on"""
_SHE_IS_STILL_THERE = """
    IF EXISTS (SELECT 1 FROM people_person WHERE id = OLD.person_id) THEN
        RAISE EXCEPTION 'pgtrigger: a fact goes with its person only';
    END IF;
    RETURN NULL;
"""


def _guards(*columns: str) -> list[Plain]:
    """columns: what the fact says."""
    return [
        fixed("fact_fixed", "person", "from_on", "source", "asked_at", *columns),
        refuse("fact_ends_once", pgtrigger.Update, when=pgtrigger.Condition(_HAS_ENDED), because="a fact ends once"),
        # Deferred: whoever is erased (people.retention) takes her facts along, in either order.
        Plain(
            name="fact_goes_with_her",
            when=pgtrigger.After,
            operation=pgtrigger.Delete,
            timing=pgtrigger.Deferred,
            func=pgtrigger.Func(_SHE_IS_STILL_THERE),  # type: ignore[no-untyped-call]  # pgtrigger carries no types
        ),
    ]


def _sealed_fixed(*columns: str) -> Plain:
    """`fixed` for encrypted columns, which no lookup compares."""
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)
    guard = refuse("sealed_fixed", pgtrigger.Update, when=pgtrigger.Condition(changed), because="fixed: sealed values")
    guard.fixed = columns
    return guard


class Fact(models.Model):
    """It is so in [from_on, to_on); to_on None: no end is known.

    source, asked_at: which answer said so first. closed_at: the first answer that said so no longer; whether it was
    still so between to_on and that day nobody knows, unless another fact says it. withdrawn: that answer said it never
    was. Of two facts that say different things about one day the later answer's counts.
    """

    from_on = models.DateField(pgettext_lazy("fact", "from"))
    to_on = models.DateField(_("until (not included)"), null=True, blank=True)
    source = models.CharField(
        pgettext_lazy("fact", "source"), max_length=20, choices=FactSource.choices, default=FactSource.PLATFORM
    )
    asked_at = models.DateTimeField(pgettext_lazy("fact", "asked"))
    closed_at = models.DateTimeField(_("no longer said"), null=True, blank=True)
    withdrawn = models.BooleanField(_("taken back"), default=False)

    class Meta:
        abstract = True
        ordering = ["from_on", "pk"]
        constraints = [
            models.CheckConstraint(name="%(class)s_lasts", condition=Q(to_on__isnull=True) | Q(from_on__lt=F("to_on"))),
            models.CheckConstraint(
                name="%(class)s_taken_back_is_closed", condition=Q(withdrawn=False) | Q(closed_at__isnull=False)
            ),
        ]

    def covers(self, day: date) -> bool:
        return not self.withdrawn and self.from_on <= day and (self.to_on is None or day < self.to_on)


class PersonDocument(Fact):
    """A document, and the name on it. A number that was once hers still finds her, unless it is somebody else's now."""

    REVEALABLE_FIELDS = {"name": mask_name, "number": mask_id}

    id = RowId()
    person = models.ForeignKey(Person, models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind of document"), max_length=30)
    number = EncryptedTextField(pgettext_lazy("fact", "number"))
    number_index = BlindIndexField(source="number", normalise=number_as_written)
    name = EncryptedTextField(pgettext_lazy("person", "name"))

    class Meta(Fact.Meta):
        verbose_name = pgettext_lazy("fact", "document")
        verbose_name_plural = pgettext_lazy("fact", "documents")
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                name="one_person_per_live_number", fields=["number_index"], condition=Q(closed_at=None)
            ),
            models.UniqueConstraint(
                name="one_live_document_of_a_kind", fields=["person", "kind"], condition=Q(closed_at=None)
            ),
        ]
        # Partial: live numbers have the constraint's index.
        indexes = [models.Index(name="documents_of_before", fields=["number_index"], condition=~Q(closed_at=None))]
        triggers = [*_guards("kind", "number_index"), _sealed_fixed("number", "name")]

    def __str__(self) -> str:
        return self.masked_number

    @property
    def masked_name(self) -> str:
        return mask_name(self.name)

    @property
    def masked_number(self) -> str:
        return mask_id(self.number)


class PersonInsurance(Fact):
    """One insurance in one state. type, status, category: as nhsa.Insurance names them. since_on, paused_on: as the
    platform said them (psn_insu_date, paus_insu_date); waiting periods are reckoned from them."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="insurances")
    type = models.CharField(pgettext_lazy("fact", "insurance"), max_length=30)
    area = models.CharField(_("insurance area"), max_length=6, blank=True)
    status = models.CharField(_("state of the insurance"), max_length=20, choices=InsuranceStatus.choices)
    category = models.CharField(_("category of person"), max_length=6, blank=True)
    civil_servant = models.BooleanField(_("civil servant"))
    since_on = models.DateField(_("insured since"), null=True, blank=True)
    paused_on = models.DateField(_("paused on"), null=True, blank=True)

    class Meta(Fact.Meta):
        verbose_name = _("insurance of a person")
        verbose_name_plural = _("insurances of people")
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                name="one_live_state_per_insurance",
                fields=["person", "type", "area"],
                condition=Q(closed_at=None, to_on=None),
            ),
        ]
        triggers = _guards("type", "area", "status", "category", "civil_servant", "since_on", "paused_on")

    def __str__(self) -> str:
        return f"{self.type} {self.area} {self.status}"

    @property
    def active(self) -> bool:
        return self.status == InsuranceStatus.ACTIVE


class PersonClass(Fact):
    """A class of medical assistance. code: the region's own; name: its word, "" where it is not mapped."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="classes")
    code = models.CharField(pgettext_lazy("fact", "code"), max_length=20)
    name = models.CharField(_("class of assistance"), max_length=60, blank=True)
    level = models.CharField(pgettext_lazy("fact", "level"), max_length=20, blank=True)

    class Meta(Fact.Meta):
        verbose_name = _("class of assistance")
        verbose_name_plural = _("classes of assistance")
        constraints = [
            *Fact.Meta.constraints,
            models.UniqueConstraint(
                name="one_live_stretch_per_class", fields=["person", "code"], condition=Q(closed_at=None, to_on=None)
            ),
        ]
        triggers = _guards("code", "name", "level")

    def __str__(self) -> str:
        return self.name or self.code
