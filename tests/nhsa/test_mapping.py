"""Field names are data per region: the longest matching prefix decides, and a typo in a file is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

import benefits.model
from nhsa import codes, large_amount_told, mapping


def test_the_longest_matching_area_wins() -> None:
    assert mapping.mapping_for("411200").identity_classes["301"] == "特困"
    assert mapping.mapping_for("410100").amounts["personal_fen"] == ("psn_part_amt",)
    assert mapping.mapping_for("330100").amounts["personal_fen"] == ("psn_pay", "psn_part_amt")


def test_a_region_inherits_what_it_does_not_change() -> None:
    assert mapping.mapping_for("410100").amounts["total_fen"] == ("medfee_sumamt",)


def test_the_words_of_care_are_those_of_the_rules() -> None:
    assert set(codes.ENCOUNTER_TYPES) == set(benefits.model.ENCOUNTER_TYPES)


NATIONAL_CARE = {
    "11": "outpatient", "12": "outpatient", "13": "emergency", "14": "chronic_outpatient", "21": "inpatient",
    "22": "injury", "23": "inpatient", "24": "inpatient", "41": "pharmacy", "51": "maternity", "52": "maternity",
    "53": "maternity", "91": "outpatient", "92": "inpatient", "93": "pharmacy",
}  # fmt: skip


@pytest.mark.parametrize(
    ("area", "own"),
    [
        (
            "411202",
            {
                "25": "deemed_inpatient", "28": "deemed_inpatient", "9901": "major_disease_outpatient",
                "9902": "outpatient_drug",
            },
        ),
        (
            "410100",
            {
                "1401": "chronic_outpatient", "1402": "major_disease_outpatient", "1403": "outpatient_drug",
                "2101": "deemed_inpatient",
            },
        ),
        ("330100", {}),
    ],
)  # fmt: skip
def test_each_med_type_of_a_region_is_a_kind_of_care(area: str, own: dict[str, str]) -> None:
    """Sanmenxia 三(三)1 names four beside the stay; their codes are the regions' own."""
    assert dict(mapping.mapping_for(area).encounter_types) == {**NATIONAL_CARE, **own}


@pytest.mark.parametrize(
    ("area", "told"), [("411200", "own_insurance"), ("410100", "with_basic"), ("330100", "not_told")]
)
def test_regions_tell_differently_who_has_the_large_amount_subsidy(area: str, told: str) -> None:
    assert large_amount_told(area) == told


@pytest.mark.parametrize(
    "text",
    [
        "extends: national\nfeilds: {}",
        "extends: national\namounts: {totl_fen: [x]}",
        "extends: national\nencounter_types: {'28': daycare}",
        "extends: national\nfee_categories: {'77': sanatorium}",
        "extends: national\nlarge_amount_cover: perhaps",
    ],
)
def test_a_name_nobody_knows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    national = (mapping.FOLDER / "national.yaml").read_text(encoding="utf-8")
    (tmp_path / "national.yaml").write_text(national, encoding="utf-8")
    (tmp_path / "9900.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(mapping, "FOLDER", tmp_path)
    with pytest.raises(mapping.MappingInvalid, match=r"feilds|totl_fen|daycare|sanatorium|large_amount_cover"):
        mapping._read("9900")
