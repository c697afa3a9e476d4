"""Which amounts a bill has is declared at the fields of benefits.Bill; this room writes no list of its own."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest
from django.conf import settings

import benefits
from claims import explain

# Names that something else has too: parts of fee lines (stays._line), and what the rules compute of a bill.
SHARED = {field.name for of in (benefits.BillLine, benefits.ResponsibilityResult) for field in fields(of)}
SHARED |= {"over_limit_fen"}  # what the platform took out of a fee line for its price
NAMES = {amount.field for amount in benefits.BILL_AMOUNTS} - SHARED - {"total_fen"}


def sources() -> list[Path]:
    root = Path(settings.BASE_DIR)
    code = [path for path in (root / "claims").rglob("*.py") if "migrations" not in path.parts]
    return [*code, *(root / "templates" / "claims").rglob("*.html")]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_no_file_of_the_room_names_an_amount(name: str) -> None:
    naming = [path.name for path in sources() if re.search(rf"\b{name}\b", path.read_text())]
    assert naming == []


def test_whoever_is_drawn_in_a_colour_of_its_own_is_an_amount_of_the_bill() -> None:
    assert set(explain._DRAWN) <= {amount.name for amount in benefits.BILL_AMOUNTS}


def test_the_walk_reads_the_room() -> None:
    """The control."""
    assert len(sources()) > 80
    assert len(NAMES) > 8
