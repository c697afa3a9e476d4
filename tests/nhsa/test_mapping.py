"""Field names are data per region: the longest matching prefix decides, and a typo in a file is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhsa import mapping


def test_the_longest_matching_area_wins() -> None:
    assert mapping.mapping_for("411200").identity_classes["301"] == "特困"
    assert mapping.mapping_for("410100").amounts["personal_fen"] == ("psn_part_amt",)
    assert mapping.mapping_for("330100").amounts["personal_fen"] == ("psn_pay", "psn_part_amt")


def test_a_region_inherits_what_it_does_not_change() -> None:
    assert mapping.mapping_for("410100").amounts["total_fen"] == ("medfee_sumamt",)


@pytest.mark.parametrize("text", ["extends: national\nfeilds: {}", "extends: national\namounts: {totl_fen: [x]}"])
def test_a_name_nobody_knows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    national = (mapping.FOLDER / "national.yaml").read_text(encoding="utf-8")
    (tmp_path / "national.yaml").write_text(national, encoding="utf-8")
    (tmp_path / "9900.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(mapping, "FOLDER", tmp_path)
    with pytest.raises(mapping.MappingInvalid, match=r"feilds|totl_fen"):
        mapping._read("9900")
