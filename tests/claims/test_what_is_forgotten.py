"""What was handed over for a claim goes when the claim is given up, and when its person leaves and no law holds it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.db.utils import ProgrammingError

from accounts import retention
from accounts.actions import close_account
from accounts.lifecycle import DataRequestState
from claims import actions
from claims.actions.let_go_of_drafts import let_go_of_drafts
from claims.lifecycle import ClaimState
from claims.models import Claim, ClaimLetter, Incident, PaperFile
from core import clock
from core.actors import Actor
from tests.claims.people import LI_HIP, WANG_PNEUMONIA, Family, own_page

Committing = Callable[..., AbstractContextManager[Any]]


def objects() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def remains(claim: Claim) -> tuple[int, int]:
    """Objects of papers, and accounts."""
    claim = Claim.objects.get(pk=claim.pk)
    names = {file.object_name for file in PaperFile.objects.filter(document__claim=claim)}
    here = sum(str(path.relative_to(settings.MEDIA_ROOT)) in names for path in objects())
    return here, claim.payees.count()


def test_a_claim_given_up_keeps_neither_papers_nor_account(
    family: Family, django_capture_on_commit_callbacks: Committing
) -> None:
    claim, other = family.prepares(LI_HIP), family.prepares(WANG_PNEUMONIA, of="王桂英")
    assert remains(claim)[0] == 6, "of each of two papers: as it came, as it is handed out, its picture"
    with django_capture_on_commit_callbacks(execute=True):
        actions.withdraw_claim(claim=claim, seen=own_page(claim), actor=family.li.actor(), now=clock.now())
    assert remains(claim) == (0, 0)
    assert claim.documents.count() == 2, "that there were papers is on record"
    assert len(objects()) == remains(other)[0] == 6


def test_drafts_go_with_the_person_who_is_given_back(
    family: Family, django_capture_on_commit_callbacks: Committing
) -> None:
    claim = family.prepares(LI_HIP)
    with django_capture_on_commit_callbacks(execute=True):
        let_go_of_drafts(family.people["李秀兰"], family.li, actor=Actor.system("test"), now=clock.now())
    assert Claim.objects.get(pk=claim.pk).state == ClaimState.WITHDRAWN
    assert (remains(claim), objects()) == ((0, 0), [])


def test_the_account_of_a_claim_that_was_handed_in_stays(family: Family) -> None:
    claim = family.hands_in(LI_HIP)
    with pytest.raises(ProgrammingError, match="payee_stays_once_handed_in"), transaction.atomic():
        claim.payees.all().delete()
    assert remains(claim)[1] == 1


@pytest.fixture
def no_law() -> Any:
    """Years later: nothing has to be kept any more."""
    with (
        retention.rooms_that_hold.replaced("enrollment", lambda user_id: []),
        retention.rooms_that_hold.replaced("claims", lambda user_id: []),
    ):
        yield


def test_who_leaves_takes_her_papers_along_and_leaves_her_mothers(
    family: Family, no_law: None, django_capture_on_commit_callbacks: Committing
) -> None:
    hers, mothers = family.is_approved(LI_HIP), family.hands_in(WANG_PNEUMONIA, of="王桂英")
    label = {"decision": hers.decisions.get(), "content_key": "k", "rendered_at": clock.now()}
    ClaimLetter.write(b"%PDF", **label).save(force_insert=True)
    with django_capture_on_commit_callbacks(execute=True):
        assert leaves(family) == DataRequestState.DONE
    assert remains(hers)[0] == 0
    assert not ClaimLetter.objects.exists()
    assert len(objects()) == remains(mothers)[0] == 6
    assert Claim.objects.get(pk=hers.pk).decisions.exists(), "what was paid stays in the books"


def test_as_long_as_the_law_holds_them_nothing_goes(
    family: Family, django_capture_on_commit_callbacks: Committing
) -> None:
    claim = family.hands_in(LI_HIP)
    with django_capture_on_commit_callbacks(execute=True):
        assert leaves(family) == DataRequestState.REFUSED
    assert remains(claim)[0] == 6


def leaves(family: Family) -> str:
    with transaction.atomic():
        return close_account(user=family.li, actor=family.li.actor(), now=clock.now()).state


def test_what_was_said_of_a_claim_given_up_is_forgotten_and_of_one_handed_in_kept(family: Family) -> None:
    draft, handed_in = family.says(family.starts(LI_HIP)), family.hands_in(WANG_PNEUMONIA, of="王桂英")
    actions.withdraw_claim(claim=draft, seen=own_page(draft), actor=family.li.actor(), now=clock.now())
    assert [incident.claim_id for incident in Incident.objects.all()] == [handed_in.pk]
    with pytest.raises(ProgrammingError, match="incident_stays_once_handed_in"), transaction.atomic():
        Incident.objects.all().delete()


def test_nobody_answers_anew_past_the_actions(family: Family) -> None:
    claim = family.hands_in(LI_HIP)
    with pytest.raises(ProgrammingError, match="incident_as_handed_in"), transaction.atomic():
        Incident.objects.filter(claim=claim).update(cause="traffic")
