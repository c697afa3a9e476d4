"""The receipt as it is read: on the decided page, at the desk and in the letter, from what she paid to what is paid.

Wang Guiying lies in hospital from 2 to 20 March 2026 (see test_the_terms_sold_are_paid): 100,000.00, of which the basic
fund pays 50,000.00 and she 50,000.00. The deductible is 15,000.00, 75 % are paid: 26,250.00 when nothing particular is
so. Her daughter Li Xiulan reads the page.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from accounts.models import User
from claims.models import Claim
from claims.models.incident import Cause, ThirdParty
from sandbox.testing import Sandbox
from tests.claims.people import LI_HIP, LI_SECOND, LI_SECOND_STAY, Family
from tests.claims.test_the_terms_sold_are_paid import MARCH, RESIDENT, STAY, SURGERY, WANG

Browser = Callable[[User], Client]
STENT = {
    "code": "C0200104010000322111",
    "name": "药物洗脱冠状动脉支架",
    "list_type": 301,
    "item_type": "08",
    "lv": "01",
}
CARE = {**SURGERY, "code": "X1", "name": "护工费", "cnt": 1, "pric": 10_000}


class Slips(HTMLParser):
    """The rows of every receipt of a page: [label, amount]; what is opened or stands beside it is told apart."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.asides: list[str] = []
        self._in: list[str] = []
        self._aside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._in = ["receipt"] if ("class", "receipt") in attrs else []
        elif self._in and tag == "tr":
            self.rows.append(["", ""])
        elif self._in and tag in ("th", "td"):
            self._in = ["receipt", tag]
        elif self._in and dict(attrs).get("class") in ("receipt-note", "receipt-clause"):
            self._aside = True
            self.asides.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._in = []
        elif tag in ("span", "q"):
            self._aside = False

    def handle_data(self, data: str) -> None:
        if len(self._in) < 2:
            return
        if self._aside:
            self.asides[-1] += data.strip()
        else:
            self.rows[-1][self._in[1] == "td"] += data.strip()


@pytest.fixture
def read(family: Family, browser_of: Browser) -> Callable[..., str]:
    """read(claim): the decided page as Li sees it, in English; language="zh": in Chinese."""

    def page(claim: Claim, language: str = "en") -> str:
        client = browser_of(family.li)
        client.cookies["look"] = f"auto.normal.{language}"
        return client.get(f"/claims/{claim.number}/").content.decode()

    return page


def told(page: str) -> list[str]:
    """ "You paid yourself 40,280.00", "Deductible of the year − 15,000.00", … and the sums are right."""
    rows = Slips(page).rows
    assert rows
    adds_up(rows)
    return [f"{label} {amount}" for label, amount in rows]


def adds_up(rows: list[list[str]]) -> None:
    """From the first line to the last, to the fen, as a layman would with a pencil."""

    def fen(text: str) -> int:
        return round(float(re.sub(r"[^0-9.]", "", text)) * 100)

    left = fen(rows[0][1])
    for _label, amount in rows[1:-1]:
        if not amount.startswith("="):
            left += fen(amount) if amount.startswith("+") else -fen(amount)
    assert left == fen(rows[-1][1])


def asides(page: str) -> list[str]:
    return Slips(page).asides


def decided(family: Family, outside: Sandbox, finds: dict[str, Any] | None = None, **different: Any) -> Claim:
    """Her stay of March with what is different, decided after what Zhou Min found."""
    outside.put_stay(**{**STAY, **different})
    claim = family.hands_in(MARCH, of="王桂英")
    family.takes(claim)
    for fact, found in (finds or {}).items():
        family.finds(claim, fact, found, **({} if fact.startswith("person.") else {"bill": 1}))
    family.approves(claim, family.proposes(family.again(claim)))
    return family.again(claim)


def test_li_reads_how_40280_00_for_her_hip_become_9060_00(family: Family, read: Callable[..., str]) -> None:
    page = read(family.is_approved(LI_HIP))
    assert told(page) == [
        "You paid yourself 40,280.00",
        "Cost outside the catalogue − 7,900.00",
        "人工髋关节假体（陶瓷对聚乙烯）: above its price limit − 860.00",
        "Not paid for: 特需病房差价 − 3,740.00",
        "Not paid for: 营养膳食 − 700.00",
        "Counts as Compliant self-pay = 27,080.00",
        "Deductible of the year − 15,000.00",
        "Own share, 25% − 3,020.00",
        "Huiminbao pays 9,060.00",
    ]
    beside = asides(page)
    assert (
        "Reasonable self-pay, below its deductible: 20,000.00 yuan a year, 7,900.00 used now, 12,100.00 left" in beside
    )
    # The sentence of the published terms behind the 860.00 is there to be opened.
    assert (
        "The part of a price of material, medicine or examination above the highest price set for this city." in beside
    )
    assert "15,000.00 yuan a year, used up now" in beside
    assert "Compliant self-pay: this year&#x27;s deductible is used up." in page


def test_in_chinese_as_the_policy_calls_it(family: Family, read: Callable[..., str]) -> None:
    assert told(read(family.is_approved(LI_HIP), "zh")) == [
        "这次看病，您自己付了 40,280.00",
        "医保目录外自费 − 7,900.00",
        "人工髋关节假体（陶瓷对聚乙烯）：超过限价的部分 − 860.00",
        "不赔：特需病房差价 − 3,740.00",
        "不赔：营养膳食 − 700.00",
        "计入“合规自付医疗费用” = 27,080.00",
        "今年的起付线 − 15,000.00",
        "自己承担25% − 3,020.00",
        "应赔 9,060.00",
    ]


def test_the_letter_and_the_desk_say_the_same(family: Family, browser_of: Browser) -> None:
    claim = family.is_approved(LI_HIP)
    desk = browser_of(family.wang)
    desk.cookies["look"] = "auto.normal.en"
    rows = Slips(desk.get(f"/admin/claims/claim/{claim.pk}/change/").content.decode()).rows
    assert rows[0] == ["Paid by the person", "40,280.00"]
    li = browser_of(family.li)
    li.cookies["look"] = "auto.normal.en"
    letter = text_of(li.get(f"/claims/{claim.number}/letter.pdf").content)
    place = letter.index("Youpaidyourself40,280.00")
    for words in (words.replace(" ", "") for row in rows[1:] for words in row):
        assert words in letter[place:], words
        place = letter.index(words, place)
    assert "above the highest price set for this city".replace(" ", "") in letter


def text_of(pdf: bytes) -> str:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return text.replace("\n", "").replace(" ", "")


class TestNothingIsPaid:
    def test_seventy_thousand_and_nothing(self, family: Family, outside: Sandbox, read: Callable[..., str]) -> None:
        """She paid 70,000.00: 12,000.00 within the catalogue, 18,000.00 outside it, 40,000.00 above price limits."""
        lines = [
            {**SURGERY, "cnt": 1, "pric": 102_000, "overlmt": 40_000},
            {**SURGERY, "code": "X2", "name": "自费药", "lv": "03", "cnt": 1, "pric": 18_000},
        ]
        page = read(decided(family, outside, lines=lines))
        assert "The deductible was not reached this time: 0 yuan are paid" in page
        assert (
            "Of the 70,000.00 yuan that you paid yourself, 30,000.00 count, and all of it lies below the deductible."
            in page
        )
        assert told(page) == [
            "You paid yourself 70,000.00",
            "Cost inside the catalogue − 12,000.00",
            "手术费: above its price limit − 40,000.00",
            "Counts as Reasonable self-pay = 18,000.00",
            "Deductible of the year − 18,000.00",
            "Huiminbao pays 0.00",
        ]
        assert (
            "Compliant self-pay, below its deductible: 15,000.00 yuan a year, 12,000.00 used now, 3,000.00 left"
            in asides(page)
        )
        assert "3,000.00 yuan of this year&#x27;s deductible are left." in page

    def test_a_third_party_must_bear_it(self, family: Family, outside: Sandbox, read: Callable[..., str]) -> None:
        outside.put_stay(**STAY)
        claim = family.starts(MARCH, of="王桂英")
        family.completes(claim)
        family.says(claim, cause=Cause.TRAFFIC, third_party=ThirdParty.YES, accident_place="崤山路")
        claim = family.submits(family.again(claim))
        family.takes(claim)
        family.approves(claim, family.proposes(family.again(claim)))
        page = read(claim)
        assert told(page) == [
            "You paid yourself 50,000.00",
            "Not paid for: costs a third party must bear − 50,000.00",
            "Huiminbao pays 0.00",
        ]
        assert "The reason: Not paid for: costs a third party must bear." in page
        assert any("third party" in aside for aside in asides(page)), "the clause behind it"
        assert "deductible" not in " ".join(told(page))

    def test_abroad(self, family: Family, outside: Sandbox, read: Callable[..., str]) -> None:
        page = read(decided(family, outside, {"bill.place": "overseas"}))
        assert told(page)[1] == "Not paid for: treatment abroad − 50,000.00"


class TestWhatIsParticularIsSaid:
    def test_somebody_in_tekun_has_half_the_deductible(
        self, family: Family, outside: Sandbox, read: Callable[..., str]
    ) -> None:
        outside.put_person(psn_no=WANG, identities=[{"code": "301", "name": "特困", "since": "2021-01-01"}])
        page = read(decided(family, outside))
        assert told(page) == [
            "You paid yourself 50,000.00",
            "Deductible of the year − 7,500.00",
            "Own share, 20% − 8,500.00",
            "Huiminbao pays 34,000.00",
        ]
        beside = " ".join(asides(page))
        assert "tilt for assisted people: the deductible changes from 15,000.00 to 7,500.00 yuan" in beside
        assert "tilt for assisted people: the rate changes from 75% to 80%" in beside

    def test_an_illness_known_before(self, family: Family, outside: Sandbox, read: Callable[..., str]) -> None:
        page = read(decided(family, outside, {"person.preexisting": "yes"}))
        assert told(page)[1:] == [
            "Deductible of the year − 15,000.00",
            "Own share, 70% − 24,500.00",
            "Huiminbao pays 10,500.00",
        ]
        assert "pre-existing conditions: the rate changes from 75% to 30%" in asides(page)
        # The clause behind it is the one about these people.
        assert any("30% (others 75%)" in aside for aside in asides(page))

    def test_another_insurer_paid(self, family: Family, outside: Sandbox, read: Callable[..., str]) -> None:
        page = read(decided(family, outside, {"bill.other_insurers_paid_fen": "45,000.00"}))
        assert told(page) == [
            "You paid yourself 50,000.00",
            "Deductible of the year − 15,000.00",
            "Own share, 25% − 8,750.00",
            "Another insurer paid − 21,250.00",
            "Huiminbao pays 5,000.00",
        ]
        assert "it paid 45,000.00 yuan; together no more than the 50,000.00 yuan paid" in asides(page)

    def test_whoever_waits_for_the_basic_insurance(
        self, family: Family, outside: Sandbox, read: Callable[..., str]
    ) -> None:
        outside.put_person(psn_no=WANG, insurances=[{**RESIDENT, "since": "2025-12-03"}])
        page = read(decided(family, outside, {"bill.tags:public_health": "no"}, funds={}, deductible="0.00"))
        assert told(page) == [
            "You paid yourself 100,000.00",
            "Counted as paid by basic medical insurance − 59,280.00",
            "Counted as paid by critical illness insurance − 17,832.00",
            "Counts as Compliant self-pay = 22,888.00",
            "Deductible of the year − 15,000.00",
            "Own share, 25% − 1,972.00",
            "Huiminbao pays 5,916.00",
        ]


class TestFeeLinesThatAreNotPaidFor:
    """Shuozhou 四(二): each line by its own name, with the sentence of the terms."""

    def test_a_care_worker(self, family: Family, outside: Sandbox, read: Callable[..., str]) -> None:
        page = read(decided(family, outside, lines=[{**SURGERY, "cnt": 1, "pric": 90_000}, CARE]))
        assert told(page) == [
            "You paid yourself 50,000.00",
            "Not paid for: 护工费 − 10,000.00",
            "Counts as Compliant self-pay = 40,000.00",
            "Deductible of the year − 15,000.00",
            "Own share, 25% − 6,250.00",
            "Huiminbao pays 18,750.00",
        ]
        assert any("care workers" in aside.lower() for aside in asides(page))

    def test_class_8_what_lies_above_the_highest_price(
        self, family: Family, outside: Sandbox, read: Callable[..., str]
    ) -> None:
        """Two stents at 12,000.00; the filed list has 10,000.00 for one: 4,000.00 lie above it."""
        lines = [{**SURGERY, "cnt": 1, "pric": 76_000}, {**STENT, "cnt": 2, "pric": 12_000}]
        page = read(decided(family, outside, lines=lines))
        assert told(page) == [
            "You paid yourself 50,000.00",
            "药物洗脱冠状动脉支架: above its price limit − 4,000.00",
            "Counts as Compliant self-pay = 46,000.00",
            "Deductible of the year − 15,000.00",
            "Own share, 25% − 7,750.00",
            "Huiminbao pays 23,250.00",
        ]
        assert any("highest price" in aside for aside in asides(page))

    def test_a_stent_that_came_back_takes_its_part_with_it(
        self, family: Family, outside: Sandbox, read: Callable[..., str]
    ) -> None:
        """Three stents at 12,000.00, one returned: 4,000.00 lie above the highest price, not 6,000.00."""
        lines = [
            {**SURGERY, "cnt": 1, "pric": 76_000},
            {**STENT, "cnt": 3, "pric": 12_000},
            {**STENT, "cnt": -1, "pric": 12_000, "returns": 2},
        ]
        page = read(decided(family, outside, lines=lines))
        assert told(page)[1] == "药物洗脱冠状动脉支架: above its price limit − 4,000.00"

    @pytest.mark.parametrize(
        ("name", "found", "words"),
        [
            ("生活照料", "yes", "found when your claim was looked at on November 20: Read in the papers."),
            ("护工费", "no", "“护工费” was looked at and counts: Read in the papers."),
        ],
    )
    def test_what_a_reviewer_found_of_a_line_with_the_reason(
        self, family: Family, outside: Sandbox, read: Callable[..., str], name: str, found: str, words: str
    ) -> None:
        outside.put_stay(**{**STAY, "lines": [{**SURGERY, "cnt": 1, "pric": 90_000}, {**CARE, "name": name}]})
        claim = family.hands_in(MARCH, of="王桂英")
        family.takes(claim)
        family.finds(claim, "line.tags:nursing", found, bill=1, line=1)
        family.approves(claim, family.proposes(family.again(claim)))
        page = read(claim)
        assert words in page
        assert (f"Not paid for: {name} − 10,000.00" in told(page)) == (found == "yes")


def test_of_several_bills_each_has_its_own_and_the_year_goes_on(
    family: Family, outside: Sandbox, browser_of: Browser
) -> None:
    """Her hip pays 9,060.00 and uses the deductible up; of 10,000.00 for her knee 7,500.00 are paid: 16,560.00."""
    outside.control("POST", "stays", LI_SECOND_STAY)
    client = browser_of(family.li)
    client.cookies["look"] = "auto.normal.en"
    page = client.get(f"/claims/{family.is_approved(LI_HIP, LI_SECOND).number}/").content.decode()
    rows = [f"{label} {amount}" for label, amount in Slips(page).rows]
    second = rows.index("You paid yourself 10,000.00")
    assert rows[second : second + 3] == [
        "You paid yourself 10,000.00",
        "Own share, 25% − 2,500.00",
        "Huiminbao pays 7,500.00",
    ]
    assert rows[-1] == "Huiminbao pays 16,560.00"
