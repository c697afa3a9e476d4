"""Residents sign in with a phone number and a texted code."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import record_consent, request_login_code, verify_login_code
from accounts.models import Consent, LoginCode, User
from accounts.notices import account_notice
from core import clock
from core.errors import DomainError, NotAllowed
from messaging.models import SmsMessage
from tests.accounts.people import resident, texted_code
from work.models import OutboxMessage

pytestmark = pytest.mark.django_db

LI = "13900001001"
ZHAO = "13900001009"
ADDRESS = "203.0.113.7"


def ask(phone: str = LI, *, ip: str = ADDRESS, now=None):
    return request_login_code(phone=phone, ip=ip, now=now or clock.now())


def refusal(call, *args, **kwargs) -> str:
    with pytest.raises(DomainError) as caught:
        call(*args, **kwargs)
    return caught.value.code


class TestTheWholeWay:
    def test_li_signs_in_for_the_first_time_and_comes_back_to_the_page_she_wanted(self, client: Client):
        address = f"{reverse('accounts:sign_in')}?next={reverse('accounts:correct_name')}"
        assert not client.get(address).cookies.get("sessionid"), "who only looks is not remembered"
        asked = client.post(address, {"phone": "139 0000 1001"})  # the form goes back to where it came from
        assert asked.url == reverse("accounts:code")
        assert "139****1001" in client.get(asked.url).content.decode()

        entered = client.post(asked.url, {"code": texted_code(LI)})
        assert entered.url == reverse("accounts:notice"), "the privacy notice comes once, before everything else"
        elsewhere = client.get(reverse("accounts:my_data"))
        assert elsewhere.url == reverse("accounts:notice"), "and cannot be walked around"

        client.get(reverse("accounts:correct_name"))
        agreed = client.post(reverse("accounts:notice"), {"answer": "agree"})
        assert agreed.url == reverse("accounts:correct_name")
        assert client.get(agreed.url).status_code == 200

        li = User.objects.get()
        said = Consent.objects.get(user=li)
        assert (said.purpose, said.granted, said.notice_sha256) == ("account", True, account_notice().sha256)

    def test_the_second_time_she_is_not_asked_for_the_notice_again(self, client: Client):
        li, notice = resident(LI), account_notice()
        record_consent(
            user=li,
            purpose=notice.purpose,
            notice_version=notice.version,
            notice_sha256=notice.sha256,
            granted=True,
            now=clock.now(),
        )
        client.post(reverse("accounts:sign_in"), {"phone": LI})
        entered = client.post(reverse("accounts:code"), {"code": texted_code(LI)})
        assert entered.url == reverse("portal:home")

    def test_who_does_not_agree_is_signed_out(self, client: Client):
        client.post(reverse("accounts:sign_in"), {"phone": LI})
        client.post(reverse("accounts:code"), {"code": texted_code(LI)})
        client.post(reverse("accounts:notice"), {"answer": "decline"})
        assert reverse("accounts:sign_in") in client.get(reverse("accounts:my_data")).url
        assert not Consent.objects.exists()

    def test_a_foreign_address_to_come_back_to_is_ignored(self, client: Client):
        client.post(f"{reverse('accounts:sign_in')}?next=https://evil.example/", {"phone": LI})
        client.post(reverse("accounts:code"), {"code": texted_code(LI)})
        assert client.post(reverse("accounts:notice"), {"answer": "agree"}).url == reverse("portal:home")

    def test_a_double_click_on_send_leads_to_where_the_code_is_typed(self, client: Client):
        assert client.post(reverse("accounts:sign_in"), {"phone": LI}).url == reverse("accounts:code")
        assert client.post(reverse("accounts:sign_in"), {"phone": LI}).url == reverse("accounts:code")
        assert SmsMessage.objects.count() == 1

    def test_the_code_field_can_be_filled_by_the_phone_itself(self, client: Client):
        client.post(reverse("accounts:sign_in"), {"phone": LI})
        page = client.get(reverse("accounts:code")).content.decode()
        assert 'autocomplete="one-time-code"' in page
        assert 'inputmode="numeric"' in page

    def test_signing_in_changes_the_session_key(self, client: Client):
        client.post(reverse("accounts:sign_in"), {"phone": LI})
        before = client.session.session_key
        client.post(reverse("accounts:code"), {"code": texted_code(LI)})
        assert client.session.session_key != before


class TestTheCode:
    @pytest.mark.parametrize(
        "typed", [lambda c: "".join(chr(ord(d) + 0xFEE0) for d in c), lambda c: f" {c[:3]}-{c[3:]} "]
    )
    def test_it_is_read_as_a_keyboard_writes_it(self, typed):
        """Full-width digits, blanks and dashes: from an input method, or copied from the message."""
        ask()
        assert verify_login_code(phone=LI, code=typed(texted_code(LI)), ip=ADDRESS, now=clock.now()).phone == LI

    def test_it_is_good_once(self):
        now = clock.now()
        ask(now=now)
        code = texted_code(LI)
        assert verify_login_code(phone=LI, code=code, ip=ADDRESS, now=now).kind == User.Kind.RESIDENT
        assert refusal(verify_login_code, phone=LI, code=code, ip=ADDRESS, now=now) == "login_code_wrong"
        assert User.objects.count() == 1

    @pytest.mark.parametrize(
        ("after", "good"), [(timedelta(minutes=5) - timedelta(seconds=1), True), (timedelta(minutes=5), False)]
    )
    def test_it_is_good_for_five_minutes_and_not_a_second_more(self, after, good):
        now = clock.now()
        ask(now=now)
        code = texted_code(LI)
        if good:
            assert verify_login_code(phone=LI, code=code, ip=ADDRESS, now=now + after)
        else:
            assert refusal(verify_login_code, phone=LI, code=code, ip=ADDRESS, now=now + after) == "login_code_wrong"

    def test_the_fifth_try_may_be_right(self):
        now = clock.now()
        ask(now=now)
        code = texted_code(LI)
        for wrong in wrong_codes(code, 4):
            assert refusal(verify_login_code, phone=LI, code=wrong, ip=ADDRESS, now=now) == "login_code_wrong"
        assert verify_login_code(phone=LI, code=code, ip=ADDRESS, now=now)

    def test_after_five_wrong_tries_the_right_one_is_too_late(self):
        now = clock.now()
        ask(now=now)
        code = texted_code(LI)
        told = [refusal(verify_login_code, phone=LI, code=wrong, ip=ADDRESS, now=now) for wrong in wrong_codes(code, 5)]
        assert told == ["login_code_wrong"] * 4 + ["login_code_exhausted"]
        assert refusal(verify_login_code, phone=LI, code=code, ip=ADDRESS, now=now) == "login_code_exhausted"

    def test_a_newer_code_replaces_the_older_one(self):
        now = clock.now()
        ask(now=now)
        older = texted_code(LI)
        ask(now=now + timedelta(minutes=1))
        if older != texted_code(LI):
            later = now + timedelta(minutes=1)
            assert refusal(verify_login_code, phone=LI, code=older, ip=ADDRESS, now=later) == "login_code_wrong"

    def test_it_opens_only_the_phone_it_was_sent_to(self):
        now = clock.now()
        ask(LI, now=now)
        ask(ZHAO, now=now)
        code = texted_code(LI)
        if code != texted_code(ZHAO):
            assert refusal(verify_login_code, phone=ZHAO, code=code, ip=ADDRESS, now=now) == "login_code_wrong"

    def test_a_blocked_person_is_told_so_only_after_proving_her_phone(self):
        li = resident(LI)
        User.objects.filter(pk=li.pk).update(is_active=False)
        now = clock.now()
        ask(now=now)
        with pytest.raises(NotAllowed) as caught:
            verify_login_code(phone=LI, code=texted_code(LI), ip=ADDRESS, now=now)
        assert caught.value.code == "account_closed"

    def test_neither_phone_nor_code_nor_address_is_kept_readable(self, django_assert_num_queries):
        from django.db import connection

        ask()
        code = texted_code(LI)
        with connection.cursor() as cursor:
            cursor.execute("SELECT row_to_json(t)::text FROM accounts_logincode t")
            row = cursor.fetchone()[0]
            cursor.execute("SELECT row_to_json(t)::text FROM messaging_smsmessage t")
            message = cursor.fetchone()[0]
        for secret in (LI, ADDRESS, f'"{code}"'):
            assert secret not in row
            assert secret not in message
        payload = OutboxMessage.objects.get(topic="sms.send").payload
        assert set(payload) == {"sms_id"}


class TestWhoAsksTooOften:
    def test_one_code_a_minute(self):
        now = clock.now()
        ask(now=now)
        assert refusal(ask, now=now + timedelta(seconds=59)) == "code_just_sent"
        ask(now=now + timedelta(seconds=60))

    def test_five_codes_an_hour(self):
        now = clock.now()
        for minute in range(5):
            ask(now=now + timedelta(minutes=minute))
        assert refusal(ask, now=now + timedelta(minutes=59)) == "codes_per_hour"
        ask(now=now + timedelta(minutes=60))

    def test_ten_codes_a_day(self):
        now = clock.now()
        for half_hour in range(10):
            ask(now=now + timedelta(minutes=30 * half_hour))
        assert refusal(ask, now=now + timedelta(hours=23, minutes=59)) == "codes_per_day"
        ask(now=now + timedelta(hours=24))

    def test_an_address_that_asks_for_many_phones(self):
        now = clock.now()
        LoginCode.objects.bulk_create(
            LoginCode(
                phone_index=f"{i}",
                ip_index=ask_index(),
                code_hash="",
                created_at=now,
                expires_at=now + timedelta(minutes=5),
            )
            for i in range(60)
        )
        assert refusal(ask, now=now) == "codes_per_address"
        ask(ip="203.0.113.8", now=now)

    def test_other_people_are_not_kept_waiting(self):
        now = clock.now()
        ask(LI, now=now)
        ask(ZHAO, now=now)

    def test_a_refused_request_sends_nothing(self):
        now = clock.now()
        ask(now=now)
        refusal(ask, now=now)
        assert SmsMessage.objects.count() == LoginCode.objects.count() == 1


class TestStrangersLearnNothing:
    """Asking and failing look the same for a customer's number and for anybody's."""

    def test_asking(self, client: Client):
        resident(LI)
        pages = []
        for phone in (LI, ZHAO):
            browser = Client()
            answer = browser.post(reverse("accounts:sign_in"), {"phone": phone})
            page = browser.get(answer.url).content.decode()
            pages.append((answer.status_code, answer.url, page.replace(phone[-4:], "????")))
        assert strip_tokens(pages[0][2]) == strip_tokens(pages[1][2])
        assert pages[0][:2] == pages[1][:2]

    def test_asking_costs_the_same_statements(self, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        resident(LI)
        counts = []
        for phone in (LI, ZHAO):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                ask(phone)
            counts.append(len(queries))
        assert counts[0] == counts[1]

    def test_a_wrong_code(self):
        resident(LI)
        now = clock.now()
        ask(LI, now=now)
        ask(ZHAO, now=now)
        told = {refusal(verify_login_code, phone=phone, code="12", ip=ADDRESS, now=now) for phone in (LI, ZHAO)}
        told.add(refusal(verify_login_code, phone="13900001010", code="12", ip=ADDRESS, now=now))
        assert told == {"login_code_wrong"}

    def test_the_code_page_opens_only_for_the_browser_that_asked(self, client: Client):
        ask()
        assert client.get(reverse("accounts:code")).url == reverse("accounts:sign_in")


@pytest.mark.parametrize("typed", ["12345", "23900001001", "1390000100", "phone", ""])
def test_what_is_no_phone_number_is_explained_and_changes_nothing(client: Client, typed: str):
    answer = client.post(reverse("accounts:sign_in"), {"phone": typed})
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()
    assert not LoginCode.objects.exists()


def wrong_codes(code: str, count: int) -> list[str]:
    return [f"{(int(code) + step) % 1_000_000:06d}" for step in range(1, count + 1)]


def ask_index() -> str:
    from accounts.digests import address_digest

    return address_digest(ADDRESS)


def strip_tokens(page: str) -> str:
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
