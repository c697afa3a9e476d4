"""Each city speaks to the platform and sends its messages under its own name, with its own keys. The sandbox judges."""

from __future__ import annotations

from typing import Any

import pytest

import nhsa
from core import clock
from demo.plan_years import create_demo_plan_years, create_second_city
from messaging.actions import deliver_sms, send_sms
from messaging.lifecycle import SmsState
from messaging.models import SmsMessage
from parties.models import Scheme
from portal.checks import schemes, schemes_have_credentials
from sandbox.testing import Sandbox
from tests.outside import connect

pytestmark = pytest.mark.django_db

ZHOU = {"id_number": "410102199010052230", "id_type": "resident_id", "name": "周敏"}
LI = {"id_number": "411202196803154264", "id_type": "resident_id", "name": "李秀兰"}
SANMENXIAS, ZHENGZHOUS = "huiminbao-portal", "huiminbao-portal-2"


@pytest.fixture
def cities(sandbox: Sandbox, settings: Any) -> tuple[Scheme, Scheme]:
    connect(settings, sandbox)
    return create_demo_plan_years()[1].scheme, create_second_city().scheme


def refusals(sandbox: Sandbox, channel: str) -> list[tuple[str, str]]:
    return [(row["counterparty"], row["detail"]["code"]) for row in sandbox.log(channel, event="refused")]


def test_each_city_is_an_application_of_its_own(cities: tuple[Scheme, Scheme], sandbox: Sandbox) -> None:
    callers = [nhsa.client_of(scheme).caller for scheme in cities]
    assert [(caller.paasid, caller.area) for caller in callers] == [(SANMENXIAS, "411200"), (ZHENGZHOUS, "410100")]
    assert nhsa.fetch_person(nhsa.client_of(cities[0]), **LI).psn_no.endswith("1001")
    assert nhsa.fetch_person(nhsa.client_of(cities[1]), **ZHOU).psn_no.endswith("1007")
    assert refusals(sandbox, "nhsa") == []


@pytest.mark.parametrize("secret", ["TOKEN", "BODY_KEY"])
def test_a_call_signed_with_the_other_citys_key_is_refused(
    cities: tuple[Scheme, Scheme], sandbox: Sandbox, settings: Any, secret: str
) -> None:
    settings.PARTNERS = {**settings.PARTNERS, f"NHSA_2_{secret}": settings.PARTNERS[f"NHSA_{secret}"]}
    with pytest.raises(nhsa.NhsaGatewayRejected):
        nhsa.fetch_person(nhsa.client_of(cities[1]), **ZHOU)
    assert refusals(sandbox, "nhsa") == [(ZHENGZHOUS, "forged")]
    assert nhsa.fetch_person(nhsa.client_of(cities[0]), **LI).psn_no.endswith("1001"), "the other one goes on"


@pytest.mark.parametrize("whose", ["INSTITUTION_CODE", "AREA"])
def test_no_city_speaks_in_the_name_of_the_other(
    cities: tuple[Scheme, Scheme], sandbox: Sandbox, settings: Any, whose: str
) -> None:
    settings.PARTNERS = {**settings.PARTNERS, f"NHSA_2_{whose}": settings.PARTNERS[f"NHSA_{whose}"]}
    with pytest.raises(nhsa.NhsaGatewayRejected):
        nhsa.fetch_person(nhsa.client_of(cities[1]), **ZHOU)
    assert refusals(sandbox, "nhsa") == [(ZHENGZHOUS, "other_application")]


def text(scheme: Scheme, key: str) -> SmsMessage:
    send_sms(phone="13900001007", template="name_corrected", params={}, key=key, scheme=scheme, now=clock.now())
    return SmsMessage.objects.get(key=key)


def test_each_citys_messages_go_out_as_its_own(cities: tuple[Scheme, Scheme], sandbox: Sandbox) -> None:
    for scheme in cities:
        assert deliver_sms(sms_id=text(scheme, scheme.code).pk, now=clock.now()) == SmsState.SENT
    sent = sandbox.log("sms", event="sent")
    assert [row["detail"]["caller"] for row in sent] == ["huiminbao", "huiminbao-2"]
    assert [message["text"].partition("】")[0] for message in sandbox.sms()] == ["【郑州惠民保", "【三门峡惠民保"]


def test_a_message_signed_with_the_other_citys_secret_waits(
    cities: tuple[Scheme, Scheme], sandbox: Sandbox, settings: Any
) -> None:
    settings.PARTNERS = {**settings.PARTNERS, "SMS_2_SECRET": settings.PARTNERS["SMS_SECRET"]}
    from core.signed import NoAnswer

    message = text(cities[1], "waits")
    with pytest.raises(NoAnswer):
        deliver_sms(sms_id=message.pk, now=clock.now())
    assert refusals(sandbox, "sms") == [("huiminbao-2", "forged")]
    message.refresh_from_db()
    assert message.state == SmsState.UNKNOWN


class TestAStartIsRefused:
    """Outside the demonstration, when a scheme names credentials that nobody has set."""

    def test_where_a_set_is_not_there(self, cities: tuple[Scheme, Scheme], settings: Any) -> None:
        settings.PARTNERS = {name: v for name, v in settings.PARTNERS.items() if not name.startswith("NHSA_2_")}
        (error,) = [one for one in schemes.without_credentials() if "zz" in one.msg and "NHSA" in one.msg]
        assert error.id == "portal.E037"
        assert "The scheme zz names NHSA_2" in error.msg
        assert "NHSA_2_TOKEN" in error.msg

    def test_where_a_message_set_is_not_there(self, cities: tuple[Scheme, Scheme], settings: Any) -> None:
        settings.PARTNERS = {**settings.PARTNERS, "SMS_2_SECRET": ""}
        (error,) = [one for one in schemes.without_credentials() if "SMS_2_SECRET" in one.msg]
        assert "The scheme zz names SMS_2" in error.msg

    def test_where_the_name_is_another_partners(self, cities: tuple[Scheme, Scheme]) -> None:
        Scheme.objects.filter(code="zz").update(platform_credentials="BANK")
        assert "The scheme zz names BANK, which is no set of NHSA." in [
            one.msg for one in schemes.without_credentials()
        ]

    def test_but_not_in_the_demonstration(self, cities: tuple[Scheme, Scheme], settings: Any) -> None:
        settings.PARTNERS = {}
        assert schemes_have_credentials(databases=["default"]) == []
        settings.PRODUCTION = True
        assert schemes_have_credentials() == [], "no database is named, none is asked"
        assert len(schemes_have_credentials(databases=["default"])) == 4
