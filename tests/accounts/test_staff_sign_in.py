"""Staff sign in with a password and an authenticator app; no page of the admin opens with less."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.actions import confirm_authenticator, prepare_authenticator, reset_second_factor, verify_second_factor
from accounts.models import Authenticator, BackupCode, User
from core import clock
from core.access import access_of
from core.errors import Conflict, DomainError, NotAllowed
from tests.accounts.people import PASSWORD, app_code, resident, signed_in, staff

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"


@pytest.fixture
def zhou() -> User:
    """周敏, a reviewer who has set up her authenticator."""
    return staff("zhoumin", "claims_reviewer")


def secret_of(user: User) -> str:
    return Authenticator.objects.get(user=user).secret


def give_password(client: Client, username: str, password: str = PASSWORD, **extra):
    return client.post(LOGIN, {"username": username, "password": password}, **extra)


class TestTheWholeWay:
    def test_password_then_app_then_the_page_she_wanted(self, client: Client, zhou: User):
        wanted = reverse("admin:password_change")
        asked = client.get(wanted)
        assert asked.url.startswith(LOGIN)
        client.get(asked.url)
        assert give_password(client, "zhoumin").url == reverse("accounts:second_factor")
        given = client.post(reverse("accounts:second_factor"), {"token": app_code(secret_of(zhou))})
        assert given.url == wanted
        assert client.get(wanted).status_code == 200

    @pytest.mark.parametrize("address", ["https://evil.example/admin/", "//evil.example/admin/", "javascript:alert(1)"])
    def test_a_link_that_leads_elsewhere_afterwards_leads_to_the_desk(self, client: Client, zhou: User, address: str):
        """Zhou follows a mail's link to the real sign-in page; a false one must not be what she sees next."""
        client.get(LOGIN, {"next": address})
        give_password(client, "zhoumin")
        given = client.post(reverse("accounts:second_factor"), {"token": app_code(secret_of(zhou))})
        assert given.url == reverse("admin:index")

    def test_a_new_colleague_sets_up_her_app_and_gets_backup_codes_once(self, client: Client):
        User.objects.create_staff(username="xinren", password=PASSWORD)
        assert give_password(client, "xinren").url == reverse("accounts:second_factor")
        assert client.get(reverse("accounts:second_factor")).url == reverse("accounts:enrol_authenticator")
        page = client.get(reverse("accounts:enrol_authenticator")).content.decode()
        secret = Authenticator.objects.get().secret
        assert "<svg" in page
        assert " ".join(secret[i : i + 4] for i in range(0, 32, 4)) in page

        again = client.get(reverse("accounts:enrol_authenticator")).content.decode()
        assert secret[:4] in again, "reloading the page keeps the secret that was scanned"

        done = client.post(reverse("accounts:enrol_authenticator"), {"token": app_code(secret)})
        assert done.content.decode().count("<li>") >= 10
        assert client.get(reverse("admin:index")).status_code == 200
        assert secret not in client.get(reverse("accounts:enrol_authenticator"), follow=True).content.decode()

    def test_a_backup_code_opens_once(self, client: Client):
        xin = User.objects.create_staff(username="xinren", password=PASSWORD)
        prepared = prepare_authenticator(user=xin)
        _device, codes = confirm_authenticator(user=xin, token=app_code(prepared.secret), now=clock.now())
        assert len(set(codes)) == 10
        assert not BackupCode.objects.filter(code_hash__in=codes).exists(), "only digests are kept"

        give_password(client, "xinren")
        assert client.post(reverse("accounts:second_factor"), {"token": codes[0].upper()}).status_code == 302
        assert client.get(reverse("admin:index")).status_code == 200
        with pytest.raises(DomainError):
            verify_second_factor(user=xin, token=codes[0])


class TestWithThePasswordAlone:
    """Whoever stole a password has nothing yet."""

    def every_admin_page(self) -> list[str]:
        addresses = []
        for pattern in admin.site.get_urls():
            if (access_of(pattern.callback) or pattern.callback) and pattern.name and not pattern.pattern.converters:
                addresses.append(f"/admin/{pattern.pattern}")
        for model in admin.site._registry:
            addresses.append(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
        return [a for a in addresses if not a.endswith(("login/", "logout/"))]

    def test_no_page_of_the_admin_opens(self, client: Client, zhou: User):
        give_password(client, "zhoumin")
        pages = self.every_admin_page()
        assert len(pages) > 8
        for page in pages:
            answer = client.get(page)
            assert (answer.status_code, answer.url) == (302, reverse("accounts:second_factor")), page

    def test_with_both_the_same_pages_open_or_refuse_by_role(self, zhou: User):
        client = signed_in(zhou)
        assert client.get(reverse("admin:index")).status_code == 200
        assert client.get(reverse("admin:accounts_user_changelist")).status_code == 403

    def test_it_gives_no_permission_anywhere_else(self, client: Client):
        security = staff("anquan", "security")
        give_password(client, "anquan")
        li = resident()
        answer = client.get(reverse("accounts:reveal", args=["accounts.user", li.pk, "phone"]))
        assert answer.url == reverse("accounts:second_factor")
        assert security.permissions, "though the role itself holds some"

    def test_it_cannot_bring_another_app(self, client: Client, zhou: User):
        give_password(client, "zhoumin")
        assert client.get(reverse("accounts:enrol_authenticator")).url == reverse("accounts:second_factor")
        posted = client.post(reverse("accounts:enrol_authenticator"), {"token": "000000"})
        assert posted.url == reverse("accounts:second_factor")
        with pytest.raises(Conflict) as caught:
            prepare_authenticator(user=zhou)
        assert caught.value.code == "authenticator_exists"

    def test_a_colleagues_device_does_not_count(self, zhou: User):
        wang = staff("wanglei", "claims_approver")
        client = signed_in(zhou)
        session = client.session
        session["otp_device_id"] = Authenticator.objects.get(user=wang).persistent_id
        session.save()
        assert client.get(reverse("admin:index")).status_code == 302


class TestTheCodeOfTheApp:
    def test_it_is_good_once(self, zhou: User):
        code = app_code(secret_of(zhou))
        verify_second_factor(user=zhou, token=code)
        with pytest.raises(DomainError) as caught:
            verify_second_factor(user=zhou, token=code)
        assert caught.value.code == "second_factor_wrong"

    def test_a_wrong_one_makes_the_next_wait(self, zhou: User):
        with pytest.raises(DomainError) as first:
            verify_second_factor(user=zhou, token=wrong(secret_of(zhou)))
        with pytest.raises(DomainError) as second:
            verify_second_factor(user=zhou, token=app_code(secret_of(zhou)))
        assert (first.value.code, second.value.code) == ("second_factor_wrong", "second_factor_wait")

    def test_of_ten_minutes_ago_it_is_refused(self, zhou: User):
        with pytest.raises(DomainError):
            verify_second_factor(user=zhou, token=app_code(secret_of(zhou), steps_ahead=-20))

    def test_the_secret_is_not_readable_in_the_database(self, zhou: User, django_assert_num_queries):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT secret FROM accounts_authenticator")
            stored = cursor.fetchone()[0]
        assert stored[0] == 1
        assert secret_of(zhou).encode() not in stored

    def test_resetting_it_needs_a_second_person_and_ends_open_sessions(self, zhou: User):
        wu = staff("anquan", "security")
        client = signed_in(zhou)
        assert client.get(reverse("admin:index")).status_code == 200
        with pytest.raises(NotAllowed):
            reset_second_factor(user=wu, actor=wu.actor())
        with pytest.raises(NotAllowed):
            reset_second_factor(user=wu, actor=zhou.actor())
        reset_second_factor(user=zhou, actor=wu.actor())
        assert client.get(reverse("admin:index")).url == reverse("accounts:second_factor")


class TestWrongPasswords:
    def test_after_five_the_page_says_what_to_do_and_the_right_one_does_not_help(self, client: Client, zhou: User):
        for _ in range(4):
            assert give_password(client, "zhoumin", "wrong").status_code == 422
        locked = give_password(client, "zhoumin", "wrong")
        assert locked.status_code == 429
        assert "15" in locked.content.decode()
        assert give_password(client, "zhoumin").status_code == 429

    def test_another_address_is_not_locked(self, client: Client, zhou: User):
        for _ in range(5):
            give_password(client, "zhoumin", "wrong")
        assert give_password(client, "zhoumin", REMOTE_ADDR="203.0.113.20").status_code == 302

    def test_unknown_names_are_answered_and_locked_alike(self, client: Client, zhou: User):
        known = [give_password(Client(), "zhoumin", "wrong").status_code for _ in range(5)]
        unknown = [give_password(Client(), "nobody", "wrong").status_code for _ in range(5)]
        assert known == unknown

    def test_a_residents_phone_at_the_wrong_door_is_neither_counted_nor_kept(self, client: Client):
        from axes.models import AccessAttempt

        for _ in range(6):
            assert give_password(client, "13900001001", "whatever").status_code == 422
        assert not AccessAttempt.objects.exists()

    def test_a_resident_cannot_sign_in_with_a_password(self, client: Client):
        li = resident()
        li.set_password(PASSWORD)
        li.save()
        assert give_password(client, "li").status_code == 422

    @pytest.mark.parametrize("password", ["short-1", "123456789012345", "password1234"])
    def test_weak_passwords_are_refused(self, password: str):
        from django.contrib.auth.password_validation import validate_password
        from django.core.exceptions import ValidationError

        with pytest.raises(ValidationError):
            validate_password(password)


class TestAnIdleSession:
    def sit(self, client: Client, quiet: timedelta) -> None:
        session = client.session
        session["seen_at"] = (clock.now() - quiet).timestamp()
        session.save()

    def test_of_staff_ends_after_fifteen_minutes(self, zhou: User):
        client = signed_in(zhou)
        client.get(reverse("admin:index"))
        self.sit(client, timedelta(minutes=14))
        assert client.get(reverse("admin:index")).status_code == 200
        self.sit(client, timedelta(minutes=15))
        ended = client.get(reverse("admin:index"))
        assert ended.url.startswith(LOGIN)
        assert "_auth_user_id" not in client.session
        assert 'class="notice' in client.get(LOGIN).content.decode(), "and the sign-in page says why"

    def test_of_a_resident_lasts_longer_and_leads_back_to_her_page(self):
        client = signed_in(resident())
        client.get(reverse("accounts:my_data"))
        self.sit(client, timedelta(minutes=59))
        assert client.get(reverse("accounts:my_data")).status_code == 200
        self.sit(client, timedelta(minutes=60))
        ended = client.get(reverse("accounts:my_data"))
        assert ended.url == f"{reverse('accounts:sign_in')}?next={reverse('accounts:my_data')}"


def wrong(secret: str) -> str:
    near = {app_code(secret, steps_ahead=step) for step in (-2, -1, 0, 1, 2)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444", "555555") if code not in near)
