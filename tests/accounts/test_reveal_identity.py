"""Numbers and names are masked; who reads one in full gives a reason and is on record."""

import pytest
from django.db import InternalError, ProgrammingError, transaction
from django.urls import reverse

from accounts.actions import reveal_identity
from accounts.masking import masked
from accounts.models import IdentityReveal, User
from core import clock
from core.errors import DomainError, NotAllowed
from tests.accounts.people import resident, signed_in, staff

pytestmark = pytest.mark.django_db

WHY = "calls back about claim CL-2026-0000001"


@pytest.fixture
def li() -> User:
    return resident("13900001001", "李秀兰")


@pytest.fixture
def liu() -> User:
    """刘芳, operator: she answers for everybody who is enrolled."""
    return staff("wangdian", "operator")


@pytest.fixture
def zhou() -> User:
    return staff("zhoumin", "claims_reviewer")


def reveal(actor: User, subject, field: str = "phone", reason: str = WHY) -> str:
    return reveal_identity(actor=actor.actor(), subject=subject, field=field, reason=reason, now=clock.now())


def test_an_operator_reads_a_phone_number_and_is_on_record(li: User, liu: User):
    assert reveal(liu, li) == "13900001001"
    row = IdentityReveal.objects.get()
    assert (row.actor_id, row.actor_label) == (liu.pk, "staff:wangdian")
    assert (row.subject_type, row.subject_key, row.field, row.reason) == ("accounts.user", str(li.pk), "phone", WHY)
    assert "13900001001" not in str(row.__dict__)


def test_without_a_reason_nothing_is_shown(li: User, liu: User):
    for reason in ("", "   ", "abc"):
        with pytest.raises(DomainError) as caught:
            reveal(liu, li, reason=reason)
        assert caught.value.code == "reveal_reason_missing"
    assert not IdentityReveal.objects.exists()


def test_the_reason_itself_must_not_carry_a_number(li: User, liu: User):
    with pytest.raises(DomainError) as caught:
        reveal(liu, li, reason="call 13900001001 back")
    assert caught.value.code == "reveal_reason_personal"


def test_the_bureau_may_not(li: User):
    with pytest.raises(NotAllowed):
        reveal(staff("yibaoju", "bureau"), li)


def test_a_person_may_read_her_own_and_no_one_elses(li: User):
    assert reveal(li, li, reason="copy of own data") == "13900001001"
    with pytest.raises(NotAllowed):
        reveal(resident("13900001009", "赵丽"), li)


@pytest.mark.parametrize("field", ["password", "phone_index", "uuid", "nothing"])
def test_only_named_fields_can_be_read(li: User, liu: User, field: str):
    with pytest.raises(NotAllowed) as caught:
        reveal(liu, li, field=field)
    assert caught.value.code == "field_not_revealable"


def test_a_colleagues_authenticator_secret_cannot_be_read(liu: User):
    from accounts.models import Authenticator

    with pytest.raises(NotAllowed):
        reveal(liu, Authenticator.objects.get(user=liu), field="secret")


def test_the_record_cannot_be_changed_or_deleted(li: User, liu: User):
    reveal(liu, li)
    for attempt in (
        lambda: IdentityReveal.objects.update(reason="something nicer"),
        lambda: IdentityReveal.objects.all()._raw_delete("default"),
    ):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            attempt()


class TestThePage:
    def test_asks_for_the_reason_then_shows_the_value_once(self, li: User, liu: User):
        client = signed_in(liu)
        page = reverse("accounts:reveal", args=["accounts.user", li.pk, "phone"])
        assert "13900001001" not in client.get(page).content.decode()
        shown = client.post(page, {"reason": WHY})
        assert "13900001001" in shown.content.decode()
        assert "no-store" in shown["Cache-Control"]
        again = client.get(page).content.decode()
        assert "13900001001" not in again
        assert WHY in again, "the next reader sees who read it before"

    def test_a_short_reason_is_explained(self, li: User, liu: User):
        page = reverse("accounts:reveal", args=["accounts.user", li.pk, "phone"])
        assert signed_in(liu).post(page, {"reason": "x"}).status_code == 422

    @pytest.mark.parametrize(
        "what", [("accounts.user", 1, "password"), ("no.model", 1, "phone"), ("nonsense", 1, "phone")]
    )
    def test_other_fields_and_records_do_not_exist(self, liu: User, what):
        assert signed_in(liu).get(reverse("accounts:reveal", args=what)).status_code == 404

    def test_a_reviewer_does_not_find_accounts_that_are_not_at_her_desk(self, li: User, zhou: User):
        page = reverse("accounts:reveal", args=["accounts.user", li.pk, "phone"])
        assert (signed_in(zhou).get(page).status_code, signed_in(zhou).post(page, {"reason": WHY}).status_code) == (
            404,
            404,
        )

    def test_is_closed_to_residents(self, li: User):
        assert signed_in(li).get(reverse("accounts:reveal", args=["accounts.user", li.pk, "phone"])).status_code == 403


def test_masks(li: User):
    assert (masked(li, "phone"), masked(li, "display_name")) == ("139****1001", "李*兰")
    with pytest.raises(KeyError):
        masked(li, "password")


def test_how_a_person_is_named_in_logs_says_nothing_about_her(li: User):
    assert str(li) == f"resident:{str(li.uuid)[:8]}"
