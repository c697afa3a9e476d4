"""What the parts and figures of a plan file are called on the pages of the workshop, in the reader's language."""

from __future__ import annotations

import re

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from products.texts.figures import Figures

_WHAT = {
    "amount": pgettext_lazy("figure of a plan", "amount"),
    "deductible": pgettext_lazy("figure of a plan", "deductible"),
    "deductible_add": pgettext_lazy("figure of a plan", "change of the deductible"),
    "deductible_factor": pgettext_lazy("figure of a plan", "part of the deductible"),
    "rate": pgettext_lazy("figure of a plan", "rate"),
    "rate_add": pgettext_lazy("figure of a plan", "change of the rate"),
    "rate_factor": pgettext_lazy("figure of a plan", "part of the rate"),
    "bands": pgettext_lazy("figure of a plan", "bands"),
    "from": pgettext_lazy("figure of a plan", "from"),
    "to": pgettext_lazy("figure of a plan", "up to"),
    "cap": pgettext_lazy("figure of a plan", "most in a year"),
    "stay_cap": pgettext_lazy("figure of a plan", "most for one stay"),
    "lump_sum": pgettext_lazy("figure of a plan", "lump sum"),
    "eligible": pgettext_lazy("figure of a plan", "most that counts"),
    "payable": pgettext_lazy("figure of a plan", "most that is paid"),
    "count": pgettext_lazy("figure of a plan", "how many"),
    "factor": pgettext_lazy("figure of a plan", "part that counts"),
    "days": pgettext_lazy("figure of a plan", "days"),
    "within_years": pgettext_lazy("figure of a plan", "years looked back"),
    "lifted_after_years": pgettext_lazy("figure of a plan", "lifted after years"),
    "break_forgiven": pgettext_lazy("figure of a plan", "break that is forgiven"),
    "late_renewal": pgettext_lazy("figure of a plan", "late renewal that is in time"),
    "total_cap": pgettext_lazy("figure of a plan", "most in a year, everything together"),
    "base": pgettext_lazy("figure of a plan", "what counts"),
    "if": pgettext_lazy("figure of a plan", "for whom or what"),
    "covered": pgettext_lazy("figure of a plan", "whether it is covered"),
    "simulate": pgettext_lazy("figure of a plan", "when it is computed as if it paid"),
    "diagnoses": pgettext_lazy("figure of a plan", "illnesses"),
    "benefits": pgettext_lazy("figure of a plan", "earlier benefits"),
    "premium": pgettext_lazy("figure of a plan", "premium"),
    "cover": pgettext_lazy("figure of a plan", "cover"),
    "window": pgettext_lazy("figure of a plan", "enrolment window"),
    "insurers": pgettext_lazy("figure of a plan", "insurers"),
}

YEAR, OUTSIDE = "year", "outside"
_SECTIONS = {
    YEAR: gettext_lazy("Price, cover and window"),
    "adjustments": gettext_lazy("For all responsibilities"),
    "preexisting": gettext_lazy("Pre-existing conditions"),
    "waiting_period": gettext_lazy("Waiting period"),
    "continuity": gettext_lazy("Continuous years"),
    "exclusions": gettext_lazy("What is not paid for"),
    "lists": gettext_lazy("Filed lists"),
    "total_cap": gettext_lazy("Everything together"),
    OUTSIDE: gettext_lazy("Kept by the portal, or told by others"),
}


def section_of(key: str, figures: Figures) -> str:
    """The part of the page in which a key stands: a block of the plan, or one of _SECTIONS."""
    for path in figures.structure.blocks:
        if key == path or key.startswith((f"{path}.", f"{path}[")):
            return path
    head = re.split(r"[.\[]", key, maxsplit=1)[0]
    if head == "premium":
        return YEAR
    return head if head in _SECTIONS else OUTSIDE if ":" in key else head


def title_of(section: str, figures: Figures) -> str:
    if section in _SECTIONS:
        return str(_SECTIONS[section])
    return figures.name(section) if section in figures.names else section


def label_of(name: str, figures: Figures) -> str:
    """Within its section: "Deductible", "Pre-existing conditions: rate", "Band 2: from"."""
    return capfirst(_label(name, figures))


def _label(name: str, figures: Figures) -> str:
    section = section_of(name, figures)
    rest = name.removeprefix(section).lstrip(".") if section in figures.structure.blocks else name
    who = next((path for path in _prefixes(name) if path != section and path in figures.names), "")
    if who:
        rest = name.removeprefix(who).lstrip(".")
    band = re.match(r"bands\[(\d+)\]\.(\w+)$", rest)
    if band:
        what = _("band %(number)s: %(what)s") % {"number": int(band[1]) + 1, "what": _WHAT[band[2]]}
    else:
        last = rest.rpartition(".")[2] or rest
        what = str(_WHAT.get(last, last))
    if not who:
        return what
    # What has a name and no figure, an exclusion or a list, is its name alone.
    return _("%(who)s: %(what)s") % {"who": figures.name(who), "what": what} if rest else figures.name(who)


def _prefixes(name: str) -> list[str]:
    """The name itself and how it begins, the longest first."""
    ends = [found.start() for found in re.finditer(r"[.\[]|$", name)]
    ends += [found.end() for found in re.finditer(r"\]", name)]
    return [name[:end] for end in sorted(set(ends), reverse=True) if end]
