"""Logs say what happened to which row, never to whom."""

from core.logs import scrub


def test_identity_mobile_and_card_numbers_are_blanked_wherever_they_sit() -> None:
    event = {
        "event": "failed for 41120219680315004X",
        "phone": "13900001001",
        "nested": {"card": ["6222020000000000000", "ok"]},
        "msgid": "H41120000001202611221000000001",
        "claim": "CL-2026-0000001",
    }
    clean = scrub(None, "info", event)
    assert clean["event"] == "failed for [removed]"
    assert clean["phone"] == "[removed]"
    assert clean["nested"] == {"card": ["[removed]", "ok"]}
    assert clean["msgid"] == "H41120000001202611221000000001"
    assert clean["claim"] == "CL-2026-0000001"
