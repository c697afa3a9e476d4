"""Two cities side by side: each address leads to its own scheme, with its own words, window and people."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.urls import get_script_prefix, reverse
from pytest_django import Settings

from core.clock import SHANGHAI
from core.errors import DomainError
from demo.plan_years import create_demo_plan_years, create_second_city
from demo.schemes import ZHENGZHOU, create_demo_scheme
from messaging.models import SmsMessage
from parties.addresses import address
from parties.models import RESERVED_CODES, Scheme
from parties.selectors import scheme_of_area
from portal.urls import urlpatterns
from products.selectors import open_plan_year
from tests.enrollment.helpers import Town
from tests.people.helpers import LI, NEW_CITIZEN

NOVEMBER = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)


@pytest.fixture
def two_cities(db: None) -> list[Scheme]:
    sanmenxia = create_demo_plan_years()[1].scheme
    return [sanmenxia, create_second_city().scheme]


def page(path: str, **headers: str) -> str:
    return Client(headers=headers).get(path).content.decode()


def test_the_bare_address_is_sanmenxias_and_zz_is_zhengzhous(two_cities: list[Scheme]) -> None:
    assert "三门峡惠民保" in page("/")
    assert "郑州惠民保" not in page("/")
    zhengzhou = page("/zz/")
    assert "郑州惠民保" in zhengzhou
    assert "0371-000-0000" in zhengzhou
    assert "三门峡" not in zhengzhou


def test_every_link_of_a_page_stays_in_its_city(two_cities: list[Scheme]) -> None:
    zhengzhou = page("/zz/")
    assert 'href="/zz/enrol/' in zhengzhou
    assert 'href="/enrol/' not in zhengzhou
    assert get_script_prefix() == "/"  # and nothing of it is left for the next visitor


def test_a_city_with_a_host_of_its_own_answers_there(two_cities: list[Scheme], settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["zz.example", "testserver"]
    Scheme.objects.filter(code="zz").update(host="zz.example")
    assert "郑州惠民保" in page("/", host="zz.example")
    assert "三门峡惠民保" in page("/", host="testserver")


def test_without_a_city_at_the_bare_address_the_visitor_chooses(two_cities: list[Scheme]) -> None:
    Scheme.objects.filter(code="smx").update(opens_bare_address=False)
    asked = page("/")
    assert 'href="/smx/"' in asked
    assert 'href="/zz/"' in asked
    assert Client().get("/enrol/family/").status_code == 302  # to sign in first, as everywhere


def test_the_only_scheme_needs_no_choice(db: None) -> None:
    scheme = create_demo_plan_years()[1].scheme
    Scheme.objects.filter(pk=scheme.pk).update(opens_bare_address=False)
    assert "三门峡惠民保" in page("/")


def test_windows_differ(two_cities: list[Scheme]) -> None:
    january = datetime(2027, 1, 10, 12, tzinfo=SHANGHAI)
    october = datetime(2026, 10, 10, 12, tzinfo=SHANGHAI)
    assert [open_plan_year(scheme, october) is not None for scheme in two_cities] == [True, False]
    assert [open_plan_year(scheme, january) is not None for scheme in two_cities] == [False, True]


def test_an_area_belongs_to_one_of_the_commercial_schemes(two_cities: list[Scheme]) -> None:
    sanmenxia, zhengzhou = two_cities
    today = NOVEMBER.date()
    assert scheme_of_area("411282", kind="commercial", on=today) == sanmenxia
    assert scheme_of_area("410102", kind="commercial", on=today) == zhengzhou
    assert scheme_of_area("610100", kind="commercial", on=today) is None
    assert scheme_of_area("411282", kind="critical_illness", on=today) is None


def test_addresses_in_messages_lead_to_the_scheme(two_cities: list[Scheme], settings: Settings) -> None:
    settings.PUBLIC_URL = "https://huimin.example"
    sanmenxia, zhengzhou = two_cities
    assert address(sanmenxia, "people:link") == "https://huimin.example/enrol/me/"
    assert address(zhengzhou, "people:link") == "https://huimin.example/zz/enrol/me/"
    zhengzhou.host = "zz.example"
    assert address(zhengzhou, "people:link") == "https://zz.example/enrol/me/"


def test_no_address_of_the_site_begins_like_a_scheme_might() -> None:
    words = {str(pattern.pattern).partition("/")[0] for pattern in _leaves(urlpatterns)} - {""}
    assert words <= set(RESERVED_CODES)


def _leaves(patterns: list) -> list:
    """Patterns whose own first word is not empty."""
    found = []
    for pattern in patterns:
        is_include_of_all = str(pattern.pattern) == "" and hasattr(pattern, "url_patterns")
        found += _leaves(pattern.url_patterns) if is_include_of_all else [pattern]
    return found


def test_the_code_on_the_phone_is_signed_by_the_city_that_was_asked(two_cities: list[Scheme]) -> None:
    Client().post("/zz/account/sign-in/", {"phone": NEW_CITIZEN[2]})
    Client().post("/account/sign-in/", {"phone": LI[2]})
    texts = [str(message.text) for message in SmsMessage.objects.order_by("pk")]
    assert [text.partition("】")[0] for text in texts] == ["【郑州惠民保", "【三门峡惠民保"]


def test_who_is_insured_in_zhengzhou_enrols_there_and_not_in_sanmenxia(town: Town) -> None:
    year = create_second_city()
    zhou = town.resident(NEW_CITIZEN)
    with pytest.raises(DomainError) as refused:
        town.choose(zhou, zhou.person)
    assert refused.value.code == "insured_elsewhere"
    town.scheme, town.plan_year = year.scheme, year
    assert town.choose(zhou, zhou.person).plan_year == year
    assert zhou.person.insurance_area.startswith(ZHENGZHOU.area)


def test_making_a_scheme_again_changes_nothing(db: None) -> None:
    first = create_demo_scheme(ZHENGZHOU)
    assert create_demo_scheme(ZHENGZHOU) == first
    assert first.areas.count() == 1


def test_the_sign_in_page_of_the_second_city_leads_back_to_it(two_cities: list[Scheme]) -> None:
    reply = Client().get("/zz/enrol/family/")
    assert reply.status_code == 302
    assert reply.url.startswith("/zz/account/sign-in/")
    assert reverse("accounts:sign_in") == "/account/sign-in/"
