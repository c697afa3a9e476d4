"""Who speaks stands in front of every text, once; and what the carriers count."""

import pytest
from django.db import transaction

from core import clock
from demo.schemes import ZHENGZHOU, create_demo_scheme
from messaging.actions import send_sms
from messaging.models import SmsMessage
from messaging.segments import segments

LI = "13900001001"


def write(**given):
    with transaction.atomic():
        send_sms(phone=LI, template="name_corrected", params={}, key="k", now=clock.now(), **given)
    return SmsMessage.objects.get(key="k")


@pytest.mark.django_db
def test_the_sender_stands_in_front(settings):
    settings.MESSAGE_SIGNATURE = "三门峡惠民保"
    assert write().text.startswith("【三门峡惠民保】")


@pytest.mark.django_db
def test_another_scheme_speaks_under_its_own_name():
    zhengzhou = create_demo_scheme(ZHENGZHOU)
    zhengzhou.message_signature = "郑州大病保险"
    text = write(scheme=zhengzhou).text
    assert text.startswith("【郑州大病保险】")
    assert text.count("【") == 1


@pytest.mark.parametrize(("length", "counted"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_seventy_characters_are_one_message_and_longer_ones_are_cut_at_sixty_seven(length: int, counted: int) -> None:
    assert segments("保" * length) == counted


def test_a_rare_character_of_a_name_counts_as_two() -> None:
    assert segments("𬭎" + "保" * 68) == 1
    assert segments("𬭎" + "保" * 69) == 2


@pytest.mark.django_db
def test_the_count_is_kept_with_the_message_signature_included(settings):
    settings.MESSAGE_SIGNATURE = "三" * 60
    assert write().segments == 2
