"""One translation file per room: words follow moved code, and no room overrides another's Chinese."""

from pathlib import Path

import polib
import pytest
from django.conf import settings

from launch.translations import catalogues, compile_catalogues
from scripts import messages


class House:
    """A checkout with two rooms, `claims` and `people`."""

    def __init__(self, root: Path):
        self.root = root
        for folder in ("claims", "people", "templates/people"):
            (root / folder).mkdir(parents=True)

    def say(self, room: str, *texts: str, context: str = "") -> None:
        call = f"pgettext({context!r}, {{!r}})" if context else "_({!r})"
        (self.root / room / "said.py").write_text("\n".join(map(call.format, texts)))

    def translate(self, room: str, **chinese: str) -> None:
        po = polib.pofile(str(messages.po(room)))
        for entry in po:
            entry.msgstr = chinese.get(entry.msgid, entry.msgstr)
        po.save()

    def words(self, room: str) -> dict[str, str]:
        return {entry.msgid: entry.msgstr for entry in polib.pofile(str(messages.po(room)))}


@pytest.fixture
def house(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "CHECKOUT", tmp_path)
    monkeypatch.setattr(messages, "rooms", lambda: ("people", "claims"))
    return House(tmp_path)


def test_a_room_has_the_words_of_its_code_and_of_its_templates(house):
    house.say("claims", "Bill")
    (house.root / "templates/people/me.html").write_text('{% load i18n %}{% translate "Me" %}')
    messages.collect()
    assert house.words("claims") == {"Bill": ""}
    assert house.words("people") == {"Me": ""}


def test_a_room_without_words_has_no_file_until_words_come(house):
    house.say("claims", "Bill")
    messages.collect()
    assert not messages.po("people").exists()

    house.say("people", "Mother")
    house.say("claims")
    messages.collect()
    assert house.words("people") == {"Mother": ""}
    assert not messages.po("claims").exists()


def test_a_payment_channel_keeps_its_words_in_its_folder(house, monkeypatch):
    monkeypatch.setattr(messages, "rooms", lambda: ("payments",))
    for folder in ("payments", "payments/channels", "payments/channels/coupon"):
        (house.root / folder).mkdir()
        (house.root / folder / "__init__.py").touch()
    house.say("payments", "Paid")
    house.say("payments/channels/coupon", "Coupon")
    messages.collect()
    assert house.words("payments") == {"Paid": ""}
    assert house.words("payments/channels/coupon") == {"Coupon": ""}


def test_words_of_moved_code_keep_their_chinese(house):
    house.say("claims", "Mother", "Bill")
    messages.collect()
    house.translate("claims", Mother="母亲", Bill="账单")

    house.say("claims", "Bill")
    house.say("people", "Mother", "Father")
    messages.collect()
    assert house.words("people") == {"Mother": "母亲", "Father": ""}
    assert house.words("claims") == {"Bill": "账单"}


def test_translations_can_be_taken_from_another_file(house, tmp_path):
    house.say("people", "Mother")
    messages.collect()
    sent_in = tmp_path / "from-the-translator.po"
    sent_in.write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Mother"\nmsgstr "母亲"\n'
    )
    messages.collect(str(sent_in))
    assert house.words("people") == {"Mother": "母亲"}


def test_two_rooms_that_say_one_word_differently_fail(house):
    for room in ("claims", "people"):
        house.say(room, "Open")
    messages.collect()
    house.translate("claims", Open="处理中")
    house.translate("people", Open="打开")
    (fault,) = messages.faults()
    assert fault == "translated in two ways, give one a context (pgettext): 'Open': 打开 in people; 处理中 in claims"

    house.translate("people", Open="处理中")
    assert list(messages.faults()) == []


def test_a_word_with_a_context_is_another_word(house):
    house.say("claims", "Open")
    house.say("people", "Open", context="of a door")
    messages.collect()
    house.translate("claims", Open="处理中")
    house.translate("people", Open="打开")
    assert list(messages.faults()) == []


def test_a_word_that_django_says_otherwise_needs_a_context(house):
    house.say("people", "History")
    messages.collect()
    house.translate("people", History="经过")
    assert list(messages.faults()) == ["people: Django says 历史 for 'History', give yours a context (pgettext)"]

    house.say("people", "History", context="claim")
    messages.collect()
    house.translate("people", History="经过")
    assert list(messages.faults()) == []


def test_a_compiled_file_goes_with_its_source(house):
    house.say("people", "Mother")
    messages.collect()
    assert compile_catalogues(house.root) == 1
    assert compile_catalogues(house.root) == 0, "nothing is newer"
    compiled = messages.po("people").with_suffix(".mo")
    assert compiled.exists()

    messages.po("people").unlink()
    compile_catalogues(house.root)
    assert not compiled.exists()


def test_django_reads_every_file_of_the_product():
    read = {Path(place) for place in settings.LOCALE_PATHS}
    assert {po.parents[2] for po in catalogues()} == read
