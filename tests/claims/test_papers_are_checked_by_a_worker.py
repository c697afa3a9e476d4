"""A paper is received at once and written anew by a worker: one at a time of one account, and never half."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from claims import actions, selectors
from claims.actions.check_document import MAX_TRIES, claim_paper
from claims.documents import quarantine
from claims.documents.quarantine import quarantine_folder
from claims.lifecycle import ClaimState, DocumentState
from claims.models import Claim, ClaimDocument, DocumentJob, PaperFile
from core import clock, guards
from core.errors import DomainError
from tests.claims import paper_files
from tests.claims.people import LI_HIP, WANG_PNEUMONIA, Family, own_page, quarantined
from tests.payments.worker import Worker
from work import sweeps

StartWorker = Callable[..., Worker]


def gives(family: Family, claim: Claim, content: bytes, name: str = "照片.jpg", kind: str = "INVOICE") -> ClaimDocument:
    """Li hands a file over; no worker has looked at it yet."""
    upload = quarantined(content, name)
    return actions.add_document(claim=claim, kind=kind, upload=upload, actor=family.li.actor(), now=clock.now())


def kept(document: ClaimDocument) -> set[str]:
    """The parts whose object lies in the storage."""
    return {file.part for file in document.files.all() if object_of(file).exists()}


def object_of(file: PaperFile) -> Path:
    return Path(settings.MEDIA_ROOT) / file.object_name


def objects() -> int:
    return sum(path.is_file() for path in Path(settings.MEDIA_ROOT).rglob("*"))


def test_a_paper_is_received_sealed_and_shown_to_nobody_before_it_is_written_anew(family: Family) -> None:
    claim = family.starts(LI_HIP)
    paper = gives(family, claim, paper_files.photo())
    assert (paper.state, kept(paper)) == (DocumentState.RECEIVED, {"original"})
    assert b"Canary Camera" not in object_of(paper.files.get()).read_bytes()
    assert selectors.documents_of(claim) == []
    with pytest.raises(DomainError):
        selectors.document_for(family.li.actor(), paper.pk)
    family.worker_checks()
    paper.refresh_from_db()
    assert (paper.state, paper.pages) == (DocumentState.READY, 1)
    assert kept(paper) == {"original", "clean", "page-1"}
    assert [event.name for event in paper.events.all()] == ["document.ready"]
    assert not DocumentJob.objects.exists()


def test_a_paper_that_cannot_be_used_says_why_and_leaves_nothing_kept(
    family: Family, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]]
) -> None:
    claim = family.starts(LI_HIP)
    paper = gives(family, claim, paper_files.pixel_flood(), "scan.png")
    with django_capture_on_commit_callbacks(execute=True):
        family.worker_checks()
    paper.refresh_from_db()
    assert (paper.state, paper.refusal) == (DocumentState.REFUSED, "picture_too_large")
    assert (kept(paper), objects()) == (set(), 0)
    # The same file is looked at again, should she insist; it is not "there already".
    assert gives(family, claim, paper_files.pixel_flood(), "scan.png").pk != paper.pk


def test_handing_in_waits_for_papers_that_are_still_being_checked(family: Family) -> None:
    claim = family.prepares(LI_HIP)
    gives(family, claim, paper_files.photo("more"), "门诊.jpg", kind="OTHER")
    with pytest.raises(DomainError) as refusal:
        actions.submit_claim(claim=claim, seen=own_page(claim), actor=family.li.actor(), now=clock.now())
    assert (refusal.value.code, refusal.value.status) == ("papers_not_ready", 409)
    assert "门诊.jpg" in str(refusal.value)
    family.worker_checks()
    assert (
        actions.submit_claim(claim=claim, seen=own_page(claim), actor=family.li.actor(), now=clock.now()).state
        == ClaimState.SUBMITTED
    )


def test_an_invoice_that_was_refused_counts_as_missing(family: Family) -> None:
    claim = family.starts(LI_HIP)
    gives(family, claim, paper_files.pixel_flood(), "scan.png")
    family.worker_checks()
    assert "INVOICE" in [requirement.kind for requirement in selectors.checklist_of(claim).missing]


def test_the_page_shows_how_far_each_file_is(family: Family, browser_of: Callable[[User], Client]) -> None:
    claim, li = family.starts(LI_HIP), browser_of(family.li)
    li.cookies["look"] = "auto.normal.en"
    address = reverse("claims:papers", args=[claim.number])
    gives(family, claim, paper_files.photo(), "good.jpg")
    gives(family, claim, paper_files.pixel_flood(), "flood.png", kind="BANK_CARD")
    page = li.get(address).content.decode()
    assert page.count('hx-trigger="every 2s"') == 2
    assert page.count("Being checked") == 2
    assert page.count("<noscript>") >= 2
    family.worker_checks()
    page = li.get(address).content.decode()
    assert 'hx-trigger="every 2s"' not in page
    assert "This picture has too many pixels" in page
    assert "Not usable" in page


# one at a time ------------------------------------------------------------------------------------------------------


def test_of_one_account_one_paper_is_in_work_and_others_accounts_are_not_held_up(family: Family) -> None:
    claim = family.starts(LI_HIP)
    first = gives(family, claim, paper_files.photo("1"))
    gives(family, claim, paper_files.photo("2"))
    now = clock.now()
    assert [job.document for job in claim_paper(now)] == [first]
    assert claim_paper(now) == []
    DocumentJob.objects.exclude(document=first).update(account=family.zhao)
    assert claim_paper(now)


def test_without_the_guard_both_papers_of_one_account_are_in_work(family: Family) -> None:
    claim = family.starts(LI_HIP)
    gives(family, claim, paper_files.photo("1"))
    gives(family, claim, paper_files.photo("2"))
    with guards.off("documents.one_per_account"):
        assert claim_paper(clock.now())
        assert claim_paper(clock.now())


def test_the_database_refuses_a_second_paper_in_work_for_one_account(family: Family) -> None:
    claim = family.starts(LI_HIP)
    gives(family, claim, paper_files.photo("1"))
    gives(family, claim, paper_files.photo("2"))
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentJob.objects.update(in_work_for=family.li.pk)


def test_a_paper_that_is_taken_back_while_it_is_checked_stays_gone(
    family: Family,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    from claims.actions import check_document
    from claims.actions.check_document import _check

    claim = family.starts(LI_HIP)
    paper = gives(family, claim, paper_files.photo())
    [job] = claim_paper(clock.now())
    drawn = check_document._write_anew

    def taken_back_meanwhile(*args: Any, **kwargs: Any) -> dict[str, Any]:
        outcome = drawn(*args, **kwargs)
        with django_capture_on_commit_callbacks(execute=True):
            actions.remove_document(document=paper, actor=family.li.actor(), now=clock.now())
        return outcome

    monkeypatch.setattr(check_document, "_write_anew", taken_back_meanwhile)
    _check(job.document, job, now=clock.now())
    paper.refresh_from_db()
    assert paper.state == DocumentState.RECEIVED
    assert paper.removed_at is not None
    assert (DocumentJob.objects.count(), PaperFile.objects.count(), objects()) == (0, 0, 0)


# killed --------------------------------------------------------------------------------------------------------------


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before_drawing", "after_drawing", "while_writing"])
def test_a_worker_killed_midway_leaves_the_paper_waiting_and_the_next_one_finishes_it(
    transactional_db: None, family: Family, worker: StartWorker, later: Callable[..., None], moment: str
) -> None:
    claim = family.starts(LI_HIP)
    paper = gives(family, claim, paper_files.pdf(3), "电子票据.pdf")
    assert worker("check_papers", moment).wait() == -signal.SIGKILL
    paper.refresh_from_db()
    assert (paper.state, paper.pages) == (DocumentState.RECEIVED, 0)
    family.worker_checks()
    assert ClaimDocument.objects.get().state == DocumentState.RECEIVED  # the dead worker's lease still holds it
    later(minutes=3)
    assert worker("check_papers").wait() == 0
    paper.refresh_from_db()
    assert (paper.state, paper.pages) == (DocumentState.READY, 3)
    assert kept(paper) == {"original", "clean", "page-1", "page-2", "page-3"}
    assert paper.events.count() == 1


def test_a_paper_whose_worker_died_four_times_is_refused_and_not_tried_for_ever(family: Family) -> None:
    claim = family.starts(LI_HIP)
    paper = gives(family, claim, paper_files.photo())
    DocumentJob.objects.update(attempts=MAX_TRIES)
    family.worker_checks()
    paper.refresh_from_db()
    assert (paper.state, paper.refusal) == (DocumentState.REFUSED, "file_too_costly")


def test_a_silent_scanner_puts_the_paper_back_for_later(family: Family, settings: Settings) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:9"
    claim = family.starts(LI_HIP)
    paper = gives(family, claim, paper_files.photo())
    assert sweeps.step(sweeps.get("papers"))[:2] == (1, 0)
    job = DocumentJob.objects.get()
    assert (job.in_work_for, job.last_error) == (None, "scanner_silent")
    assert job.next_attempt_at is not None and job.next_attempt_at > clock.now()
    settings.CLAMD_URL = ""
    assert sweeps.step(sweeps.get("papers"), now=clock.now() + timedelta(minutes=1))[:2] == (1, 1)
    paper.refresh_from_db()
    assert paper.state == DocumentState.READY


def test_what_a_killed_request_left_in_quarantine_goes_when_this_machine_next_takes_a_paper(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, drawn, new = (quarantine_folder() / name for name in ("old", "drawn", "new"))
    drawn.mkdir()
    for path in (old, drawn / "page-1.jpg", new):
        path.write_bytes(b"x")
    for path in (old, drawn):
        os.utime(path, (time.time() - 3700, time.time() - 3700))
    claim = family.starts(LI_HIP)
    gives(family, claim, paper_files.photo())
    assert old.exists(), "looked for once an hour"
    monkeypatch.setattr(quarantine, "_look_again_at", {})
    gives(family, claim, paper_files.photo("again"))
    assert [path.exists() for path in (old, drawn, new)] == [False, False, True]


def test_a_claim_of_another_person_is_no_way_round(family: Family) -> None:
    """Wang's claim was filed by Li: both claims' papers are Li's, and wait for each other."""
    gives(family, family.starts(LI_HIP), paper_files.photo("1"))
    gives(family, family.starts(WANG_PNEUMONIA, of="王桂英"), paper_files.photo("2"))
    assert claim_paper(clock.now())
    assert claim_paper(clock.now()) == []
