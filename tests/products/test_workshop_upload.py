"""A city year as CSV: every bad line is named, and nothing that tells who somebody is is taken."""

from __future__ import annotations

import pytest

from core.errors import DomainError
from products.workshop.upload import LinesRefused, read_csv

HEAD = "人员序号,年龄,医保政策范围内费用"


def refusal(text: str) -> DomainError:
    with pytest.raises(DomainError) as refused:
        read_csv(text.encode())
    return refused.value


@pytest.mark.parametrize(
    "heading", ["姓名", "身份证号", "联系电话", "家庭住址", "name", "id_number", "医保号", "出生日期"]
)
def test_a_column_that_says_who_somebody_is_is_refused_by_its_name(heading: str) -> None:
    refused = refusal(f"{HEAD},{heading}\n1,30,100,x\n")
    assert (refused.code, refused.params["column"]) == ("personal_column", heading)


def test_so_is_a_number_by_which_somebody_is_known_wherever_it_stands() -> None:
    for cell in ("411203195803214421", "13900001001", "号码 13900001001"):
        refused = refusal(f"{HEAD}\n1,30,100\n{cell},30,100\n")
        assert (refused.code, refused.params["line"]) == ("personal_number", 3)


def test_a_column_that_the_list_does_not_have_is_refused() -> None:
    assert refusal(f"{HEAD},备注\n1,30,1,x\n").code == "unknown_column"
    assert refusal(f"{HEAD},年龄\n1,30,1,30\n").code == "unknown_column"
    assert refusal("年龄\n30\n").code == "column_missing"
    assert refusal(f"{HEAD}\n").code == "csv_empty"


def test_every_bad_line_is_named_with_its_column() -> None:
    lines = ["1,30,100.001,居民,2026-03-01", "2,thirty,100,居民,", "3,30,,农民,2026-02-30", "4,30,5,居民,"]
    refused = refusal("\n".join([f"{HEAD},参保类型,就医日期", *lines]))
    assert isinstance(refused, LinesRefused)
    assert [(one.line, one.column) for one in refused.bad] == [
        (2, "医保政策范围内费用"), (3, "年龄"), (4, "参保类型"), (4, "就医日期"),
    ]  # fmt: skip


def test_a_person_is_the_same_in_each_of_her_lines() -> None:
    refused = refusal(f"{HEAD}\n1,30,100\n1,31,100\n")
    assert isinstance(refused, LinesRefused)
    assert refused.bad[0].line == 3


def test_of_very_many_bad_lines_fifty_are_named_and_all_are_counted() -> None:
    refused = refusal(HEAD + "\n" + "x,30,1\n" * 70)
    assert isinstance(refused, LinesRefused)
    assert (len(refused.bad), refused.params["count"]) == (50, 70)


def test_a_table_saved_by_a_chinese_office_program_is_read() -> None:
    city = read_csv(f'{HEAD}\r\n1,30,"1,280.50"\r\n'.encode("gb18030"))
    assert city.part(0).bills.amounts["in_scope"].tolist() == [1_280_50]


def test_a_file_that_is_too_long_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("products.workshop.upload.MOST_LINES", 2)
    assert refusal(f"{HEAD}\n1,30,1\n2,30,1\n3,30,1\n").code == "csv_too_long"
