"""What accounts and security do at the desk: new colleagues, roles, lost phones, records."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import Authenticator, DataRequest, FailedSignIn, RoleAssignment, User
from core import clock
from tests.accounts.people import PASSWORD, give, resident, signed_in, staff

pytestmark = pytest.mark.django_db

ID_NUMBER = "411202199506082464"


@pytest.fixture
def wu() -> User:
    """吴刚 of accounts and security."""
    return staff("anquan", "security")


@pytest.fixture
def desk(wu: User) -> Client:
    return signed_in(wu)


def in_english(client: Client) -> Client:
    client.cookies["look"] = "auto.normal.en"
    return client


def changelist(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def seen_on(client: Client, page: str) -> str:
    return re.findall(r'name="seen" value="([0-9a-f]+)"', client.get(page).content.decode())[0]


def run(client: Client, action: str, *rows) -> str:
    page = changelist(type(rows[0]))
    answer = client.post(page, {"action": action, "_selected_action": [row.pk for row in rows]}, follow=True)
    return answer.content.decode()


class TestPeople:
    def test_a_new_colleague_gets_an_account_that_can_do_nothing_yet(self, desk: Client):
        page = reverse("admin:accounts_user_add")
        assert desk.get(page).status_code == 200
        sent = {"username": "xinren", "display_name": "钱新", "id_number": ID_NUMBER, "password": PASSWORD}
        answer = desk.post(page, sent)
        assert answer.status_code == 302, answer.content.decode()
        new = User.objects.get(username="xinren")
        assert (new.kind, new.check_password(PASSWORD), new.display_name) == ("STAFF", True, "钱新")
        assert new.permissions == {"accounts.second_factor"}
        assert new.identity_digest
        assert ID_NUMBER not in str(vars(new)), "the number itself is not kept"

    def test_a_mistyped_identity_number_is_explained(self, desk: Client):
        sent = {"username": "xinren", "display_name": "钱新", "id_number": ID_NUMBER[:-1] + "5", "password": PASSWORD}
        assert "does not add up" in in_english(desk).post(reverse("admin:accounts_user_add"), sent).content.decode()

    @pytest.mark.parametrize(
        ("username", "password"),
        [("13900001001", PASSWORD), ("xinren", "123456"), ("Xin Ren", PASSWORD), ("", PASSWORD)],
    )
    def test_bad_names_and_weak_passwords_are_refused(self, desk: Client, username: str, password: str):
        page = reverse("admin:accounts_user_add")
        sent = {"username": username, "display_name": "钱新", "id_number": ID_NUMBER, "password": password}
        assert desk.post(page, sent).status_code == 200
        assert not User.objects.exclude(username="anquan").exclude(username__startswith="officer-").exists()

    def test_people_are_listed_masked(self, desk: Client):
        li = resident("13900001001", "李秀兰")
        for page in (changelist(User), reverse("admin:accounts_user_change", args=[li.pk])):
            shown = desk.get(page).content.decode()
            assert "139****1001" in shown
            assert "13900001001" not in shown
            assert "李秀兰" not in shown

    def test_nobody_edits_or_deletes_a_person_here(self, desk: Client):
        li = resident()
        assert desk.post(reverse("admin:accounts_user_delete", args=[li.pk]), {"post": "yes"}).status_code == 403
        desk.post(reverse("admin:accounts_user_change", args=[li.pk]), {"kind": "STAFF", "is_active": ""})
        assert User.objects.get(pk=li.pk).kind == "RESIDENT"

    def test_a_lost_phone_is_reset_but_not_ones_own(self, desk: Client, wu: User):
        zhou = staff("zhoumin", "claims_reviewer")
        run(desk, "reset_second_factor", zhou, wu)
        assert set(Authenticator.objects.values_list("user__username", flat=True)) == {"anquan"}

    def test_blocking_and_opening_an_account(self, desk: Client):
        zhou = staff("zhoumin")
        run(desk, "block", zhou)
        assert not User.objects.get(pk=zhou.pk).is_active
        run(desk, "open_again", zhou)
        assert User.objects.get(pk=zhou.pk).is_active

    def test_the_list_costs_the_same_for_one_as_for_many(self, desk: Client, django_assert_max_num_queries):
        for index in range(12):
            resident(f"139000020{index:02d}")
        for name in ("a1", "b1", "c1"):
            staff(name, "finance")
        desk.get(changelist(User))
        with django_assert_max_num_queries(14):
            desk.get(changelist(User))


class TestRoles:
    def test_wu_gives_one_and_takes_it_back(self, desk: Client, wu: User):
        liu = staff("liufang")
        page = reverse("admin:accounts_roleassignment_add")
        assert desk.get(page).status_code == 200
        given = desk.post(page, {"user": liu.pk, "role": "operator", "area": "411202 4101", "reason": "new"})
        assert given.status_code == 302, given.content.decode()
        row = RoleAssignment.objects.get(user=liu)
        assert (row.within, row.granted_by, row.state) == ("area=4101 area=411202", wu, "LIVE")
        assert "4101, 411202" in desk.get(changelist(User)).content.decode()
        run(desk, "take_back", row)
        assert RoleAssignment.objects.get(user=liu).ended_by == wu

    def test_a_role_that_moves_money_is_confirmed_by_a_colleague_on_her_page(self, desk: Client, wu: User):
        chen, zhao = staff("caiwu"), signed_in(staff("zhaomin", "security"))
        desk.post(reverse("admin:accounts_roleassignment_add"), {"user": chen.pk, "role": "finance", "reason": "new"})
        row = RoleAssignment.objects.get(user=chen)
        page = reverse("admin:accounts_roleassignment_change", args=[row.pk])
        assert row.state == "PROPOSED" and not User.objects.get(pk=chen.pk).grants[1:]
        assert 'name="decision"' not in desk.get(page).content.decode(), "who proposed does not confirm"
        assert desk.post(page, {"decision": "confirm"}).status_code == 403
        waiting = in_english(zhao).get(reverse("admin:index")).content.decode()
        assert "1 role waits for your confirmation." in waiting
        assert zhao.post(page, {"decision": "confirm", "seen": seen_on(zhao, page)}).status_code == 302
        assert "payments.finance" in User.objects.get(pk=chen.pk).permissions
        assert "waits for your confirmation" not in zhao.get(reverse("admin:index")).content.decode()

    def test_a_colleague_declines(self, desk: Client):
        chen, zhao = staff("caiwu"), signed_in(staff("zhaomin", "security"))
        desk.post(reverse("admin:accounts_roleassignment_add"), {"user": chen.pk, "role": "finance"})
        page = reverse("admin:accounts_roleassignment_change", args=[RoleAssignment.objects.get(user=chen).pk])
        sent = {"decision": "decline", "note": "she left", "seen": seen_on(zhao, page)}
        assert zhao.post(page, sent).status_code == 302
        assert RoleAssignment.objects.get(user=chen).state == "DECLINED"

    def test_what_changed_since_the_page_was_opened_is_shown_anew(self, desk: Client):
        chen, zhao = staff("caiwu"), signed_in(staff("zhaomin", "security"))
        desk.post(reverse("admin:accounts_roleassignment_add"), {"user": chen.pk, "role": "finance"})
        page = reverse("admin:accounts_roleassignment_change", args=[RoleAssignment.objects.get(user=chen).pk])
        seen = seen_on(zhao, page)
        give(chen, "operator")
        assert zhao.post(page, {"decision": "confirm", "seen": seen}).status_code == 409
        assert RoleAssignment.objects.get(user=chen, role="finance").state == "PROPOSED"

    def test_a_role_held_is_proposed_anew_within_something_else(self, desk: Client):
        liu = staff("liufang", "operator")
        held = RoleAssignment.objects.get(user=liu)
        page = desk.get(reverse("admin:accounts_roleassignment_change", args=[held.pk])).content.decode()
        assert f"replaces={held.pk}" in page
        sent = {"user": liu.pk, "role": "operator", "area": "4112", "replaces": held.pk}
        assert desk.post(reverse("admin:accounts_roleassignment_add"), sent).status_code == 302
        found = RoleAssignment.objects.filter(user=liu).order_by("pk").values_list("within", "state")
        assert list(found) == [("", "ENDED"), ("area=4112", "LIVE")]

    def test_her_own_name_is_not_offered_and_refused_when_sent_anyway(self, desk: Client, wu: User):
        page = reverse("admin:accounts_roleassignment_add")
        assert desk.post(page, {"user": wu.pk, "role": "finance"}).status_code == 200
        assert not RoleAssignment.objects.filter(user=wu, role="finance").exists()

    def test_a_refusal_of_the_action_is_shown_at_its_field(self, desk: Client):
        zhou = staff("zhoumin", "claims_reviewer")
        again = desk.post(reverse("admin:accounts_roleassignment_add"), {"user": zhou.pk, "role": "claims_reviewer"})
        assert again.status_code == 200
        assert RoleAssignment.objects.filter(user=zhou).count() == 1

    def test_her_own_role_cannot_be_taken_back_by_herself(self, desk: Client, wu: User):
        run(desk, "take_back", wu.role_assignments.get())
        assert wu.role_assignments.get().is_live

    def test_a_reviewer_does_not_even_see_the_list(self):
        zhou = signed_in(staff("zhoumin", "claims_reviewer"))
        assert zhou.get(changelist(RoleAssignment)).status_code == 403
        assert zhou.post(reverse("admin:accounts_roleassignment_add"), {}).status_code == 403


class TestFailedSignIns:
    def test_a_colleague_who_mistyped_may_try_again_at_once(self, desk: Client):
        staff("zhoumin", "claims_reviewer")
        sign_in = {"username": "zhoumin", "password": PASSWORD}
        for _ in range(5):
            Client().post("/admin/login/", sign_in | {"password": "wrong"})
        assert Client().post("/admin/login/", sign_in).status_code == 429
        row = FailedSignIn.objects.get()
        assert row.failures_since_start == 5
        run(desk, "let_try_again", row)
        assert Client().post("/admin/login/", sign_in).status_code == 302


class TestNameCorrections:
    @pytest.fixture
    def request_of_li(self) -> DataRequest:
        from accounts.actions import request_name_correction

        li = resident()
        return request_name_correction(user=li, name="李秀蘭", actor=li.actor(), now=clock.now())

    def test_liu_accepts_one(self, request_of_li: DataRequest):
        liu = signed_in(staff("wangdian", "operator"))
        page = reverse("admin:accounts_datarequest_change", args=[request_of_li.pk])
        shown = liu.get(page).content.decode()
        assert "李秀蘭" not in shown, "the wanted name is masked, too"
        assert liu.post(page, {"decision": "accept", "answer": ""}).status_code == 302
        assert User.objects.get(pk=request_of_li.user_id).display_name == "李秀蘭"

    def test_refusing_needs_the_reason(self, request_of_li: DataRequest):
        liu = signed_in(staff("wangdian", "operator"))
        page = reverse("admin:accounts_datarequest_change", args=[request_of_li.pk])
        assert liu.post(page, {"decision": "refuse", "answer": ""}).status_code == 200
        assert DataRequest.objects.get().state == "OPEN"
        assert liu.post(page, {"decision": "refuse", "answer": "与身份证不一致"}).status_code == 302
        assert DataRequest.objects.get().state == "REFUSED"
        assert liu.post(page, {"decision": "accept", "answer": ""}).status_code == 403, "settled is settled"


ROOM = [model for model in admin.site._registry if model._meta.app_label == "accounts"]


@pytest.mark.parametrize("model", ROOM, ids=lambda model: model._meta.model_name)
def test_every_list_of_this_room_opens_for_who_may_and_for_nobody_else(model):
    reader = "operator" if model is DataRequest else "security"
    assert signed_in(staff("reader", reader)).get(changelist(model)).status_code == 200
    assert signed_in(staff("caiwu", "finance")).get(changelist(model)).status_code == 403
    assert signed_in(resident()).get(changelist(model)).status_code == 302
