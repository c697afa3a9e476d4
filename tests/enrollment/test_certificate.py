"""The certificate: drawn once when asked for, true to the policy, verified by anybody who holds it (E11)."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from pypdf import PdfReader
from pytest_django import Settings

from core import clock
from enrollment import actions
from enrollment.certificate import certificate_pdf, verification_url
from enrollment.models import Policy, PolicyFile
from enrollment.selectors import policy_for
from enrollment.shown import policy_version
from people.relations import Relation
from tests.enrollment.helpers import Town
from tests.people.helpers import LI, MOTHER
from work.models import HumanTask


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", "").replace(" ", "")


def test_the_certificate_names_insured_payer_price_and_cover_and_masks_the_number(town: Town) -> None:
    li = town.resident(LI)
    [policy] = town.enrol(li, town.add(li, MOTHER, Relation.PARENT).relative)
    found = policy_for(li.actor, policy.number)
    text = text_of(certificate_pdf(found, lang="en", now=clock.now()))
    for words in (policy.number, "王桂英", "李秀兰", "100.00", "15,000", "411202********3286"):
        assert words in text, words
    assert "411202194309023286" not in text


def test_it_is_drawn_once_and_again_when_the_policy_changes(town: Town) -> None:
    li = town.resident(LI)
    [policy] = town.enrol(li, li.person)
    found = policy_for(li.actor, policy.number)
    first = certificate_pdf(found, lang="zh-CN", now=clock.now())
    assert certificate_pdf(found, lang="zh-CN", now=clock.now()) == first
    assert PolicyFile.objects.count() == 1
    actions.surrender_policy(policy=found, seen=policy_version(found), actor=li.actor, now=clock.now())
    certificate_pdf(policy_for(li.actor, policy.number), lang="zh-CN", now=clock.now())
    assert PolicyFile.objects.count() == 2


class TestTheKeptFile:
    @pytest.fixture
    def policy(self, town: Town, settings: Settings, tmp_path: Path) -> Policy:
        settings.MEDIA_ROOT = tmp_path / "files"
        li = town.resident(LI)
        [policy] = town.enrol(li, li.person)
        return policy_for(li.actor, policy.number)

    def test_lies_outside_the_database_where_its_row_takes_less_than_half_a_kilobyte(
        self, policy: Policy, settings: Settings
    ) -> None:
        pdf = drawn(policy)
        [lies] = objects_in(settings.MEDIA_ROOT)
        assert b"%PDF" not in lies.read_bytes()
        assert lies.stat().st_size >= len(pdf) > 50_000
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_column_size(kept.*) FROM enrollment_policyfile kept")
            assert cursor.fetchone()[0] < 512

    def test_may_be_deleted_at_any_time(self, policy: Policy, settings: Settings) -> None:
        drawn(policy)
        objects_in(settings.MEDIA_ROOT)[0].unlink()
        assert drawn(policy).startswith(b"%PDF")
        assert len(objects_in(settings.MEDIA_ROOT)) == PolicyFile.objects.count() == 1
        assert not HumanTask.objects.exists()

    def test_that_was_altered_is_told_to_people_and_drawn_anew(self, policy: Policy, settings: Settings) -> None:
        drawn(policy)
        [lies] = objects_in(settings.MEDIA_ROOT)
        lies.write_bytes(lies.read_bytes()[:-1] + b"x")
        assert drawn(policy).startswith(b"%PDF")
        task = HumanTask.objects.get()
        assert (task.kind, task.reason.partition(":")[0]) == ("file_lost", "altered")

    def test_with_the_storage_away_she_has_her_certificate_all_the_same(
        self, policy: Policy, settings: Settings
    ) -> None:
        before = drawn(policy)
        settings.STORAGES = {**settings.STORAGES, "sealed": {"BACKEND": "tests.privacy.test_sealed_files.Away"}}
        assert text_of(drawn(policy)) == text_of(before)


def drawn(policy: Policy) -> bytes:
    return certificate_pdf(policy, lang="zh-CN", now=clock.now())


def objects_in(folder: Path) -> list[Path]:
    return [path for path in Path(folder).rglob("*") if path.is_file()]


def test_whoever_holds_the_code_sees_that_it_is_genuine_and_a_masked_name_only(town: Town) -> None:
    li = town.resident(LI)
    [policy] = town.enrol(li, li.person)
    page = town.browse().get(reverse("enrollment:verify", args=[policy.verify_token]))
    text = page.content.decode()
    assert page.status_code == 200
    assert "李*兰" in text
    for secret in ("李秀兰", LI[1], LI[2], policy.number):
        assert secret not in text
    assert verification_url(policy).endswith(f"/verify/{policy.verify_token}/")


def test_a_guessed_code_says_only_that_it_is_unknown(town: Town) -> None:
    page = town.browse().get(reverse("enrollment:verify", args=["A" * 32]))
    assert page.status_code == 404
    assert page.context["policy"] is None


def test_an_unpaid_policy_does_not_verify_and_a_surrendered_one_says_so(town: Town) -> None:
    li = town.resident(LI)
    order = town.place(li, li.person)
    policy = order.lines.get().policy
    browser = town.browse()
    url = reverse("enrollment:verify", args=[policy.verify_token])
    assert browser.get(url).status_code == 404
    town.work()
    assert browser.get(url).status_code == 200
    policy.refresh_from_db()
    actions.surrender_policy(policy=policy, seen=policy_version(policy), actor=li.actor, now=clock.now())
    page = browser.get(url)
    assert page.status_code == 200
    assert page.context["policy"].state == "surrendered"
    assert page.context["in_force"] is False
