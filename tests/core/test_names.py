"""A name as the national platform writes it, however it was typed (cheminfo/mrz#7, any-rule#294, woocommerce#58000)."""

from __future__ import annotations

import pytest

from core.written import name_as_written

CHINESE = ["李秀兰", "马𬱖", "刘䶮", "欧阳震华", "黄〇", "山田龙马", "佘文角"]
DOTTED = ["古丽米热·艾比布力", "阿卜杜拉·买买提·吐尔逊", "迪丽热巴·" + "艾" * 95]
LATIN = ["ERIK LINDQVIST", "DE LA TORRE", "JOSÉ MARÍA O'NEILL-PÉREZ", "NGUYỄN VĂN AN"]

DOTS = "·•・‧．.∙⋅。･●ꞏ⸱᛫․∘○◦▪˙⸰⚫﹅"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (" 李 秀 兰 ", "李秀兰"),
        ("李\u3000秀兰", "李秀兰"),
        ("\u202d李秀兰\u202c", "李秀兰"),
        ("李\u200b秀\ufeff兰\ufe0f", "李秀兰"),
        ("⼭田⻰⻢", "山田龙马"),  # Kangxi's mountain, the radicals of dragon and horse
        ("⾭⼾", "青户"),  # not 靑 and 戶, which Unicode holds equal to them
        ("黃〇", "黃〇"),  # another character is another name
        ("  Erik   Lindqvist ", "ERIK LINDQVIST"),
        ("ＥＲＩＫ　ＬＩＮＤＱＶＩＳＴ", "ERIK LINDQVIST"),
        ("erik\u00a0lindqvist", "ERIK LINDQVIST"),
        ("de la Torre", "DE LA TORRE"),
        ("Jose\u0301 Mari\u0301a O'Neill-Pérez", "JOSÉ MARÍA O'NEILL-PÉREZ"),
        ("李\u3164秀\u2800兰\u034f", "李秀兰"),  # what Unicode calls a letter, a symbol, a mark, and nobody sees
        ("李\x00秀\x7f兰", "李秀兰"),
        ("李秀兰。", "李秀兰"),  # a telephone's keyboard ends what looks like a sentence
        ("·古丽米热·艾比布力·", "古丽米热·艾比布力"),
        ("Sean O\u2019Neill", "SEAN O'NEILL"),
        ("Jean\u2011Luc \u2013 Marie", "JEAN-LUC-MARIE"),
        ("J. R. Smith", "J. R. SMITH"),  # dots of a Latin name are its own
        ("", ""),
        (" \u3000\u200b", ""),
    ],
)
def test_blanks_width_case_and_what_cannot_be_seen(typed: str, written: str) -> None:
    assert name_as_written(typed) == written


@pytest.mark.parametrize("dot", [*DOTS, " · ", "··", "．．"])
@pytest.mark.parametrize("name", DOTTED)
def test_every_dot_is_the_register_s(dot: str, name: str) -> None:
    assert name_as_written(name.replace("·", dot)) == name


@pytest.mark.parametrize("name", [*CHINESE, *DOTTED, *LATIN])
@pytest.mark.parametrize("around", ["{}", " {} ", "\u202d{}\u202c", "{}\ufe0f", "\ufeff{}\r\n", "\u3000{}\t"])
def test_a_name_is_found_whatever_was_pasted_around_it(name: str, around: str) -> None:
    assert name_as_written(around.format(name)) == name


@pytest.mark.parametrize("name", [*CHINESE, *DOTTED, *LATIN])
def test_reading_twice_changes_nothing(name: str) -> None:
    assert name_as_written(name_as_written(name)) == name_as_written(name) == name
