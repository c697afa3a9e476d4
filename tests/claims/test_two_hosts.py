"""Two web hosts and a worker on a third: each has a folder of its own, and all reach the same storage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytest_django import Settings

from claims.lifecycle import DocumentState
from claims.models import ClaimDocument
from core import clock
from tests.claims import paper_files
from tests.claims.people import LI_HIP, Family, quarantined
from tests.payments.worker import Worker
from work.files import read_file


@pytest.mark.django_db(transaction=True)
def test_a_paper_received_on_one_host_is_checked_on_another_and_read_on_a_third(
    transactional_db: None, family: Family, worker: Callable[..., Worker], settings: Settings, tmp_path: Path
) -> None:
    from claims import actions

    shared = settings.MEDIA_ROOT
    claim = family.starts(LI_HIP)
    settings.QUARANTINE_DIR = tmp_path / "web-host" / "quarantine"
    upload = quarantined(paper_files.photo(), "发票.jpg")
    paper = actions.add_document(claim=claim, kind="INVOICE", upload=upload, actor=family.li.actor(), now=clock.now())
    # What the web host had of it for itself is gone: the worker has only the storage.
    (tmp_path / "web-host").rename(tmp_path / "web-host-switched-off")
    settings.QUARANTINE_DIR = tmp_path / "worker-host" / "quarantine"
    assert worker("check_papers").wait() == 0
    paper.refresh_from_db()
    assert paper.state == DocumentState.READY
    assert list((tmp_path / "worker-host" / "quarantine").iterdir()) == []
    # A web host reads what the worker's host wrote.
    settings.QUARANTINE_DIR = tmp_path / "other-web-host"
    picture = read_file(paper.files.get(part="page-1"), now=clock.now())
    assert picture.startswith(b"\xff\xd8")
    assert {path.parts[-4:-2] for path in Path(shared).rglob("*") if path.is_file()} == {("claims", "papers")}


@pytest.mark.django_db(transaction=True)
def test_without_the_shared_storage_the_paper_is_said_to_be_lost_and_a_person_is_told(
    transactional_db: None, family: Family, worker: Callable[..., Worker], settings: Settings, tmp_path: Path
) -> None:
    """The control: what the first test shows is the storage's doing."""
    from claims import actions
    from work.models import HumanTask

    claim = family.starts(LI_HIP)
    upload = quarantined(paper_files.photo(), "发票.jpg")
    actions.add_document(claim=claim, kind="INVOICE", upload=upload, actor=family.li.actor(), now=clock.now())
    settings.MEDIA_ROOT = tmp_path / "another-disk"
    assert worker("check_papers").wait() == 0
    paper = ClaimDocument.objects.get()
    assert (paper.state, paper.refusal) == (DocumentState.REFUSED, "file_lost")
    assert HumanTask.objects.get(kind="file_lost").reason.startswith("missing")
