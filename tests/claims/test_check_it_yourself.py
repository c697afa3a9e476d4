"""Each decision as a signed file that anybody computes again to the fen, and that names nobody."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import User
from claims import statements
from claims.models import Claim
from sandbox.testing import Sandbox
from tests.claims.people import LI_HIP, LI_SECOND, LI_SECOND_STAY, Family

Browser = Callable[[User], Client]


def download(client: Client, claim: Claim, bill: int = 1) -> bytes:
    answer = client.get(f"/claims/{claim.number}/decision-{bill}.json")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="{claim.number}-{bill}.json"'
    return answer.content


def verify(tmp_path: Path, claim: Claim, document: bytes, key: bytes) -> tuple[int, str]:
    """`python -m benefits verify` in a process of its own, with the filed plan beside it: it knows no Django."""
    files = {"decision.json": document, "key.pem": key, "plan.yaml": claim.policy.plan_year.benefits_text.encode()}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, "-m", "benefits", "verify", str(tmp_path / "decision.json")]
    command += ["--plan", str(tmp_path / "plan.yaml"), "--key", str(tmp_path / "key.pem")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_it_holds_to_the_fen_with_the_public_key_of_the_portal(
    family: Family, browser_of: Browser, tmp_path: Path
) -> None:
    claim, li = family.is_approved(LI_HIP), browser_of(family.li)
    key = Client().get("/claims/decision-key.pem").content
    code, said = verify(tmp_path, claim, download(li, claim), key)
    assert code == 0, said
    assert "holds to the fen: 9,060.00 yuan" in said
    assert "signature good" in said


def test_each_bill_has_its_own_on_the_year_as_the_one_before_left_it(
    family: Family, outside: Sandbox, browser_of: Browser, tmp_path: Path
) -> None:
    """The hip: 9,060.00. Then 10,000.00 left to her in July, the deductible used up: 7,500.00."""
    outside.put_stay(**LI_SECOND_STAY)
    claim, li = family.is_approved(LI_HIP, LI_SECOND), browser_of(family.li)
    for bill, paid in ((1, "9,060.00"), (2, "7,500.00")):
        code, said = verify(tmp_path, claim, download(li, claim, bill), statements.public_key())
        assert (code, paid in said) == (0, True), said


def test_a_changed_fen_is_found(family: Family, browser_of: Browser, tmp_path: Path) -> None:
    claim = family.is_approved(LI_HIP)
    document = json.loads(download(browser_of(family.li), claim))
    document["decision"]["payable_fen"] += 1
    code, said = verify(tmp_path, claim, json.dumps(document).encode(), statements.public_key())
    assert code == 1
    assert "signature" in said


def test_it_names_nobody(family: Family, browser_of: Browser) -> None:
    claim = family.is_approved(LI_HIP)
    text = download(browser_of(family.li), claim).decode()
    li = claim.insured
    for word in (li.name, li.id_number, li.psn_no, li.birth_date.isoformat(), "13900001001", "6217002510001000009"):
        assert word not in text
    assert "age" not in json.loads(text)["person"], "the plan asks for no age"


def test_it_is_the_same_file_whenever_it_is_asked_for(family: Family, browser_of: Browser) -> None:
    claim, li = family.is_approved(LI_HIP), browser_of(family.li)
    assert download(li, claim) == download(li, claim)


def test_only_who_may_read_the_claim_gets_it_and_only_when_it_is_decided(family: Family, browser_of: Browser) -> None:
    claim = family.hands_in(LI_HIP)
    address = f"/claims/{claim.number}/decision-1.json"
    assert browser_of(family.li).get(address).status_code == 404
    family.takes(claim)
    family.approves(claim, family.proposes(family.again(claim)))
    assert browser_of(family.li).get(address).status_code == 200
    assert browser_of(family.li).get(address.replace("-1.json", "-2.json")).status_code == 404
    assert browser_of(family.zhao).get(address).status_code == 404
    assert Client().get(address).status_code in (302, 401)


@pytest.mark.parametrize("words", ["自己核对", "decision-1.json", "/claims/decision-key.pem"])
def test_the_page_leads_to_it(family: Family, browser_of: Browser, words: str) -> None:
    claim = family.is_approved(LI_HIP)
    assert words in browser_of(family.li).get(f"/claims/{claim.number}/").content.decode()
