"""Holes of a production site, each provoked by the one value that opens it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from portal.checks import PARTNER_IDS, deployment, nothing_is_left_out, site_is_closed
from tests.servers import CHECKOUT

A, B, C = "A" * 42 + "E=", "B" * 42 + "E=", "C" * 42 + "E="  # 32 bytes each in base64


def sealed(backend: str = "privacy.storage.DurableFolder", **options: str) -> dict[str, Any]:
    return {"BACKEND": backend, "OPTIONS": options}


@pytest.fixture
def site(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings.PRODUCTION = True
    good: dict[str, Any] = {
        "DEBUG": False,
        "SECRET_KEY": "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6kL9nO2qR5tU8wX1zA4",
        "FIELD_KEYS": f"k1:{A}",
        "BLIND_INDEX_KEY": "0" * 32,
        "DECISION_KEY": C,
        "ALLOWED_HOSTS": ["huiminbao.example"],
        "PUBLIC_URL": "https://huiminbao.example",
        "CSRF_TRUSTED_ORIGINS": [],
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "BEHIND_TLS_PROXY": True,
        "TRUSTED_PROXY_COUNT": 1,
        "VAR_DIR": tmp_path,
        "REDIS_URL": "redis://:word@redis.example:6379/0",
        "CLAMD_URL": "tcp://clamd.example:3310",
        "DATABASE_APP_ROLE": "portal_app",
        "STORAGES": {**settings.STORAGES, "sealed": sealed(location=str(tmp_path / "shared"))},
    }
    for name, value in good.items():
        setattr(settings, name, value)
    for name, value in {"HOST": "db.example", "USER": "portal_app", "OPTIONS": {"sslmode": "verify-full"}}.items():
        monkeypatch.setitem(settings.DATABASES["default"], name, value)
    return settings


def test_a_closed_site_has_nothing_to_report(site) -> None:
    assert [*site_is_closed(), *nothing_is_left_out()] == []


def test_demo_and_tests_are_not_asked(site) -> None:
    site.DEBUG = True
    site.CLAMD_URL = ""
    site.PRODUCTION = False
    assert [*site_is_closed(), *nothing_is_left_out()] == []


@pytest.mark.parametrize(
    ("values", "code", "words"),
    [
        ({"DEBUG": True}, "portal.E010", "DEBUG shows"),
        ({"SECRET_KEY": "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6kL9nO2qR5tU8w"}, "portal.E011", "shorter than 50"),
        ({"SECRET_KEY": "abcd" * 20}, "portal.E011", "random"),
        ({"SECRET_KEY": f"django-insecure-{A}"}, "portal.E011", "random"),
        ({"FIELD_KEYS": "k1"}, "portal.E012", "32 bytes"),
        ({"FIELD_KEYS": f"k1:{A},k2:c2hvcnQ="}, "portal.E012", "32 bytes"),
        ({"FIELD_KEYS": f"k1:{A},k1:{B}"}, "portal.E012", "twice"),
        ({"FIELD_KEYS": f"k1:{A},k2:{A}"}, "portal.E012", "twice"),
        ({"BLIND_INDEX_KEY": "0" * 31}, "portal.E013", "shorter than 32 bytes"),
        ({"BLIND_INDEX_KEY": A}, "portal.E013", "the same as another secret"),
        ({"DECISION_KEY": "c2hvcnQ="}, "portal.E021", "not base64 of 32 bytes"),
        ({"DECISION_KEY": A}, "portal.E021", "the same as another secret"),
        ({"ALLOWED_HOSTS": []}, "portal.E014", "names no host"),
        ({"ALLOWED_HOSTS": ["huiminbao.example", "*"]}, "portal.E014", "any host name"),
        ({"PUBLIC_URL": ""}, "portal.E015", "PUBLIC_URL is not set."),
        ({"PUBLIC_URL": "http://huiminbao.example"}, "portal.E015", "PUBLIC_URL does not begin with https://."),
        ({"PUBLIC_URL": "https://other.example"}, "portal.E015", "other.example, is not in ALLOWED_HOSTS"),
        ({"CSRF_TRUSTED_ORIGINS": ["http://huiminbao.example"]}, "portal.E016", "not one https address"),
        ({"CSRF_TRUSTED_ORIGINS": ["https://*.example"]}, "portal.E016", "not one https address"),
        ({"SESSION_COOKIE_SECURE": False}, "portal.E017", "in the clear"),
        ({"CSRF_COOKIE_SECURE": False}, "portal.E017", "in the clear"),
        ({"TRUSTED_PROXY_COUNT": 0}, "portal.E018", "share the proxy's address"),
        ({"BEHIND_TLS_PROXY": False}, "portal.E018", "leads in a circle"),
        ({"VAR_DIR": Path("/nowhere/portal")}, "portal.E019", "cannot be written to: No such file or directory"),
        ({"FILES": sealed("no.such.Storage")}, "portal.E020", "cannot be made: InvalidStorageError"),
        ({"FILES": sealed(colour="red")}, "portal.E020", "cannot be made: TypeError"),
        ({"FILES": sealed(location="/proc/files")}, "portal.E020", "cannot be written to: No such file or directory"),
        ({"FILES": sealed()}, "portal.W005", "of this machine see them"),
        ({"REDIS_URL": "redis://redis.example:6379/0"}, "portal.W002", "no password"),
        ({"CLAMD_URL": ""}, "portal.W004", "not scanned"),
    ],
)
def test_each_hole_is_named_alone(site, values: dict[str, Any], code: str, words: str) -> None:
    if "FILES" in values:
        values = {"STORAGES": {**site.STORAGES, "sealed": values["FILES"]}}
    for name, value in values.items():
        setattr(site, name, value)
    (message,) = [*site_is_closed(), *nothing_is_left_out()]
    assert message.id == code
    assert words in message.msg
    assert message.hint


@pytest.mark.parametrize(
    ("host", "mode", "codes"),
    [
        ("db.example", "", ["portal.W003"]),
        ("db.example", "prefer", ["portal.W003"]),
        ("db.example", "require", []),
        ("127.0.0.1", "", []),
        ("/run/postgresql", "", []),
    ],
)
def test_a_database_elsewhere_wants_tls(site, monkeypatch, host: str, mode: str, codes: list[str]) -> None:
    monkeypatch.setitem(site.DATABASES["default"], "HOST", host)
    monkeypatch.setitem(site.DATABASES["default"], "OPTIONS", {"sslmode": mode})
    assert [message.id for message in nothing_is_left_out()] == codes


def test_a_broker_on_this_machine_may_be_without_a_password(site) -> None:
    site.REDIS_URL = "redis://127.0.0.1:6379/0"
    assert nothing_is_left_out() == []


def test_a_wildcard_of_ones_own_domain_holds_the_public_address(site) -> None:
    site.ALLOWED_HOSTS = [".huiminbao.example"]
    site.PUBLIC_URL = "https://www.huiminbao.example"
    assert site_is_closed() == []


class TestAProcessThatServes:
    @pytest.fixture(autouse=True)
    def _prepared(self, site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
        site.STATIC_ROOT = tmp_path
        (tmp_path / "staticfiles.json").write_text("{}")

    def test_has_nothing_to_report(self) -> None:
        assert deployment.serving(pages=True) == []

    def test_does_not_know_the_owner(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_OWNER_URL", "postgres://portal_owner@db.example/portal")
        (message,) = deployment.serving(pages=False)
        assert message.id == "portal.E041"

    def test_does_not_connect_as_the_owner(self, site, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(site.DATABASES["default"], "USER", "portal_owner")
        (message,) = deployment.serving(pages=False)
        assert (message.id, message.msg) == (
            "portal.E042",
            "DATABASE_URL connects as portal_owner, not as DATABASE_APP_ROLE (portal_app).",
        )

    def test_has_its_static_files_if_it_serves_pages(self, tmp_path: Path) -> None:
        (tmp_path / "staticfiles.json").unlink()
        assert deployment.serving(pages=False) == []
        (message,) = deployment.serving(pages=True)
        assert message.id == "portal.E043"


def test_every_code_is_explained_and_every_explained_code_exists() -> None:
    code = re.compile(r"portal\.[EW]\d{3}")
    sources = [*(CHECKOUT / "portal").glob("*.py"), *(CHECKOUT / "portal" / "checks").glob("*.py")]
    used = {found for file in sources for found in code.findall(file.read_text(encoding="utf-8"))}
    explained = re.findall(r"^\| (portal\.[EW]\d{3}) \|", (CHECKOUT / "docs/operating.md").read_text("utf-8"), re.M)
    assert sorted(explained) == sorted(used | set(PARTNER_IDS.values()))
