"""Sealed files in an S3-compatible store, as two hosts see it: a simulated one, spoken to over HTTP."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import boto3
import pytest
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from core.errors import Busy
from privacy.file_sweep import sweep_shelf
from privacy.files import FileLost, destroy
from privacy.s3 import Bucket
from tests.parcels.models import Parcel, Waybill

pytestmark = pytest.mark.django_db(transaction=True)

LETTER = "王桂英的住院病历".encode()


class Store:
    """The store, seen from outside: what lies in it, and whether it answers."""

    def __init__(self) -> None:
        self._bucket = f"papers-{uuid4().hex}"  # the simulated store keeps what earlier tests put there
        self._server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self._server.start()
        host, port = self._server.get_host_and_port()
        keys = {"access_key": "portal", "secret_key": "only-for-this-test"}
        self.options = {
            "bucket_name": self._bucket,
            "endpoint_url": f"http://{host}:{port}",
            **keys,
            "region_name": "cn-1",
        }
        session = boto3.session.Session(keys["access_key"], keys["secret_key"], region_name="us-east-1")
        self._client = session.client("s3", endpoint_url=self.options["endpoint_url"])
        self._client.create_bucket(Bucket=self._bucket)

    def objects(self) -> dict[str, bytes]:
        listed = self._client.list_objects_v2(Bucket=self._bucket).get("Contents", [])
        return {
            one["Key"]: self._client.get_object(Bucket=self._bucket, Key=one["Key"])["Body"].read() for one in listed
        }

    def put(self, name: str, content: bytes) -> None:
        self._client.put_object(Bucket=self._bucket, Key=name, Body=content)

    def lose(self, name: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=name)

    def stop(self) -> None:
        self._server.stop()


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = Store()
    sealed = {"BACKEND": "privacy.s3.Bucket", "OPTIONS": store.options}
    settings.STORAGES = {**settings.STORAGES, "sealed": sealed}
    yield store
    store.stop()


def kept(content: bytes = LETTER) -> Waybill:
    file = Waybill.write(content, parcel=Parcel.objects.create())
    file.save(force_insert=True)
    return Waybill.objects.get(pk=file.pk)


def how_lost(file: Waybill) -> str:
    with pytest.raises(FileLost) as lost:
        file.read()
    return lost.value.how


@pytest.mark.parametrize("size", [0, 1, 3_000_000])
def test_a_file_comes_back_as_it_was(store: Store, size: int) -> None:
    content = os.urandom(size)
    file = kept(content)
    assert file.read() == content
    assert b"".join(file.pieces()) == content


def test_the_store_holds_nothing_that_can_be_read(store: Store) -> None:
    file = kept()
    assert list(store.objects()) == [file.object_name]
    assert LETTER not in store.objects()[file.object_name]


def test_what_one_host_wrote_another_host_reads(store: Store) -> None:
    file = kept()
    other_host = Bucket(**store.options)
    assert other_host is not storages["sealed"]
    with other_host.open(file.object_name) as sealed:
        assert sealed.read() == store.objects()[file.object_name]


def test_an_object_that_is_gone_or_altered_is_said_to_be(store: Store) -> None:
    gone, altered = kept(), kept()
    store.lose(gone.object_name)
    sealed = store.objects()[altered.object_name]
    store.put(altered.object_name, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    assert (how_lost(gone), how_lost(altered)) == ("missing", "altered")


def test_a_store_that_does_not_answer_is_a_matter_of_a_minute(store: Store) -> None:
    file = kept()
    store.stop()
    for touch in (file.read, lambda: Waybill.write(LETTER, parcel=file.parcel)):
        with pytest.raises(Busy) as refused:
            touch()  # type: ignore[operator]
        assert refused.value.code == "files_away"


def test_a_bucket_that_is_not_there_is_no_lost_file(store: Store, settings: Settings) -> None:
    """It answers 404 as for a lost object; nobody must be told that her papers are gone."""
    file = kept()
    wrong: dict[str, Any] = {**store.options, "bucket_name": "another"}
    settings.STORAGES = {**settings.STORAGES, "sealed": {"BACKEND": "privacy.s3.Bucket", "OPTIONS": wrong}}
    with pytest.raises(Busy):
        file.read()


def test_a_row_that_is_destroyed_takes_its_object_with_it(store: Store) -> None:
    file, stays = kept(), kept()
    destroy(Waybill.objects.filter(pk=file.pk))
    assert list(store.objects()) == [stays.object_name]


def test_the_sweep_removes_an_orphan_and_names_what_is_missing(store: Store) -> None:
    lost, stays = kept(), kept()
    store.lose(lost.object_name)
    orphan = Waybill.write(LETTER, parcel=Parcel.objects.create())  # its transaction failed
    swept = [
        sweep_shelf(Waybill, file.pk.hex[:2], now=datetime.now(UTC) + timedelta(days=2)) for file in (orphan, lost)
    ]
    assert list(store.objects()) == [stays.object_name]
    assert {row.pk for one in swept for row in one.missing} == {lost.pk}


def test_the_client_gives_up_within_seconds(store: Store) -> None:
    config = storages["sealed"].client_config  # type: ignore[attr-defined]
    assert (config.connect_timeout, config.read_timeout, config.retries["total_max_attempts"]) == (3, 20, 2)
