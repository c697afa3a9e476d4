"""1101: who is insured, where, with what balance. Mission E2, E3."""

from __future__ import annotations

from datetime import date

import pytest

from nhsa import Client, NhsaNotFound, NhsaRefused, fetch_person
from nhsa.person import read_person
from sandbox.testing import Sandbox

SANMENXIA = "411200"


def test_li_xiulan_is_an_active_employee_with_3286_40_in_her_account(client: Client) -> None:
    li = fetch_person(client, id_number="411202196803154264", id_type="resident_id", name="李秀兰")
    assert (li.psn_no, li.sex, li.birth_date) == ("41120000000000000000001001", "F", date(1968, 3, 15))
    assert li.basic is not None
    assert (li.basic.type, li.basic.status, li.basic.area) == ("employee", "active", SANMENXIA)
    assert (li.basic.category, li.basic.since, li.basic.paused_on) == ("1101", date(1992, 7, 1), None)
    assert li.basic.balance_fen == 328_640


def test_her_mother_is_a_resident_without_an_account(client: Client) -> None:
    wang = fetch_person(client, id_number="411202194309023286", id_type="resident_id", name="王桂英")
    assert wang.basic is not None
    assert (wang.basic.type, wang.basic.area, wang.basic.balance_fen) == ("resident", SANMENXIA, 0)


def test_a_paused_insurance_does_not_count(client: Client) -> None:
    qian = fetch_person(client, id_number="411221198304123314", id_type="resident_id", name="钱小龙")
    assert (qian.insurances[0].status, qian.insurances[0].paused_on) == ("paused", date(2026, 6, 30))
    assert qian.basic is None


def test_a_new_citizen_is_insured_elsewhere_and_his_region_answers_with_a_json_string(client: Client) -> None:
    zhou = fetch_person(client, id_number="410102199010052230", id_type="resident_id", name="周敏")
    assert zhou.basic is not None
    assert zhou.basic.area == "410100"


@pytest.mark.parametrize(
    ("name", "number", "id_type"),
    [
        ("刘䶮", "411282197912304475", "resident_id"),
        ("马𬱖", "411203198802145150", "resident_id"),
        ("ERIK LINDQVIST", "941840197506120032", "foreign_permanent_card"),
        ("林家敏", "810000198508211122", "hk_mo_tw_permit"),
    ],
)
def test_rare_characters_and_other_documents_come_back_as_they_went(
    client: Client, name: str, number: str, id_type: str
) -> None:
    person = fetch_person(client, id_number=number, id_type=id_type, name=name)
    assert (person.name, person.id_number, person.id_type) == (name, number, id_type)


def test_an_assistance_class_comes_in_the_region_s_word(client: Client) -> None:
    sun = fetch_person(client, id_number="411224196207071663", id_type="resident_id", name="孙桂花")
    assert [(identity.code, identity.name) for identity in sun.identities] == [("301", "特困")]


@pytest.mark.parametrize(
    ("endtime", "until"),
    [
        ("2026-12-31 23:59:59", date(2027, 1, 1)),
        ("2027-01-01 00:00:00", date(2027, 1, 1)),
        ("2026-12-31", date(2027, 1, 1)),
        ("", None),
        (None, None),
    ],
)
def test_a_class_that_ends_is_over_on_the_day_after_its_last(endtime: str | None, until: date | None) -> None:
    person = read_person(
        {
            "baseinfo": {"psn_no": "1", "psn_name": "孙桂花", "certno": "411224196207071663"},
            "insuinfo": [],
            "idetinfo": [{"psn_idet_type": "301", "begntime": "2026-01-01 00:00:00", "endtime": endtime}],
        }
    )
    assert [(one.since, one.until) for one in person.identities] == [(date(2026, 1, 1), until)]


@pytest.mark.parametrize(("areas", "word"), [(["411200"], "特困"), (["330100"], ""), (["330100", "411282"], "特困")])
def test_the_words_of_classes_are_found_by_the_area_that_insures(areas: list[str], word: str) -> None:
    """330100 calls no class by name. The last of the areas runs; what was ended elsewhere names nothing."""
    rows = [{"insutype": "390", "psn_insu_stas": "4", "insuplc_admdvs": area} for area in areas]
    rows[-1]["psn_insu_stas"] = "1"
    person = read_person(
        {
            "baseinfo": {"psn_no": "1", "psn_name": "孙桂花", "certno": "411224196207071663"},
            "insuinfo": rows,
            "idetinfo": [{"psn_idet_type": "301", "psn_type_lv": "2", "begntime": "2026-01-01 00:00:00"}],
        }
    )
    assert [(one.name, one.level) for one in person.identities] == [(word, "2")]


def test_a_child_is_found(client: Client) -> None:
    child = fetch_person(client, id_number="411202201805192188", id_type="resident_id", name="陈一诺")
    assert child.birth_date == date(2018, 5, 19)


def test_nobody_under_this_number(client: Client) -> None:
    with pytest.raises(NhsaNotFound) as found:
        fetch_person(client, id_number="411202197001010016", id_type="resident_id", name="李秀兰")
    assert found.value.code == "psn_not_found"


@pytest.mark.parametrize(("name", "id_type"), [("李秀蘭", "resident_id"), ("李秀兰", "passport")])
def test_a_name_or_document_that_does_not_match_is_refused(client: Client, name: str, id_type: str) -> None:
    with pytest.raises(NhsaRefused) as refused:
        fetch_person(client, id_number="411202196803154264", id_type=id_type, name=name)
    assert refused.value.code == "psn_mismatch"


def test_the_person_s_data_is_not_in_its_repr(client: Client) -> None:
    li = fetch_person(client, id_number="411202196803154264", id_type="resident_id", name="李秀兰")
    assert not any(text in repr(li) for text in ("李秀兰", "411202196803154264", "1968"))


def test_a_balance_changes_when_the_platform_s_does(client: Client, sandbox: Sandbox) -> None:
    sandbox.put_person(psn_no="41120000000000000000001001", balance_fen=1)
    li = fetch_person(client, id_number="411202196803154264", id_type="resident_id", name="李秀兰")
    assert li.insurances[0].balance_fen == 1
