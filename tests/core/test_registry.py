"""A registry: told at the start, asked ever after."""

from __future__ import annotations

import pytest
from django.apps import apps
from pytest_django import Settings

from core.registry import AlreadyRegistered, NotRegistered, Registry, RegistryClosed


@pytest.fixture
def colours(monkeypatch: pytest.MonkeyPatch) -> Registry[str]:
    """As it stands while the product starts."""
    monkeypatch.setattr(apps, "ready", False)
    return Registry("colour")


def test_what_was_registered_is_found_by_its_name_in_the_order_it_came(colours: Registry[str]) -> None:
    assert colours.register("sky", "blue") == "blue"
    colours.register("grass", "green")
    assert colours.get("sky") == "blue"
    assert "grass" in colours
    assert (list(colours), colours.values(), len(colours)) == (["sky", "grass"], ["blue", "green"], 2)


def test_an_unknown_name_is_a_named_error(colours: Registry[str]) -> None:
    with pytest.raises(NotRegistered, match="no colour is named 'sea'"):
        colours.get("sea")
    assert colours.find("sea") is None


def test_the_same_again_is_fine_and_something_else_is_not(colours: Registry[str]) -> None:
    colours.register("sky", "blue")
    assert colours.register("sky", "blue") == "blue"
    with pytest.raises(AlreadyRegistered):
        colours.register("sky", "grey")
    assert colours.get("sky") == "blue"


def test_after_the_start_nothing_is_added(colours: Registry[str], monkeypatch: pytest.MonkeyPatch) -> None:
    colours.register("sky", "blue")
    monkeypatch.setattr(apps, "ready", True)
    assert colours.register("sky", "blue") == "blue", "a module imported twice does no harm"
    with pytest.raises(RegistryClosed):
        colours.register("grass", "green")
    assert "grass" not in colours


def test_a_test_may_put_another_in_its_place_and_it_is_gone_afterwards(
    colours: Registry[str], settings: Settings
) -> None:
    colours.register("sky", "blue")
    with colours.replaced("sky", "grey"), colours.replaced("sea", "green"):
        assert (colours.get("sky"), colours.get("sea")) == ("grey", "green")
    assert (colours.get("sky"), colours.find("sea")) == ("blue", None)
    settings.TESTING = False
    with pytest.raises(RegistryClosed), colours.replaced("sky", "grey"):
        pass
