"""A value of the environment is taken for what it says, or refused with its name: a slip never becomes a default."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import environment as env

Given = Callable[..., None]
NO_OBJECT = 'portal.E002: THIS must be a JSON object, such as {"location": "/srv/files"}.'


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Given:
    def say(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(env, "_given", env.read())

    return say


@pytest.mark.parametrize(("said", "means"), [("1", True), ("yes", True), ("On", True), ("0", False), ("FALSE", False)])
def test_a_flag(given: Given, said: str, means: bool) -> None:
    given(BEHIND_TLS_PROXY=said)
    assert env.flag("BEHIND_TLS_PROXY", not means) is means


def test_nothing_said_is_the_default(given: Given) -> None:
    given(BEHIND_TLS_PROXY="", ALLOWED_HOSTS=" , ", TRUSTED_PROXY_COUNT="", SWEEP_SECONDS="")
    assert env.flag("BEHIND_TLS_PROXY", True) is True
    assert env.words("ALLOWED_HOSTS", ["a"]) == ["a"]
    assert env.whole("TRUSTED_PROXY_COUNT", 2) == 2
    assert env.number("SWEEP_SECONDS", 3.0) == 3.0


def test_words_are_separated_by_commas(given: Given) -> None:
    given(ALLOWED_HOSTS="a.example, b.example,")
    assert env.words("ALLOWED_HOSTS", []) == ["a.example", "b.example"]


def test_a_value_that_begins_with_a_dollar_is_itself(given: Given) -> None:
    given(SECRET_KEY="$HOME")
    assert env.text("SECRET_KEY") == "$HOME"


@pytest.mark.parametrize(
    ("read", "said", "refusal"),
    [
        (env.flag, "ture", "portal.E002: THIS must be 1 or 0."),
        (lambda name: env.whole(name, 1), "one", "portal.E002: THIS must be a whole number of digits only."),
        (lambda name: env.whole(name, 1), "-1", "portal.E002: THIS must be a whole number of digits only."),
        (lambda name: env.number(name, 1.0), "3s", "portal.E002: THIS must be a number."),
        (lambda name: env.choice(name, "a", ["a", "b"]), "c", "portal.E002: THIS must be one of a, b."),
        (env.json_object, "{location: x}", NO_OBJECT),
        (env.json_object, "[1]", NO_OBJECT),
    ],
)
def test_a_slip_is_refused(given: Given, read: Callable[[str], Any], said: str, refusal: str) -> None:
    given(THIS=said)
    with pytest.raises(ImproperlyConfigured) as refused:
        read("THIS")
    assert str(refused.value) == refusal


@pytest.mark.parametrize(
    "url", ["", "mysql://db.example/portal", "sqlite:///portal.db", "db.example", "postgres://u@h:port/db"]
)
def test_only_postgresql_will_do(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"portal\.E002: DATABASE_URL must be of the form postgres://"):
        env.database("DATABASE_URL", url)


def test_what_stands_behind_the_question_mark_goes_to_the_connection() -> None:
    found = env.database("DATABASE_URL", "postgres://portal_app:w%40rd@db.example:5432/portal?sslmode=verify-full")
    assert (found["HOST"], found["PASSWORD"]) == ("db.example", "w@rd")
    assert found["OPTIONS"] == {"sslmode": "verify-full"}


class TestASecretInAFile:
    def test_is_read_without_its_line_end(self, given: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SECRET_KEY", raising=False)
        (tmp_path / "key").write_text("the key\n")
        given(SECRET_KEY_FILE=str(tmp_path / "key"))
        assert env.text("SECRET_KEY") == "the key"

    def test_that_is_not_there_is_refused(self, given: Given, tmp_path: Path) -> None:
        given(SECRET_KEY_FILE=str(tmp_path / "absent"))
        with pytest.raises(ImproperlyConfigured, match=r"portal\.E004: SECRET_KEY_FILE names .*/absent, which cannot"):
            env.text("SECRET_KEY")
