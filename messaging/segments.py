"""How many messages the carriers count, and bill, for one text.

Source: the carriers' rule for Chinese (UCS-2): 70 characters in one message; a longer text is cut into parts of 67, the
other three say how to put them together.
"""

from __future__ import annotations

ONE_MESSAGE = 70
ONE_PART = 67


def segments(text: str) -> int:
    """text: with its signature, which counts. Characters beyond the basic plane count as two, as UCS-2 stores them."""
    length = len(text.encode("utf-16-le")) // 2
    return 1 if length <= ONE_MESSAGE else -(-length // ONE_PART)
