"""What a person typed from an identity card is either right, or she is told where to look again."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from core.errors import DomainError
from core.identifiers import (
    IdKind,
    card_looks_wrong,
    check_digit,
    check_id_number,
    check_mobile,
    mask_id,
    mask_mobile,
    mask_name,
)
from core.written import row_number

TODAY = date(2026, 11, 22)


def number(first17: str) -> str:
    return first17 + check_digit(first17)


def refusal(text: str) -> str:
    return code_of(check_id_number, text, today=TODAY)


def code_of(check: Callable[..., object], *args: object, **kwargs: object) -> str:
    with pytest.raises(DomainError) as caught:
        check(*args, **kwargs)
    return caught.value.code


def test_the_standards_own_example_passes() -> None:
    # GB 11643-1999, annex: 110105 19491231 002 -> X
    assert check_digit("11010519491231002") == "X"
    li = check_id_number("11010519491231002X", today=TODAY)
    assert (li.birth_date, li.sex, li.area, li.kind) == (
        date(1949, 12, 31),
        "F",
        "110105",
        IdKind.RESIDENT_ID,
    )


@pytest.mark.parametrize(
    "typed",
    [
        " 110105-19491231-002x ",
        "１１０１０５１９４９１２３１００２ｘ",
        "'11010519491231002X",
        "＇11010519491231002X",
        "\u201811010519491231002X\u2019",
        "\u202d11010519491231002X\u202c",
        "11010519491231002X\ufe0f",
        "\ufeff110105\u200b19491231\u2060002X\r\n",
        *(f"110105{dash}19491231{dash}002X" for dash in "-‐‑‒–—―−－﹣ー\u00ad"),
        "110105\u00a019491231\u3000002Ⅹ",
    ],
)
def test_a_number_is_read_whatever_a_keyboard_or_a_clipboard_made_of_it(typed: str) -> None:
    assert check_id_number(typed, today=TODAY).number == "11010519491231002X"


def test_digits_of_other_scripts_are_no_digits() -> None:
    assert refusal("١١٠١٠٥١٩٤٩١٢٣١٠٠٢X") == "id_number_length"
    assert code_of(check_mobile, "১৩৯০০০০১০০১") == "mobile_format"


def test_a_wrong_last_digit_is_named() -> None:
    assert refusal("110105194912310021") == "id_number_check_digit"


def test_a_date_that_does_not_exist_is_named() -> None:
    assert refusal(number("11010519490230002")) == "id_number_birth_date"


def test_born_today_is_right_and_born_tomorrow_is_not() -> None:
    assert check_id_number(number("41120220261122001"), today=TODAY).birth_date == TODAY
    assert refusal(number("41120220261123001")) == "id_number_future_birth"


@pytest.mark.parametrize("text", ["", "1101051949123100", "11010519491231002XX", "abc"])
def test_a_number_of_another_length_is_named(text: str) -> None:
    assert refusal(text) == "id_number_length"


def test_residence_permits_and_foreign_cards_are_told_apart() -> None:
    assert check_id_number(number("81000019800101001"), today=TODAY).kind == IdKind.HK_MO_TW_PERMIT
    assert check_id_number(number("91112319800101001"), today=TODAY).kind == IdKind.FOREIGN_PERMANENT_CARD


def test_an_unknown_province_is_a_warning_not_a_refusal() -> None:
    assert check_id_number(number("99000019800101001"), today=TODAY).warnings == ()  # a foreigner's card
    assert check_id_number(number("59000019800101001"), today=TODAY).warnings == ("unknown_area",)


@given(
    st.dates(date(1920, 1, 1), TODAY),
    st.integers(0, 999),
    st.integers(0, 16),
    st.integers(1, 9),
)
def test_any_single_wrong_digit_is_noticed(born: date, serial: int, place: int, shift: int) -> None:
    right = number(f"411202{born:%Y%m%d}{serial:03d}")
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    assert refusal(wrong) in {
        "id_number_check_digit",
        "id_number_birth_date",
        "id_number_future_birth",
    }


def test_mobiles() -> None:
    for typed in (
        "+86 139-0000-1001",
        "0086 13900001001",
        "(+86)13900001001",
        "＋８６１３９００００１００１",
        "8613900001001",
    ):
        assert check_mobile(typed) == "13900001001"
    assert code_of(check_mobile, "23900001001") == "mobile_format"


def test_a_card_that_fails_luhn_only_looks_wrong() -> None:
    right = "6222 0000 0000 0000 00" + luhn.calc_check_digit("622200000000000000")
    assert not card_looks_wrong(right)
    assert card_looks_wrong(right[:-1] + str((int(right[-1]) + 1) % 10))


def test_masks_hide_the_middle() -> None:
    assert mask_name("李秀兰") == "李*兰"
    assert mask_name("李雷") == "李*"
    assert mask_name("欧阳秀兰") == "欧**兰"
    assert mask_id("11010519491231002X") == "110105********002X"
    assert mask_mobile("13900001001") == "139****1001"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("42", 42),
        ("", 0),
        ("-1", 0),
        ("٤٢", 0),
        ("４２", 0),
        ("²", 0),
        ("9" * 18, 10**18 - 1),
        ("9" * 5000, 0),
    ],
)
def test_the_number_of_a_row_is_digits_of_ascii_and_no_more_than_a_row_can_have(text: str, number: int) -> None:
    assert row_number(text) == number


@pytest.mark.parametrize("last", ["\u00d7", "\u0425", "\u0445", "\u03a7", "Ⅹ", "ｘ"])
def test_whatever_looks_like_the_last_x_is_one(last: str) -> None:
    assert check_id_number(f"11010519491231002{last}", today=TODAY).number == "11010519491231002X"
