"""Personal data is ciphertext in its column, opens only there, and can be found without being opened."""

import base64

import pytest
from django.db import connection, transaction
from pytest_django import Settings

from privacy import crypto
from privacy.fields import BlindIndexField, Sealed, sealed_values
from tests.parcels.models import Parcel
from work.audit import changes_of

CONTEXT = "parcels.parcel.recipient"


def test_a_value_opens_in_its_own_column_only() -> None:
    token = crypto.encrypt("李秀兰", context=CONTEXT)
    assert "李秀兰".encode() not in token
    assert crypto.decrypt(token, context=CONTEXT) == "李秀兰"
    with pytest.raises(crypto.CannotDecrypt):
        crypto.decrypt(token, context="parcels.parcel.route")


def test_two_encryptions_of_one_value_differ() -> None:
    assert crypto.encrypt("x", context=CONTEXT) != crypto.encrypt("x", context=CONTEXT)


def test_an_altered_ciphertext_is_noticed() -> None:
    token = crypto.encrypt("18,640.00", context=CONTEXT)
    flipped = token[:-1] + bytes([token[-1] ^ 1])
    with pytest.raises(crypto.CannotDecrypt):
        crypto.decrypt(flipped, context=CONTEXT)


def test_a_new_key_encrypts_while_the_old_one_still_opens(settings: Settings) -> None:
    old = crypto.encrypt("李秀兰", context=CONTEXT)
    new_key = base64.urlsafe_b64encode(b"n" * 32).decode()
    settings.FIELD_KEYS = f"k2:{new_key},{settings.FIELD_KEYS}"
    assert crypto.key_id_of(crypto.encrypt("x", context=CONTEXT)) == "k2"
    assert crypto.decrypt(old, context=CONTEXT) == "李秀兰"
    settings.FIELD_KEYS = f"k2:{new_key}"
    with pytest.raises(crypto.CannotDecrypt):
        crypto.decrypt(old, context=CONTEXT)


def test_a_sealed_value_stands_as_text_where_bytes_cannot() -> None:
    token = crypto.encrypt("李秀兰", context=CONTEXT)
    assert crypto.from_text(crypto.as_text(token)) == token
    with pytest.raises(crypto.CannotDecrypt):
        crypto.from_text("no token")


@pytest.mark.parametrize("broken", [b"", b"\x01", b"\x01k1.", b"\x01k9.abc", b"v1.k1.AAAA"])
def test_what_is_no_sealed_value_does_not_open(broken: bytes) -> None:
    with pytest.raises(crypto.CannotDecrypt):
        crypto.decrypt(broken, context=CONTEXT)


@pytest.mark.django_db
def test_the_column_holds_ciphertext_and_the_model_gives_plaintext() -> None:
    parcel = Parcel.objects.create(recipient="李秀兰", route={"to": "三门峡"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT recipient, route FROM parcels_parcel WHERE id = %s", [parcel.pk])
        recipient, route = cursor.fetchone()
    assert recipient.startswith(b"\x01k1.")
    assert "三门峡".encode() not in route
    fresh = Parcel.objects.get(pk=parcel.pk)
    assert (fresh.recipient, fresh.route) == ("李秀兰", {"to": "三门峡"})


@pytest.mark.django_db
def test_a_person_is_found_by_the_index_and_not_by_the_ciphertext() -> None:
    parcel = Parcel.objects.create(recipient="李秀兰")
    digest = BlindIndexField.of(Parcel, "recipient_index", " 李秀兰 ")
    assert Parcel.objects.get(recipient_index=digest) == parcel
    with pytest.raises(TypeError, match="blind index"):
        Parcel.objects.filter(recipient="李秀兰")


def test_equal_values_of_different_columns_have_different_indexes() -> None:
    assert crypto.blind_index("a.b.name", "x") != crypto.blind_index("a.b.phone", "x")


@pytest.mark.django_db
def test_the_history_keeps_ciphertext_that_opens_like_the_original() -> None:
    parcel = Parcel.objects.create(recipient="李秀兰")
    parcel.recipient = "王桂英"
    parcel.save()
    made, changed = changes_of(parcel)
    assert (made.operation, made.before, changed.operation) == ("I", None, "U")
    kept = changed.before["recipient"]
    assert kept.startswith("\\x01")  # bytes as PostgreSQL writes them in JSON
    assert Parcel._meta.get_field("recipient").open(bytes.fromhex(kept[2:]), row=parcel.pk) == "李秀兰"


@pytest.mark.django_db
def test_a_value_copied_to_another_row_does_not_open() -> None:
    """Whoever may write to the table could else let one claim pay to another's account."""
    hers, his = Parcel.objects.create(recipient="李秀兰"), Parcel.objects.create(recipient="赵强")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE parcels_parcel SET recipient = (SELECT recipient FROM parcels_parcel WHERE id = %s) WHERE id = %s",
            [his.pk, hers.pk],
        )
    with pytest.raises(crypto.CannotDecrypt):
        _ = Parcel.objects.get(pk=hers.pk).recipient
    assert Parcel.objects.get(pk=his.pk).recipient == "赵强"


@pytest.mark.django_db
def test_a_value_is_opened_when_it_is_read_and_goes_back_as_it_came() -> None:
    parcel = Parcel.objects.get(pk=Parcel.objects.create(recipient="李秀兰", weight_gram=1).pk)
    stored = parcel.__dict__["recipient"]
    assert isinstance(stored, Sealed)
    parcel.weight_gram = 2
    parcel.save()
    again = Parcel.objects.get(pk=parcel.pk)
    assert again.__dict__["recipient"] == stored
    assert (again.recipient, again.recipient_index) == ("李秀兰", parcel.recipient_index)


@pytest.mark.django_db
def test_a_plain_value_never_reaches_the_column_by_an_update() -> None:
    parcel = Parcel.objects.create(recipient="李秀兰")
    with pytest.raises(TypeError, match="sealed for a row"), transaction.atomic():
        Parcel.objects.update(recipient="王桂英")
    Parcel.objects.filter(pk=parcel.pk).update(**sealed_values(parcel, {"recipient": "王桂英", "weight_gram": 3}))
    parcel.refresh_from_db()
    assert (parcel.recipient, parcel.weight_gram) == ("王桂英", 3)


@pytest.mark.django_db
def test_many_rows_made_at_once_have_ids_of_their_own() -> None:
    Parcel.objects.bulk_create([Parcel(recipient=name) for name in ("李秀兰", "王桂英", "张建国")])
    assert [parcel.recipient for parcel in Parcel.objects.order_by("pk")] == ["李秀兰", "王桂英", "张建国"]
