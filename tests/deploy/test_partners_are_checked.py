"""A partner that is not configured, or wrongly, is named by variable, with what to do. Values never appear: secrets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from core.partners import Given, NotConfigured, Problem, problems, references
from core.shapes import is_pair
from payments.channels import CHANNELS
from portal.checks import PARTNER_IDS, all_partners, channels_are_left, partners_are_configured
from tests.deploy import example

PARTNERS = all_partners({})
VARIABLES = [(partner, one) for partner in PARTNERS for one in partner.variables]
MUST_BE_SET = [f"{partner.prefix}_{one.field}" for partner, one in VARIABLES if not one.default and not one.is_optional]
PRIVATE, SMALL, LOCKED = (
    "openssl genrsa 2048",
    "openssl genrsa 1024",
    "openssl genrsa 2048 | openssl rsa -aes256 -passout pass:secret",
)
PUBLIC = f"{PRIVATE} | openssl rsa -pubout"


@pytest.fixture
def good(tmp_path: Path) -> dict[str, str]:
    """What deploy/env.example teaches about partners, all of it in plain variables."""
    read = Given(example.filled_in(tmp_path))
    names = [f"{partner.prefix}_{one.field}" for partner, one in VARIABLES]
    return {name: read[name] for name in names if read.get(name)}


def found(given: Mapping[str, str]) -> list[Problem]:
    return [problem for partner in all_partners(given) for problem in problems(partner, given)]


def sentences(given: Mapping[str, str]) -> list[str]:
    return [f"{PARTNER_IDS[problem.fault]} {problem.sentence}" for problem in found(given)]


def test_what_the_example_teaches_has_no_problem(good: dict[str, str]) -> None:
    assert found(good) == []


@pytest.mark.parametrize("name", MUST_BE_SET)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_variable_is_named(good: dict[str, str], name: str, value: str | None) -> None:
    without = {**good, name: value} if value is not None else {key: good[key] for key in good if key != name}
    (problem,) = found(without)
    assert f"{PARTNER_IDS[problem.fault]} {problem.sentence}" == f"portal.E031 {name} is not set."
    assert problem.todo.startswith(f"Set {name}, or {name}_FILE")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("NHSA_BASE_URL", "http://nhsa.example", "does not begin with https://."),
        ("NHSA_BASE_URL", "https://nhsa.example/", "ends with a slash."),
        ("NHSA_BASE_URL", "https://user:word@nhsa.example", "is not an address of the form https://host/path."),
        ("NHSA_BASE_URL", "https://nhsa.example?a=1", "is not an address of the form https://host/path."),
        ("NHSA_BASE_URL", "https://", "is not an address of the form https://host/path."),
        ("NHSA_BASE_URL", "https://nhsa.example:port", "is not an address."),
        ("NHSA_PATH", "/callService", "is not a path such as /fsi/api/rsfComIfsService/callService/{infno}."),
        ("NHSA_PATH", "/{infno}/{other}", "is not a path such as /fsi/api/rsfComIfsService/callService/{infno}."),
        ("NHSA_PAASID", "two words", "is not one word."),
        ("NHSA_TOKEN", "fifteen letters", "is shorter than 16 characters."),
        ("NHSA_BODY_KEY", "x", "is shorter than 16 characters."),
        ("NHSA_INSTITUTION_CODE", "H4112000001", "is not a letter and 11 digits."),
        ("NHSA_INSTITUTION_NAME", "保", "is not a name."),
        ("NHSA_AREA", "41120", "is not six digits."),
        ("NHSA_AREA", "4112000", "is not six digits."),
        ("WECHAT_PAY_BASE_URL", "http://api.mch.weixin.qq.com", "does not begin with https://."),
        ("WECHAT_PAY_MCHID", "19000001090", "is not eight to ten digits."),
        ("WECHAT_PAY_APPID", "d678efh567hg6787", "is not wx and 16 letters or digits."),
        ("WECHAT_PAY_MERCHANT_SERIAL_NO", "1dde55ad", "is not 40 digits and letters A to F."),
        ("WECHAT_PAY_APIV3_KEY", "1" * 31, "is not exactly 32 bytes long."),
        ("WECHAT_PAY_APIV3_KEY", "1" * 33, "is not exactly 32 bytes long."),
        ("WECHAT_PAY_PUBLIC_KEY_ID", "0119000001092024061200111900002200", "is not PUB_KEY_ID_ and its number."),
        ("BANK_BASE_URL", "ftp://bank.example", "does not begin with https://."),
        ("BANK_CLIENT_ID", "a b", "is not one word."),
        ("BANK_SECRET", "x" * 31, "is shorter than 32 characters."),
        ("BANK_CA", "bank.pem", "is not certificates in PEM form (-----BEGIN CERTIFICATE-----)."),
        ("BANK_PAYER_ACCOUNT", "6222-0200", "is not 8 to 32 digits."),
        ("SMS_BASE_URL", "sms.example", "does not begin with https://."),
        ("SMS_CLIENT_ID", "a b", "is not one word."),
        ("SMS_SECRET", "x" * 31, "is shorter than 32 characters."),
    ],
)
def test_a_bad_value_is_named_and_not_repeated(good: dict[str, str], name: str, value: str, sentence: str) -> None:
    (problem,) = found({**good, name: value})
    assert f"{PARTNER_IDS[problem.fault]} {problem.sentence}" == f"portal.E034 {name} {sentence}"
    assert name not in ("NHSA_TOKEN", "BANK_SECRET") or value not in problem.sentence + problem.todo


@pytest.mark.parametrize(
    ("name", "command", "sentence"),
    [
        ("PRIVATE_KEY", "echo nothing", "is not a private key in PEM form (-----BEGIN PRIVATE KEY-----)."),
        ("PRIVATE_KEY", PUBLIC, "is not a private key in PEM form (-----BEGIN PRIVATE KEY-----)."),
        ("PRIVATE_KEY", SMALL, "is not an RSA key of at least 2048 bits."),
        ("PRIVATE_KEY", "openssl genpkey -algorithm ED25519", "is not an RSA key of at least 2048 bits."),
        ("PUBLIC_KEY", PRIVATE, "is not a public key in PEM form (-----BEGIN PUBLIC KEY-----)."),
        ("PUBLIC_KEY", f"{SMALL} | openssl rsa -pubout", "is not an RSA key of at least 2048 bits."),
        (
            "PUBLIC_KEY",
            "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=wechat -keyout /dev/null",
            "is a certificate; give the public key (-----BEGIN PUBLIC KEY-----).",
        ),
    ],
)
def test_a_key_is_opened_before_it_is_needed(good: dict[str, str], name: str, command: str, sentence: str) -> None:
    key = example.output(f"bad {name}", command)
    assert sentences({**good, f"WECHAT_PAY_{name}": key}) == [f"portal.E034 WECHAT_PAY_{name} {sentence}"]


def test_a_key_under_a_pass_phrase_is_refused_with_what_to_give_instead(good: dict[str, str]) -> None:
    (told,) = sentences({**good, "WECHAT_PAY_PRIVATE_KEY": example.output("locked", LOCKED)})
    assert "is locked by a pass phrase; give the key without one" in told


def test_a_key_may_stand_on_one_line_of_an_environment_file(good: dict[str, str]) -> None:
    one_line = good["WECHAT_PAY_PRIVATE_KEY"].replace("\n", "\\n")
    assert "\n" not in one_line
    assert found({**good, "WECHAT_PAY_PRIVATE_KEY": one_line}) == []


def test_our_own_public_key_in_place_of_wechats_is_noticed(good: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "ours.pem"
    file.write_text(good["WECHAT_PAY_PRIVATE_KEY"])
    ours = example.output("ours", f"openssl rsa -pubout -in {file}")
    assert is_pair(good["WECHAT_PAY_PRIVATE_KEY"], ours)
    assert not is_pair(good["WECHAT_PAY_PRIVATE_KEY"], good["WECHAT_PAY_PUBLIC_KEY"])
    (told,) = sentences({**good, "WECHAT_PAY_PUBLIC_KEY": ours})
    assert told.startswith("portal.E035 WECHAT_PAY_PUBLIC_KEY is the public half of our own")


class TestAFileOfASecret:
    def test_its_content_is_the_value_without_the_line_end(self, tmp_path: Path) -> None:
        file = tmp_path / "secret"
        file.write_text("top secret\n")
        assert Given({"BANK_SECRET_FILE": str(file)})["BANK_SECRET"] == "top secret"

    def test_one_that_is_not_there_is_said_with_its_path(self, good: dict[str, str], tmp_path: Path) -> None:
        absent = tmp_path / "absent"
        given = {**good, "BANK_SECRET": "", "BANK_SECRET_FILE": str(absent)}
        told = f"BANK_SECRET_FILE names {absent}, which cannot be read: No such file or directory."
        assert sentences(Given(given)) == [f"portal.E032 {told}"]

    def test_beside_another_value_it_is_refused(self, good: dict[str, str], tmp_path: Path) -> None:
        file = tmp_path / "secret"
        file.write_text("y" * 32)
        given = Given({**good, "BANK_SECRET_FILE": str(file)})
        assert given["BANK_SECRET"] == good["BANK_SECRET"], "the plain one is used"
        told = "BANK_SECRET and BANK_SECRET_FILE are both set and say different things."
        assert sentences(given) == [f"portal.E033 {told}"]


def test_a_misspelt_variable_is_asked_about(good: dict[str, str]) -> None:
    (problem,) = found({**good, "WECHAT_PAY_MCH_ID": "1900000109"})
    assert PARTNER_IDS[problem.fault] == "portal.W031"
    assert (problem.sentence, problem.todo) == (
        "WECHAT_PAY_MCH_ID is not a variable of the portal.",
        "Did you mean WECHAT_PAY_MCHID?",
    )


class TestSeveralOfAKind:
    """A second merchant is numbered: all its variables are demanded, and none of them is a misspelling of the first."""

    def test_one_that_is_named_is_demanded_whole(self, good: dict[str, str]) -> None:
        (first, *_others) = said = sentences({**good, "WECHAT_PAY_2_MCHID": "1900000110"})
        assert first == "portal.E031 WECHAT_PAY_2_APPID is not set."
        assert len(said) == 6, "all that have no default"

    def test_two_merchants_stand_side_by_side(self, good: dict[str, str]) -> None:
        second = {
            name.replace("WECHAT_PAY_", "WECHAT_PAY_2_"): value
            for name, value in good.items()
            if name.startswith("WECHAT_PAY_")
        }
        given = {**good, **second, "WECHAT_PAY_2_MCHID": "1900000110"}
        assert references("WECHAT_PAY", given) == ["WECHAT_PAY", "WECHAT_PAY_2"]
        assert found(given) == []


class TestAChannelThatIsOff:
    def test_demands_no_credentials(self, settings, good: dict[str, str]) -> None:
        settings.CHANNELS_OFF = ["wechat"]
        assert found({name: value for name, value in good.items() if not name.startswith("WECHAT_PAY_")}) == []

    def test_of_the_platform_still_leaves_the_platform(self, settings) -> None:
        settings.CHANNELS_OFF = ["personal_account"]
        assert "portal.E031 NHSA_TOKEN is not set." in sentences({})

    @pytest.mark.parametrize(
        ("off", "sentence"),
        [
            (["wechat", "wehcat"], "CHANNELS_OFF names wehcat, which is no channel."),
            (["wechat", "personal_account"], "CHANNELS_OFF leaves no channel by which anybody could pay."),
            (["bank"], "CHANNELS_OFF leaves no channel by which a claim could be paid out."),
        ],
    )
    def test_is_one_that_exists_and_can_be_spared(self, settings, off: list[str], sentence: str) -> None:
        settings.CHANNELS_OFF = off
        assert [f"{message.id} {message.msg}" for message in channels_are_left()] == [f"portal.E036 {sentence}"]

    def test_none_is_off_by_itself(self, settings) -> None:
        assert settings.CHANNELS_OFF == []
        assert {channel.code for channel in CHANNELS.values()} >= {"PERSONAL_ACCOUNT", "WECHAT", "BANK"}
        assert channels_are_left() == []


def test_the_check_speaks_outside_demo_and_tests_only(settings, good: dict[str, str]) -> None:
    settings.PARTNERS = {}
    assert partners_are_configured() == []
    settings.PRODUCTION = True
    assert {message.id for message in partners_are_configured()} == {"portal.E031"}
    settings.PARTNERS = good
    assert partners_are_configured() == []


def test_a_partner_without_configuration_is_not_called_by_half(settings, good: dict[str, str]) -> None:
    settings.PARTNERS = {**good, "BANK_SECRET": ""}
    bank = next(partner for partner in PARTNERS if partner.prefix == "BANK")
    with pytest.raises(NotConfigured, match="not set: BANK_SECRET"):
        bank.values()


def test_credentials_do_not_print_their_secrets(settings, good: dict[str, str]) -> None:
    from messaging.gateway import client
    from nhsa import client_at
    from payments.channels.bank import CHANNEL as BANK
    from payments.channels.wechat import CHANNEL as WECHAT

    settings.PARTNERS = good
    shown = f"{WECHAT.credentials} {BANK.client()} {client()} {client_at('NHSA')}"
    for name in ("WECHAT_PAY_APIV3_KEY", "BANK_SECRET", "SMS_SECRET", "NHSA_TOKEN", "NHSA_BODY_KEY"):
        assert good[name] not in shown, name
    assert "PRIVATE KEY" not in shown
