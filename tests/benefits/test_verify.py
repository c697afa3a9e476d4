"""Li's decision, computed again by her grandson at home: the plan's file, the document, nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benefits import Bill, BillLine, DatedCode, Listed, Person, YearSoFar, adjudicate, load_plan
from benefits.cli import main
from benefits.errors import BadValue
from benefits.files.load import find_plan
from benefits.verifiable import (
    SignatureInvalid,
    canonical,
    check_signature,
    digest,
    sign,
    statement,
    text_digest,
    verify,
)
from tests.benefits.helpers import yuan

NAME = "sanmenxia/huiminbao"
TEXT = find_plan(NAME).read_text("utf-8")
PLAN = load_plan(NAME, on=date(2026, 3, 1))
LI = Person(
    "HM-000123",
    birth_date=date(1958, 4, 30),
    assistance=frozenset({"特困"}),
    known_diagnoses=(DatedCode("I10", date(2020, 1, 1)),),
    cover_from=date(2026, 1, 1),
    cover_to=date(2027, 1, 1),
)
BILL = Bill(
    id="CL-1", in_scope_fen=yuan(60_000), out_of_catalogue_fen=yuan(9_000), basic_fund_paid_fen=yuan(10_000),
    admitted_on=date(2026, 5, 2), lines=(BillLine(yuan(9_000), code="T0009", kind="drug"),),
)  # fmt: skip
YEAR = YearSoFar()


def document(year: YearSoFar = YEAR, **lists: Listed) -> dict[str, Any]:
    plan = PLAN.with_lists(lists)
    decision = adjudicate(plan, LI, year, BILL)
    return statement(plan_text=TEXT, plan=plan, person=LI, year=year, bill=BILL, decision=decision)


def test_the_document_gives_the_decision_again_to_the_fen() -> None:
    """特困: half the deductible, 80 %: (50,000 − 7,500) × 80 % = 34,000.00."""
    given = document()
    assert given["decision"]["payable_fen"] == yuan(34_000)
    assert verify(json.loads(json.dumps(given)), plan_text=TEXT) == ()
    assert given["plan"] == {"id": NAME, "sha256": text_digest(TEXT), "on": "2026-03-01"}


def test_it_holds_an_age_and_no_date_of_birth_and_no_name() -> None:
    given = document()
    assert given["person"]["age"] == 68
    assert "1958" not in canonical(given).decode()
    assert "name" not in given["person"]


def test_a_second_bill_stands_on_the_year_that_the_document_carries() -> None:
    after = adjudicate(PLAN, LI, YEAR, Bill(id="CL-0", in_scope_fen=yuan(20_000))).year_after
    given = document(after)
    assert given["decision"]["payable_fen"] == yuan(40_000)
    assert verify(given, plan_text=TEXT) == ()


def test_the_catalogue_filed_for_the_day_travels_with_it() -> None:
    """T0009 is filed as a special drug: 9,000 × 60 % = 5,400 more. Without the list it would not come out."""
    filed = Listed(codes=frozenset({"T0009"}), names=frozenset({"注射用恩美曲妥珠单抗"}))
    given = document(special_drugs=filed)
    assert given["decision"]["payable_fen"] == yuan(39_400)
    assert given["plan"]["lists"] == {"special_drugs": {"codes": ["T0009"], "names": ["注射用恩美曲妥珠单抗"]}}
    assert verify(json.loads(json.dumps(given)), plan_text=TEXT) == ()
    given["plan"]["lists"] = {"special_drugs": ["T0009"]}
    assert verify(given, plan_text=TEXT) == (), "as documents were before lists had names"
    del given["plan"]["lists"]
    assert verify(given, plan_text=TEXT)


def test_a_drug_that_is_listed_by_its_name_alone_is_on_the_list_that_travels() -> None:
    named = BillLine(yuan(9_000), name="注射用恩美曲妥珠单抗", kind="drug")
    bill = replace(BILL, lines=(named,))
    plan = PLAN.with_lists({"special_drugs": Listed(codes=frozenset(), names=frozenset({named.name}))})
    decision = adjudicate(plan, LI, YEAR, bill)
    assert decision.payable_fen == yuan(39_400)
    given = statement(plan_text=TEXT, plan=plan, person=LI, year=YEAR, bill=bill, decision=decision)
    assert verify(given, plan_text=TEXT) == ()


def test_one_fen_more_is_found_and_named() -> None:
    given = document()
    given["decision"]["payable_fen"] += 1
    assert verify(given, plan_text=TEXT) == ("decision.payable_fen: the document says 3400001, computed 3400000",)
    given = document()
    given["decision"]["trace"][-1]["zh"] = "本次共赔付34,000.01元。"
    assert verify(given, plan_text=TEXT)[0].startswith("decision.trace[")
    given = document()
    given["decision"]["responsibilities"].pop()
    assert "says 2 entries, computed 3 entries" in verify(given, plan_text=TEXT)[0]
    given = document()
    given["decision"]["covered"] = 1  # not the same as true
    assert len(verify(given, plan_text=TEXT)) == 1


def test_another_fact_gives_another_amount() -> None:
    given = document()
    given["person"]["assistance"] = []
    assert "decision.payable_fen: the document says 3400000, computed 2625000" in verify(given, plan_text=TEXT)


def test_a_plan_that_was_edited_is_not_the_plan() -> None:
    with pytest.raises(BadValue, match=r"plan\.sha256: the document names the plan file"):
        verify(document(), plan_text=TEXT.replace("0.75", "0.76"))


def test_a_decision_that_the_facts_do_not_give_is_never_stated() -> None:
    decision = adjudicate(PLAN, LI, YEAR, BILL)
    other = Bill(id="CL-1", in_scope_fen=yuan(1))
    with pytest.raises(BadValue, match="is not what plan, person, year and bill give"):
        statement(plan_text=TEXT, plan=PLAN, person=LI, year=YEAR, bill=other, decision=decision)


@pytest.mark.parametrize("wrong", [{"kind": "x"}, {"format": 2}, {"bill": None}, {"decision": []}])
def test_what_is_no_document_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadValue):
        verify({**document(), **wrong}, plan_text=TEXT)


@pytest.mark.parametrize(
    "lists",
    [
        [],
        {"special_drugs": "T1"},
        {"special_drugs": {"names": ["T1"]}},
        {"special_drugs": {"codes": [], "names": 5}},
        5,
    ],
)
def test_lists_that_are_none_are_refused(lists: object) -> None:
    given = document()
    given["plan"]["lists"] = lists
    with pytest.raises(BadValue, match=r"plan\.lists"):
        verify(given, plan_text=TEXT)


def test_one_content_has_one_form() -> None:
    assert canonical({"b": 1, "a": "元", "c": [True, None]}) == '{"a":"元","b":1,"c":[true,null]}'.encode()
    with pytest.raises(BadValue, match="no canonical form"):
        canonical({"a": 0.5})
    given = document()
    assert digest(given) == digest(dict(reversed(given.items()))) == digest(sign(given, KEY))


KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
OTHER = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_the_signature_is_the_insurers_over_exactly_this() -> None:
    signed = sign(document(), KEY)
    check_signature(signed, PUBLIC)
    with pytest.raises(SignatureInvalid, match="was not made by this key"):
        check_signature(signed, OTHER)
    signed["bill"]["in_scope_fen"] += 1
    with pytest.raises(SignatureInvalid, match="over this content"):
        check_signature(signed, PUBLIC)
    with pytest.raises(SignatureInvalid, match="carries no Ed25519 signature"):
        check_signature(document(), PUBLIC)
    with pytest.raises(SignatureInvalid, match="not a public key"):
        check_signature(sign(document(), KEY), b"nonsense")
    broken = sign(document(), KEY)
    broken["signature"]["value"] = "*"
    with pytest.raises(SignatureInvalid):
        check_signature(broken, PUBLIC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "decision.json"
    path.write_text(json.dumps(sign(document(), KEY), ensure_ascii=False), "utf-8")
    (tmp_path / "key.pem").write_bytes(PUBLIC)
    (tmp_path / "other.pem").write_bytes(OTHER)
    return path


def test_the_command_finds_the_plan_by_its_digest_and_says_that_it_holds(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(file), "--key", str(file.parent / "key.pem")]) == 0
    out = capsys.readouterr().out
    assert "holds to the fen: 34,000.00 yuan" in out and "signature good" in out
    assert main(["verify", str(file)]) == 0
    assert "signature not checked" in capsys.readouterr().out
    assert main(["verify", str(file), "--key", str(file.parent / "other.pem")]) == 1
    assert "signature_invalid" in capsys.readouterr().err


def test_a_plan_that_does_not_ship_is_found_in_the_folder_given(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = TEXT.replace("0.75", "0.70")
    given = json.loads(file.read_text("utf-8"))
    given["plan"]["sha256"] = text_digest(own)
    file.write_text(json.dumps(given), "utf-8")
    assert main(["verify", str(file)]) == 1
    assert "give it, or its folder, with --plan" in capsys.readouterr().err
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "mine.yaml").write_text(own, "utf-8")
    assert main(["verify", str(file), "--plan", str(tmp_path / "plans")]) == 1
    out = capsys.readouterr().out
    assert "decision.payable_fen: the document says 3400000, computed 3187500" in out
    assert main(["verify", str(file), "--plan", str(tmp_path / "nowhere")]) == 1


@pytest.mark.parametrize("text", ["", "[]", "{", '{"kind": 1}', '{"kind": "a", "kind": "b"}'])
def test_a_file_that_is_no_document_is_refused_in_a_sentence(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.json").write_text(text, "utf-8")
    assert main(["verify", str(tmp_path / "x.json")]) == 1
    assert main(["verify", str(tmp_path / "nowhere.json")]) == 1
    assert "Traceback" not in capsys.readouterr().err
