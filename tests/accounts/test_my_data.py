"""My data: see, copy, correct, take consents back, leave."""

import json
from datetime import date

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import notices, retention
from accounts.actions import (
    close_account,
    record_consent,
    request_name_correction,
    settle_name_correction,
    withdraw_consent,
)
from accounts.lifecycle import DATA_REQUEST_LIFECYCLE, DataRequestState
from accounts.models import Consent, DataRequest, IdentityReveal, User
from accounts.selectors import has_consented
from core import clock
from core.errors import Conflict, DomainError, IllegalTransition, NotAllowed, NotFound
from tests.accounts.people import resident, signed_in, staff
from work.models import HumanTask

pytestmark = pytest.mark.django_db


@pytest.fixture
def li() -> User:
    return resident("13900001001", "李秀兰")


def say(user: User, purpose: str, granted: bool = True, version: str = "1") -> None:
    record_consent(
        user=user, purpose=purpose, notice_version=version, notice_sha256="0" * 64, granted=granted, now=clock.now()
    )


class TestSeeing:
    def test_li_sees_her_data_masked(self, li: User):
        page = signed_in(li).get(reverse("accounts:my_data")).content.decode()
        assert "139****1001" in page
        assert "13900001001" not in page
        assert "李*兰" in page

    def test_signed_out_it_asks_to_sign_in(self, client):
        assert client.get(reverse("accounts:my_data")).url.startswith(reverse("accounts:sign_in"))

    def test_staff_have_no_such_page(self):
        assert signed_in(staff("zhoumin", "claims_reviewer")).get(reverse("accounts:my_data")).status_code == 403

    def test_the_page_costs_few_statements(self, li: User):
        client = signed_in(li)
        client.get(reverse("accounts:my_data"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("accounts:my_data"))
        # The frame of the page (product, insurers) is the site's to count.
        own = [query for query in queries if '"accounts_' in query["sql"]]
        assert len(own) <= 4, own


class TestCopying:
    def test_the_copy_is_complete_and_its_making_on_record(self, li: User):
        say(li, "reminders")
        answer = signed_in(li).post(reverse("accounts:my_data_copy"))
        copy = json.loads(answer.content)
        assert copy["account"]["phone"] == "13900001001"
        assert copy["account"]["display_name"] == "李秀兰"
        assert [c["purpose"] for c in copy["consents"]] == ["reminders"]
        assert "attachment" in answer["Content-Disposition"]
        assert "no-store" in answer["Cache-Control"]
        assert IdentityReveal.objects.filter(actor=li).count() == 2

    def test_other_rooms_add_what_they_hold(self, li: User):
        from accounts import my_data

        def claims(user_id: int) -> list[dict[str, object]]:
            return [{"number": "CL-2026-0000001", "of": user_id}]

        with my_data.parts.replaced("claims", my_data.Part(claims, "理赔")):
            copy = json.loads(signed_in(li).post(reverse("accounts:my_data_copy")).content)
        assert copy["claims"] == [{"number": "CL-2026-0000001", "of": li.pk}]

    def test_a_link_fetched_ahead_makes_none(self, li: User):
        assert signed_in(li).get(reverse("accounts:my_data_copy")).status_code == 405
        assert not IdentityReveal.objects.exists()


class TestCorrectingTheName:
    def test_asked_by_li_accepted_by_liu(self, li: User):
        liu = staff("wangdian", "operator")
        signed_in(li).post(reverse("accounts:correct_name"), {"name": " 李 秀蘭 "})
        request = DataRequest.objects.get()
        assert (request.wanted, request.state) == ("李秀蘭", DataRequestState.OPEN)
        assert HumanTask.objects.get().kind == "accounts.data_request"
        settle_name_correction(request=request, accept=True, answer="", actor=liu.actor(), now=clock.now())
        assert User.objects.get(pk=li.pk).display_name == "李秀蘭"
        assert [event.name for event in request.events.all()] == ["data_request.done"]

    def test_a_refusal_carries_its_reason_to_her_page(self, li: User):
        liu = staff("wangdian", "operator")
        request = request_name_correction(user=li, name="某某", actor=li.actor(), now=clock.now())
        with pytest.raises(DomainError) as caught:
            settle_name_correction(request=request, accept=False, answer=" ", actor=liu.actor(), now=clock.now())
        assert caught.value.code == "answer_missing"
        settle_name_correction(
            request=request, accept=False, answer="与身份证不一致", actor=liu.actor(), now=clock.now()
        )
        assert "与身份证不一致" in signed_in(li).get(reverse("accounts:my_data")).content.decode()
        with pytest.raises(IllegalTransition):
            settle_name_correction(request=request, accept=True, answer="", actor=liu.actor(), now=clock.now())

    def test_a_rare_character_is_taken_as_it_is(self, li: User):
        request = request_name_correction(user=li, name="𠅤䶮", actor=li.actor(), now=clock.now())
        assert DataRequest.objects.get(pk=request.pk).wanted == "𠅤䶮"

    def test_one_open_request_at_a_time(self, li: User):
        request_name_correction(user=li, name="李兰", actor=li.actor(), now=clock.now())
        with pytest.raises(Conflict) as caught:
            request_name_correction(user=li, name="李兰", actor=li.actor(), now=clock.now())
        assert caught.value.code == "request_is_open"

    @pytest.mark.parametrize(("name", "code"), [("  ", "name_missing"), ("兰" * 65, "name_too_long")])
    def test_bad_input(self, li: User, name: str, code: str):
        with pytest.raises(DomainError) as caught:
            request_name_correction(user=li, name=name, actor=li.actor(), now=clock.now())
        assert caught.value.code == code

    def test_she_cannot_settle_it_herself(self, li: User):
        request = request_name_correction(user=li, name="李兰", actor=li.actor(), now=clock.now())
        with pytest.raises(NotAllowed):
            settle_name_correction(request=request, accept=True, answer="", actor=li.actor(), now=clock.now())

    def test_every_state_of_a_request_appears_in_its_table(self):
        assert DATA_REQUEST_LIFECYCLE.reachable_states == set(DataRequestState.values)


class TestConsents:
    def test_the_newest_word_counts_and_the_older_stay(self, li: User):
        say(li, "reminders")
        withdraw_consent(user=li, purpose="reminders", now=clock.now())
        assert not has_consented(user=li, purpose="reminders", notice_version="1")
        say(li, "reminders")
        assert has_consented(user=li, purpose="reminders", notice_version="1")
        assert [c.granted for c in Consent.objects.order_by("id")] == [True, False, True]

    def test_a_new_version_has_to_be_agreed_to_anew(self, li: User):
        say(li, "reminders", version="1")
        assert not has_consented(user=li, purpose="reminders", notice_version="2")

    def test_saying_the_same_twice_adds_no_row(self, li: User):
        say(li, "reminders")
        say(li, "reminders")
        assert Consent.objects.count() == 1

    def test_switching_reminders_on_and_off_on_the_page(self, li: User):
        client, address = signed_in(li), reverse("accounts:change_consent", args=["reminders"])
        client.post(address, {"answer": "agree"})
        notice = notices.notice_for("reminders")
        assert has_consented(user=li, purpose="reminders", notice_version=notice.version)
        client.post(address, {"answer": "withdraw"})
        assert not has_consented(user=li, purpose="reminders", notice_version=notice.version)

    def test_what_was_never_given_cannot_be_taken_back(self, li: User):
        with pytest.raises(NotFound):
            withdraw_consent(user=li, purpose="reminders", now=clock.now())

    def test_the_accounts_own_consent_ends_with_the_account(self, li: User):
        say(li, notices.ACCOUNT)
        with pytest.raises(DomainError) as caught:
            withdraw_consent(user=li, purpose=notices.ACCOUNT, now=clock.now())
        assert caught.value.code == "consent_is_needed"

    def test_the_record_cannot_be_changed(self, li: User):
        say(li, "reminders", granted=False)
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            Consent.objects.update(granted=True)

    def test_a_published_notice_keeps_its_words(self):
        """Changing a text needs a new version and a new file; these digests are in people's consents."""
        published = {
            ("account", "2026-12"): "9542c456c2a0c506f6355eef2049ecdb49f944448f53f6933e0e8f9b5af5839e",
            ("reminders", "2026-09"): "65cfa03cee38cc41e54810fd8ae7e04dafe64a9e45a57cb70d0e8bcc0ba2ebc1",
        }
        for (purpose, version), digest in published.items():
            notice = notices.notice_for(purpose)
            assert (notice.version, notice.sha256) == (version, digest)


class TestLeaving:
    def test_nothing_personal_stays(self, li: User):
        client = signed_in(li)
        request_name_correction(user=li, name="李兰", actor=li.actor(), now=clock.now())
        assert client.post(reverse("accounts:leave")).url == reverse("portal:home")
        gone = User.objects.get(pk=li.pk)
        assert (gone.phone, gone.phone_index, gone.display_name, gone.is_active) == ("", None, "", False)
        assert {(r.kind, r.state, r.wanted) for r in DataRequest.objects.all()} == {
            ("CORRECT_NAME", "REFUSED", ""),
            ("CLOSE_ACCOUNT", "DONE", ""),
        }
        assert client.get(reverse("accounts:my_data")).url.startswith(reverse("accounts:sign_in"))
        assert User.objects.with_phone("13900001001") is None, "the same phone may start anew"

    def test_with_a_policy_the_law_comes_first_and_she_is_told_until_when(self, li: User):
        hold = retention.Hold("您的保单资料按《保险法》第八十七条保存五年。", date(2032, 1, 1))
        with retention.rooms_that_hold.replaced("enrollment", lambda user_id: [hold]):
            answer = signed_in(li).post(reverse("accounts:leave"))
        assert answer.status_code == 409
        assert "2032-01-01" in answer.content.decode()
        assert User.objects.get(pk=li.pk).phone == "13900001001"
        assert DataRequest.objects.get().state == DataRequestState.REFUSED

    def test_looking_at_the_page_deletes_nothing(self, li: User):
        signed_in(li).get(reverse("accounts:leave"))
        assert User.objects.get(pk=li.pk).is_active

    def test_staff_leave_otherwise(self):
        zhou = staff("zhoumin", "claims_reviewer")
        with pytest.raises(NotAllowed):
            close_account(user=zhou, actor=zhou.actor(), now=clock.now())
