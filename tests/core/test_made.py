"""What follows from its key alone is made once, and the least asked for goes first."""

from __future__ import annotations

import pytest

from core.kept import Made


def test_made_once_for_a_key() -> None:
    made: Made[str, object] = Made(most=2)
    assert made("a", object) is made("a", object)
    assert made("a", object) is not made("b", object)


def test_what_was_asked_for_longest_ago_goes() -> None:
    made: Made[str, object] = Made(most=2)
    first, second = made("a", object), made("b", object)
    made("a", object)
    made("c", object)
    assert made("a", object) is first
    assert made("b", object) is not second


def test_what_could_not_be_made_is_not_kept() -> None:
    made: Made[str, int] = Made(most=2)
    with pytest.raises(ZeroDivisionError):
        made("a", lambda: 1 // 0)
    assert made("a", lambda: 7) == 7
