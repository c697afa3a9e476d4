"""Long texts are made small before they are sealed, and come back to the letter."""

from __future__ import annotations

import hashlib
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy import crypto, squeeze

CONTEXT = "messaging.smsmessage.text#41"
# What Li Xiulan reads when she has paid: 60 characters, 174 bytes.
PAID = "【三门峡惠民保】已支付 207.00 元，3 份 2027 年度保单已生成，可在“我的保单”中查看。保障开始前可全额退保。"


def test_a_message_takes_less_room_than_its_own_letters() -> None:
    token = crypto.encrypt(PAID, context=CONTEXT)
    assert token[0] == 2
    assert len(token) < len(PAID.encode())
    assert crypto.decrypt(token, context=CONTEXT) == PAID


def test_a_name_stays_as_it_is() -> None:
    assert crypto.encrypt("李秀兰", context=CONTEXT)[0] == 1


def test_what_does_not_get_smaller_stays_as_it_is() -> None:
    noise = "".join(chr(0x4E00 + (index * 7919) % 20000) for index in range(40))
    token = crypto.encrypt(noise, context=CONTEXT)
    assert crypto.decrypt(token, context=CONTEXT) == noise


@given(st.text(min_size=0, max_size=400))
def test_every_text_comes_back(text: str) -> None:
    assert crypto.decrypt(crypto.encrypt(text, context=CONTEXT), context=CONTEXT) == text


def test_a_value_does_not_open_under_another_version() -> None:
    for text, other in ((PAID, b"\x01"), ("李秀兰", b"\x02")):
        token = crypto.encrypt(text, context=CONTEXT)
        with pytest.raises(crypto.CannotDecrypt):
            crypto.decrypt(other + token[1:], context=CONTEXT)
    with pytest.raises(crypto.CannotDecrypt):
        crypto.decrypt(b"\x09" + crypto.encrypt(PAID, context=CONTEXT)[1:], context=CONTEXT)


def test_half_a_text_is_none() -> None:
    small = squeeze.squeeze(PAID.encode(), phrases=1)
    with pytest.raises(zlib.error):
        squeeze.stretch(small[:-3], phrases=1)


def test_the_phrases_of_a_version_never_change() -> None:
    """Texts that were sealed with them could not be read any more. New phrases are a new file and a new version."""
    file = Path(squeeze.__file__).parent / "phrases" / "1.txt"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == (
        "21cfd96b020ae1e6ab8dd340dfddf6e86f000e39ed0504a4de817a0dbeeefa0e"
    )
