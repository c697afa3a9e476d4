"""Filed lists of a scheme: special drugs, what counts as reasonable self-pay, what is not paid for. Dated versions,
each as it was published.

Sanmenxia 三(三)2, 3: what lies outside the catalogue may be managed by lists; the one of special drugs is worked out by
the insurers, filed with the bureau and adjusted from time to time. Shuozhou 四(二): ten classes of costs not paid for.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import TruncDate
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from parties.models import Scheme
from work.audit import tracked
from work.models import AppendOnly
from work.triggers import Plain, fixed, never_deleted, refuse


class ListKind(models.TextChoices):
    SPECIAL_DRUGS = "special_drugs", _("Special drugs")
    SELF_PAY = "self_pay", _("Reasonable self-pay")
    EXCLUDED = "excluded", _("Costs that are not paid for")
    OTHER = "other", pgettext_lazy("kind of list", "Other")


class FeeCategory(models.TextChoices):
    """Of fee lines, in the words of nhsa.codes.FEE_CATEGORIES."""

    BED = "bed", _("Bed")
    CONSULTATION = "consultation", _("Consultation")
    EXAMINATION = "examination", _("Examination")
    LABORATORY = "laboratory", _("Laboratory")
    TREATMENT = "treatment", pgettext_lazy("fee category", "Treatment")
    SURGERY = "surgery", _("Surgery")
    NURSING = "nursing", _("Nursing")
    MATERIAL = "material", _("Material")
    WESTERN_MEDICINE = "western_medicine", _("Western medicine")
    HERBAL_SLICES = "herbal_slices", _("Prepared herbs")
    CHINESE_PATENT_MEDICINE = "chinese_patent_medicine", _("Chinese patent medicine")
    GENERAL_TREATMENT = "general_treatment", _("General outpatient treatment")
    REGISTRATION = "registration", _("Registration")
    OTHER = "other", pgettext_lazy("fee category", "Other")


@tracked
class FiledList(models.Model):
    """key: what the scheme's plan files call it under `lists:`; their rules ask whether a fee line is on it."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="filed_lists", verbose_name=_("scheme"))
    key = models.CharField(_("name in the plan file"), max_length=40)
    kind = models.CharField(pgettext_lazy("list", "kind"), max_length=20, choices=ListKind.choices)
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=100)

    scope_columns = {"scheme": "scheme"}

    class Meta:
        verbose_name = _("filed list")
        verbose_name_plural = _("filed lists")
        ordering = ["scheme", "key"]
        constraints = [
            models.UniqueConstraint(name="one_list_per_scheme_and_key", fields=["scheme", "key"]),
            models.CheckConstraint(name="filed_list_has_a_key", condition=Q(key__regex=r"^[a-z][a-z0-9_]*$")),
        ]
        triggers = [fixed("filed_list_is_of_its_scheme", "scheme", "key"), never_deleted("filed_list_is_kept")]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.key}"

    @property
    def name(self) -> str:
        """In the reader's language."""
        return self.name_en if (get_language() or "").startswith("en") else self.name_zh


@tracked
class ListVersion(models.Model):
    """What is on a list from from_on until a later version begins. sha256: over its items.

    It begins after the day on which it is published, so that no bill is ever computed by one list today and by another
    tomorrow. source: under which number or notice it was filed.
    """

    filed_list = models.ForeignKey(FiledList, models.PROTECT, related_name="versions", verbose_name=_("filed list"))
    number = models.PositiveIntegerField(_("version"))
    from_on = models.DateField(_("from"))
    source = models.CharField(_("filed as"), max_length=120)
    sha256 = models.CharField(_("digest"), max_length=64)
    created_at = models.DateTimeField(_("created"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    scope_columns = {"scheme": "filed_list__scheme"}

    class Meta:
        verbose_name = _("version of a list")
        verbose_name_plural = _("versions of lists")
        ordering = ["filed_list", "-number"]
        constraints = [
            models.UniqueConstraint(name="one_version_of_a_number", fields=["filed_list", "number"]),
            models.UniqueConstraint(
                name="one_published_version_from_a_day",
                fields=["filed_list", "from_on"],
                condition=Q(published_at__isnull=False),
            ),
            models.CheckConstraint(
                name="list_version_begins_after_it_is_known",
                condition=Q(published_at__isnull=True) | Q(from_on__gt=TruncDate("published_at")),
            ),
        ]
        triggers = [
            fixed("list_version_is_as_drafted", "filed_list", "number", "from_on", "source", "sha256", "created_at"),
            refuse(
                "list_version_is_published_once",
                pgtrigger.Update,
                when=pgtrigger.Condition("OLD.published_at IS NOT NULL"),
                because="a published list stays as it is; a later version takes its place",
            ),
            never_deleted("list_version_is_kept"),
        ]

    def __str__(self) -> str:
        return f"{self.filed_list_id}/{self.number}"


_BEFORE_IT_IS_PUBLISHED = """
    IF EXISTS (SELECT 1 FROM products_listversion WHERE id = NEW.version_id AND published_at IS NOT NULL) THEN
        RAISE EXCEPTION 'pgtrigger: nothing is added to a list that is published';
    END IF;
    RETURN NEW;
"""


class ListItem(AppendOnly):
    """A drug or service on a version of a list. A fee line is on it by the national code or by the generic name.

    limit_price_fen: of one package or service, as filed; None where none is set. indication: for what it counts.
    On a list of costs that are not paid for a line is marked with the item's tag, by which the plan's exclusions name
    it; without one with the list's key. There an item may stand for a whole category of fees, and
    one with a limit price marks only what costs more than it (Shuozhou 四(二)8).
    """

    version = models.ForeignKey(ListVersion, models.PROTECT, related_name="items", verbose_name=_("version of a list"))
    position = models.PositiveIntegerField(_("position"))
    code = models.CharField(_("national code"), max_length=40, blank=True)
    name = models.CharField(_("generic name"), max_length=120)
    brand_name = models.CharField(_("brand name"), max_length=120, blank=True)
    specification = models.CharField(_("form and size"), max_length=120, blank=True)
    indication = models.CharField(_("indication"), max_length=500, blank=True)
    limit_price_fen = models.BigIntegerField(_("limit price (fen)"), null=True, blank=True)
    category = models.CharField(_("fee category"), max_length=30, choices=FeeCategory.choices, blank=True)
    tag = models.CharField(_("mark in the plan file"), max_length=40, blank=True)

    class Meta(AppendOnly.Meta):
        verbose_name = _("item of a list")
        verbose_name_plural = _("items of lists")
        ordering = ["version", "position"]
        constraints = [
            models.UniqueConstraint(name="one_item_at_a_position", fields=["version", "position"]),
            models.UniqueConstraint(name="one_item_of_a_code", fields=["version", "code"], condition=~Q(code="")),
            models.CheckConstraint(
                name="limit_price_is_positive", condition=Q(limit_price_fen__isnull=True) | Q(limit_price_fen__gt=0)
            ),
            models.CheckConstraint(name="list_item_has_a_name", condition=~Q(name="")),
            models.CheckConstraint(name="list_item_tag_is_a_word", condition=Q(tag__regex=r"^([a-z][a-z0-9_]*)?$")),
        ]
        triggers = [
            *AppendOnly.Meta.triggers,
            Plain(
                name="list_item_comes_before_publication",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=pgtrigger.Func(_BEFORE_IT_IS_PUBLISHED),  # type: ignore[no-untyped-call]  # no types there
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}/{self.position}"
