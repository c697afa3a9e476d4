"""Lanes: what waits in one never stands in the way of what waits in another."""

from __future__ import annotations

from enum import StrEnum


class Lane(StrEnum):
    """In the order of haste."""

    CODES = "codes"  # somebody sits before a page and waits for it
    MONEY = "money"  # money in and out
    NOTICES = "notices"  # what has just happened to somebody
    CAMPAIGN = "campaign"  # prompts to very many people, who may decline them
