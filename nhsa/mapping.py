"""Field names by region, as data: nhsa/mappings/<area>.yaml, the longest matching prefix, else national.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from nhsa.codes import ENCOUNTER_TYPES, FEE_CATEGORIES, LARGE_AMOUNT_COVER

FOLDER = Path(__file__).parent / "mappings"
SECTIONS = ("settlement", "amounts", "lines", "line_amounts")
WORDS = {"encounter_types": ENCOUNTER_TYPES, "fee_categories": FEE_CATEGORIES}
KEYS = frozenset(
    {*SECTIONS, *WORDS, "extends", "required", "hospital_levels", "identity_classes", "reversed_values"}
    | {"referred_med_types", "large_amount_cover"}
)

Names = Mapping[str, tuple[str, ...]]


class MappingInvalid(Exception):
    """A region's mapping file says something this client does not know; names file and key."""


@dataclass(frozen=True, slots=True)
class RegionMapping:
    """English name → candidate fields of the platform, in order of preference; and the words of the region's codes."""

    settlement: Names
    amounts: Names
    lines: Names
    line_amounts: Names
    required: frozenset[str]
    hospital_levels: Mapping[str, str]
    identity_classes: Mapping[str, str]
    reversed_values: frozenset[str]
    encounter_types: Mapping[str, str]
    referred_med_types: frozenset[str]
    fee_categories: Mapping[str, str]
    large_amount_cover: str

    def node(self, section: Names, source: Mapping[str, Any]) -> dict[str, Any]:
        """The source's values under English names; absent fields are absent here too."""
        found = {}
        for name, fields in section.items():
            field = next((field for field in fields if field in source), None)
            if field is not None:
                found[name] = source[field]
        return found


@lru_cache
def mapping_for(area: str) -> RegionMapping:
    """The mapping of an insured area: its code of six digits, or "" for the national one."""
    for length in range(len(area), 1, -1):
        if (FOLDER / f"{area[:length]}.yaml").exists():
            return _read(area[:length])
    return _read("national")


def large_amount_told(area: str) -> str:
    """How 1101 of an insured area tells who has the employees' large-amount subsidy: a word of LARGE_AMOUNT_COVER."""
    return mapping_for(area).large_amount_cover


def identity_class(area: str, code: str) -> str | None:
    """The region's word for a code of its identity classes; "" where the code is no class of medical assistance, None
    where the mapping does not know it."""
    return mapping_for(area).identity_classes.get(code)


def _read(name: str) -> RegionMapping:
    content = _content(name)
    return RegionMapping(
        **{section: {key: tuple(fields) for key, fields in content[section].items()} for section in SECTIONS},
        required=frozenset(content["required"]),
        hospital_levels=content["hospital_levels"],
        identity_classes=content["identity_classes"],
        reversed_values=frozenset(content["reversed_values"]),
        encounter_types=content["encounter_types"],
        referred_med_types=frozenset(content["referred_med_types"]),
        fee_categories=content["fee_categories"],
        large_amount_cover=content["large_amount_cover"],
    )


def _content(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    if unknown := set(content) - KEYS:
        raise MappingInvalid(f"{name}.yaml: unknown keys {', '.join(sorted(unknown))}")
    for key, words in WORDS.items():
        if strange := set(content.get(key, {}).values()) - set(words):
            raise MappingInvalid(f"{name}.yaml: {key} has unknown words {', '.join(sorted(strange))}")
    if content.get("large_amount_cover", "not_told") not in LARGE_AMOUNT_COVER:
        raise MappingInvalid(f"{name}.yaml: large_amount_cover is one of {', '.join(LARGE_AMOUNT_COVER)}")
    base_name = content.pop("extends", None)
    if base_name is None:
        return content
    base = _content(base_name)
    for key, value in content.items():
        if key in SECTIONS and (unknown := set(value) - set(base[key])):
            raise MappingInvalid(f"{name}.yaml: {key} has unknown names {', '.join(sorted(unknown))}")
        base[key] = {**base[key], **value} if isinstance(value, dict) else value
    return base
