"""A name as the national platform writes it, however it was typed (cheminfo/mrz#7, any-rule#294, woocommerce#58000)."""

from __future__ import annotations

import pytest

from core.identifiers import name_as_written


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (" 李 秀 兰 ", "李秀兰"),
        ("李\u3000秀兰", "李秀兰"),
        ("\u202d李秀兰\u202c", "李秀兰"),
        ("李秀兰\ufe0f", "李秀兰"),
        ("马𬱖", "马𬱖"),
        ("刘䶮", "刘䶮"),
        ("⼭田", "山田"),
        ("  Erik   Lindqvist ", "ERIK LINDQVIST"),
        ("ＥＲＩＫ　ＬＩＮＤＱＶＩＳＴ", "ERIK LINDQVIST"),
        ("de la Torre", "DE LA TORRE"),
        ("", ""),
    ],
)
def test_blanks_width_case_and_what_cannot_be_seen(typed: str, written: str) -> None:
    assert name_as_written(typed) == written


@pytest.mark.parametrize("dot", ["·", "•", "・", "‧", "．", ".", " · "])
def test_every_dot_is_the_register_s(dot: str) -> None:
    assert name_as_written(f"古丽米热{dot}艾比布力") == "古丽米热·艾比布力"
