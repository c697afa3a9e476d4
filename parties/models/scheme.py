"""A scheme: one product line of a city, from which every page, message, PDF and number takes its words."""

from __future__ import annotations

from datetime import date

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from work.audit import tracked
from work.triggers import Plain, never_deleted


class SchemeKind(models.TextChoices):
    COMMERCIAL = "commercial", _("Supplementary insurance, bought")
    CRITICAL_ILLNESS = "critical_illness", _("Critical-illness insurance, from the basic fund")


# What addresses begin with that belong to no scheme, or are the same in all of them. A test compares the site's.
RESERVED_CODES = (
    "account", "admin", "claims", "demo", "enrol", "healthz", "pay", "preferences", "readyz", "static", "styleguide",
    "verify",
)  # fmt: skip

_PREFIX = r"^[A-Z][A-Z_]*[A-Z](_[0-9]{1,3})?$"


@tracked
class Scheme(models.Model):
    """code stands in addresses (/<code>/…), numbers and scopes, and never changes.

    name: the product as residents know it. message_signature: as registered with the carriers, in front of every text
    message. platform_credentials, message_credentials: the prefix of the named variables under which the city is known
    to the national platform and to the gateway of text messages (NHSA, NHSA_2; core.partners); never the values.
    host: its own name on the internet, or none; opens_bare_address: it answers where no code stands in the address.
    admits_new_citizens: whether people who live here and are insured elsewhere (新市民) have a way in.
    """

    code = models.SlugField(_("code"), max_length=16, primary_key=True)
    kind = models.CharField(_("kind"), max_length=20, choices=SchemeKind.choices)
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    city_zh = models.CharField(_("city in Chinese"), max_length=30)
    city_en = models.CharField(_("city in English"), max_length=30)
    hotline = models.CharField(_("service line"), max_length=30)
    message_signature = models.CharField(_("signature on messages"), max_length=20)
    platform_credentials = models.CharField(_("credentials: national platform"), max_length=40)
    message_credentials = models.CharField(_("credentials: text messages"), max_length=40)
    host = models.CharField(_("host name"), max_length=120, blank=True)
    opens_bare_address = models.BooleanField(_("opens at the bare address"), default=False)
    admits_new_citizens = models.BooleanField(_("admits new citizens"), default=True)
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until (not included)"), null=True, blank=True)

    scope_columns = {"scheme": "code"}

    class Meta:
        verbose_name = _("scheme")
        verbose_name_plural = _("schemes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="scheme_runs_forward", condition=Q(to_on__isnull=True) | Q(from_on__lt=F("to_on"))
            ),
            models.CheckConstraint(name="scheme_code_is_free", condition=~Q(code__in=RESERVED_CODES)),
            # A prefix and nothing else: no secret can be put here by mistake.
            models.CheckConstraint(
                name="scheme_names_its_credentials",
                condition=Q(platform_credentials__regex=_PREFIX, message_credentials__regex=_PREFIX),
            ),
            models.UniqueConstraint(name="one_scheme_per_host", fields=["host"], condition=~Q(host="")),
            models.UniqueConstraint(
                name="one_scheme_at_the_bare_address",
                fields=["opens_bare_address"],
                condition=Q(opens_bare_address=True),
            ),
        ]
        triggers = [never_deleted("scheme_is_kept")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if _english() else self.name_zh

    @property
    def city(self) -> str:
        return self.city_en if _english() else self.city_zh


def _english() -> bool:
    return (get_language() or "").startswith("en")


# Whom a scheme takes in is a question of one area code: two schemes of a kind that both claimed it would insure one
# person twice. A prefix of the other overlaps it as much as the same code does.
_OVERLAP = """
    PERFORM pg_advisory_xact_lock(hashtextextended('parties_schemearea', 0));
    IF EXISTS (
        SELECT 1 FROM parties_schemearea AS other
            JOIN parties_scheme AS theirs ON theirs.code = other.scheme_id
            JOIN parties_scheme AS ours ON ours.code = NEW.scheme_id
        WHERE other.id <> NEW.id AND theirs.kind = ours.kind
            AND (starts_with(other.area, NEW.area) OR starts_with(NEW.area, other.area))
            AND daterange(other.from_on, other.to_on) && daterange(NEW.from_on, NEW.to_on)
    ) THEN
        RAISE EXCEPTION 'pgtrigger: area % belongs to a scheme of this kind already at that time',
            NEW.area USING ERRCODE = 'exclusion_violation';
    END IF;
    RETURN NEW;
"""


@tracked
class SchemeArea(models.Model):
    """An area whose insured people belong to the scheme during [from_on, to_on). area: the beginning of the platform's
    area codes, two to six digits ("4101" takes in all of its counties)."""

    scheme = models.ForeignKey(Scheme, models.PROTECT, related_name="areas", verbose_name=_("scheme"))
    area = models.CharField(_("area code begins with"), max_length=6)
    from_on = models.DateField(_("from"))
    to_on = models.DateField(_("until (not included)"), null=True, blank=True)

    class Meta:
        verbose_name = _("area of a scheme")
        verbose_name_plural = _("areas of schemes")
        ordering = ["scheme", "area", "from_on"]
        constraints = [
            models.CheckConstraint(
                name="scheme_area_runs_forward", condition=Q(to_on__isnull=True) | Q(from_on__lt=F("to_on"))
            ),
            models.CheckConstraint(name="scheme_area_is_a_code", condition=Q(area__regex=r"^[0-9]{2,6}$")),
        ]
        triggers = [
            never_deleted("scheme_area_is_kept"),
            Plain(
                name="one_scheme_of_a_kind_per_area",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=pgtrigger.Func(_OVERLAP),  # type: ignore[no-untyped-call]  # pgtrigger carries no types
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id} {self.area}"

    def holds(self, day: date) -> bool:
        return self.from_on <= day and (self.to_on is None or day < self.to_on)
