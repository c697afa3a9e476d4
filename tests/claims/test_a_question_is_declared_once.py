"""A question of the claim form is one declaration (claims.questions). From it follow the form, the page before handing
in, the desk, the letter, the copy of "my data" and the register of personal data: for every question there is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from accounts.models import User
from claims import actions, letters
from claims.models import Claim, Incident
from claims.my_data import section
from claims.questions import QUESTIONS, Question, asked, said
from core import clock
from core.errors import DomainError
from privacy import register
from privacy.fields import sealed_values
from privacy.register import Exported, Personal
from tests.claims.people import LI_HIP, WANG_DIABETES, Family, answers_with, desk_page

Browser = Callable[[User], Client]


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def in_english(client: Client) -> Client:
    client.cookies["look"] = "auto.normal.en"
    return client


def test_every_column_is_a_question_and_every_question_a_column() -> None:
    columns = {field.name for field in Incident._meta.concrete_fields} - {"id", "claim"}
    assert columns == {question.name for question in QUESTIONS}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
class TestEveryQuestion:
    def test_stands_on_every_page_and_in_the_letter(
        self, family: Family, browser_of: Browser, question: Question
    ) -> None:
        answers = answers_with(question)
        says, answer = str(question.says), question.shown(answers[question.name])
        claim = family.completes(family.starts(LI_HIP))
        family.says(claim, **answers)
        li = browser_of(family.li)
        form = text_of(li, f"/claims/{claim.number}/what-happened/")
        assert str(question.asks) in form
        assert f'name="{question.name}"' in form
        for page in (
            text_of(li, f"/claims/{claim.number}/check/"),
            text_of(browser_of(family.zhou), f"/admin/claims/claim/{self.submitted(family, claim).pk}/change/"),
        ):
            assert says in page
            assert answer in page
        rows = {(row.label, row.value) for row in said(family.again(claim))}
        assert (says, answer) in rows
        in_letter = {(row.label, row.value) for row in letters.declined_context(family.again(claim))["said"]}
        assert ((says, answer) in in_letter) == question.in_letter

    @staticmethod
    def submitted(family: Family, claim: Claim) -> Claim:
        return family.submits(family.again(claim))

    def test_is_in_the_copy_of_my_data_where_the_register_says(self, family: Family, question: Question) -> None:
        answers = answers_with(question)
        claim = family.says(family.starts(LI_HIP), **answers)
        declared: Any = register.declaration_of(apps.get_model("claims.incident"), question.name)
        assert isinstance(declared, Personal)
        assert isinstance(declared.exported, Exported)
        found: Any = {"claims": section(family.li.pk)}
        for key in declared.exported.path.split("."):
            found = found[key.removesuffix("[]")]
            found = found[0] if key.endswith("[]") else found
        assert (claim.number, found) == (section(family.li.pk)[0]["number"], answers[question.name])

    def test_when_needed_is_missed_before_handing_in(self, family: Family, question: Question) -> None:
        if not question.needed:
            return
        answers = answers_with(question)
        claim = family.completes(family.starts(LI_HIP))
        row, said_but_this = Incident.objects.get(claim=claim), {**answers, question.name: ""}
        Incident.objects.filter(pk=row.pk).update(**sealed_values(row, said_but_this))
        left = asked(claim, {**answers, question.name: ""})
        if question not in left:
            return  # without its own answer it is asked no more
        with pytest.raises(DomainError) as refusal:
            family.submits(family.again(claim))
        assert refusal.value.code == "answers_missing"


def test_an_illness_is_two_questions(family: Family, browser_of: Browser) -> None:
    claim, li = family.starts(LI_HIP), browser_of(family.li)
    address = f"/claims/{claim.number}/what-happened/"
    page = text_of(li, address)
    assert page.count("<fieldset") == 2
    assert li.post(address, {}).status_code == 400
    assert li.post(address, {"cause": "a dare", "other_insurance": "no"}).status_code == 400
    assert li.post(address, {"cause": "illness"}).status_code == 400
    assert li.post(address, {"cause": "illness", "other_insurance": "no"}).url == f"/claims/{claim.number}/papers/"


def test_after_an_accident_the_page_asks_on_and_forgets_what_is_asked_no_more(
    family: Family, browser_of: Browser
) -> None:
    claim, li = family.starts(LI_HIP), in_english(browser_of(family.li))
    address = f"/claims/{claim.number}/what-happened/"
    assert li.post(address, {"cause": "traffic", "other_insurance": "no"}).url == address
    assert "Does somebody else have to answer for it?" in text_of(li, address)
    li.post(address, {**answers_with(QUESTIONS[1]), "cause": "traffic", "third_party": "yes"})
    assert Incident.objects.get().third_party == "yes"
    li.post(address, {"cause": "illness", "third_party": "yes", "other_insurance": "no"})
    assert (Incident.objects.get().cause, Incident.objects.get().third_party) == ("illness", "")


def test_a_long_term_illness_is_not_asked_how_it_happened(family: Family, browser_of: Browser) -> None:
    claim = family.completes(family.starts(WANG_DIABETES, of="王桂英"))
    page = text_of(browser_of(family.li), f"/claims/{claim.number}/what-happened/")
    assert page.count("<fieldset") == 1
    assert "是否有其他商业保险赔付" in page
    assert family.submits(claim).submitted_at


def test_who_says_it_was_somebody_elses_fault_is_looked_at(family: Family, browser_of: Browser) -> None:
    claim = family.completes(family.starts(LI_HIP))
    family.says(claim, **{**answers_with(QUESTIONS[1]), "cause": "traffic", "third_party": "unsure"})
    family.submits(family.again(claim))
    page = text_of(in_english(browser_of(family.zhou)), f"/admin/claims/claim/{claim.pk}/change/")
    assert "A traffic accident · Somebody else responsible I do not know yet" in page
    assert claim.checks.get(code="not_an_injury").result == "LOOK"


def test_a_stranger_and_a_name_that_is_no_question_are_refused(family: Family, browser_of: Browser) -> None:
    claim = family.starts(LI_HIP)
    assert browser_of(family.zhao).get(f"/claims/{claim.number}/what-happened/").status_code == 404
    for answers, code in (({"shoe_size": "38"}, "answer_unknown"), ({"cause": " "}, "answer_missing")):
        with pytest.raises(DomainError) as refusal:
            actions.answer_questions(claim=claim, answers=answers, actor=family.li.actor(), now=clock.now())
        assert refusal.value.code == code


def test_what_was_handed_in_is_answered_no_more_until_papers_are_asked_for(family: Family) -> None:
    claim = family.hands_in(LI_HIP)
    with pytest.raises(DomainError) as refusal:
        family.says(claim, cause="illness")
    assert refusal.value.code == "claim_not_editable"
    family.takes(claim)
    asks = {"items": ["ID_CARD"], "message": "", "actor": family.zhou.actor(), "now": clock.now()}
    actions.request_materials(claim=claim, seen=desk_page(claim), **asks)
    family.says(claim, cause="illness")
