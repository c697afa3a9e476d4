"""The resident's pages, by plain forms and without JavaScript; strangers find nothing; files come back harmless."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from structlog.testing import capture_logs

from accounts.models import User
from claims.lifecycle import ClaimState
from claims.models import Claim, ClaimDocument
from tests.claims import paper_files
from tests.claims.people import CARD, LI_HIP, ZHANG_STENT, Family, own_page, stay
from tests.forms import hidden_fields, seen_in
from work.models import HumanTask

Browser = Callable[[User], Client]


@pytest.fixture
def li(family: Family, browser_of: Browser) -> Client:
    client = browser_of(family.li)
    client.cookies["look"] = "auto.normal.en"
    return client


def form_key(page: str) -> str:
    found = re.search(r'name="form_key" value="([0-9a-f]{32})"', page)
    assert found is not None
    return found[1]


def upload(client: Client, claim: Claim, kind: str, content: bytes, name: str = "photo.jpg"):  # type: ignore[no-untyped-def]  # a test response
    return client.post(
        reverse("claims:papers", args=[claim.number]), {"kind": kind, "files": SimpleUploadedFile(name, content)}
    )


def test_li_files_a_claim_from_the_list_to_handing_in(family: Family, li: Client) -> None:
    policy = family.policies["李秀兰"].number
    answer = li.post("/claims/new/", {"policy": policy})
    assert answer.url == f"/claims/new/{policy}/"
    page = li.get(answer.url).content.decode()
    assert "86,200.00" in page
    assert "40,280.00" in page
    answer = li.post(answer.url, {"stays": str(stay(LI_HIP)), "form_key": form_key(page)})
    claim = Claim.objects.get()
    assert answer.url == f"/claims/{claim.number}/"
    said = {"cause": "illness", "other_insurance": "no"}
    assert li.post(reverse("claims:what_happened", args=[claim.number]), said).status_code == 302
    assert upload(li, claim, "INVOICE", paper_files.photo("1")).status_code == 302
    assert upload(li, claim, "BANK_CARD", paper_files.photo("2")).status_code == 302
    family.worker_checks()
    account = reverse("claims:payee", args=[claim.number])
    named = {"payee_name": "李秀兰", "bank_code": "102", "account_no": "6217 0025 1000 1000 009"}
    answer = li.post(account, {**named, "seen": seen_in(li.get(account).content.decode())})
    assert answer.url == f"/claims/{claim.number}/"
    check = reverse("claims:check", args=[claim.number])
    page = li.get(check).content.decode()
    assert CARD not in page  # only its last four digits are ever shown again
    answer = li.post(check, hidden_fields(page))
    assert answer.url == f"/claims/{claim.number}/"
    assert Claim.objects.get().state == ClaimState.SUBMITTED
    assert "December 4" in li.get(answer.url).content.decode()


def test_the_same_form_sent_twice_is_carried_out_once(family: Family, li: Client) -> None:
    address = f"/claims/new/{family.policies['李秀兰'].number}/"
    key = form_key(li.get(address).content.decode())
    first = li.post(address, {"stays": str(stay(LI_HIP)), "form_key": key})
    second = li.post(address, {"stays": str(stay(LI_HIP)), "form_key": key})
    assert first.url == second.url
    assert Claim.objects.count() == 1
    claim = family.prepares(LI_HIP)
    check = reverse("claims:check", args=[claim.number])
    form = hidden_fields(li.get(check).content.decode())
    assert li.post(check, form).url == li.post(check, form).url
    assert claim.events.filter(name="claim.submitted").count() == 1


def test_handing_in_too_early_names_what_is_missing(family: Family, li: Client) -> None:
    claim = family.starts(LI_HIP)
    check = reverse("claims:check", args=[claim.number])
    answer = li.post(check, hidden_fields(li.get(check).content.decode()))
    assert answer.status_code == 400
    assert "Still missing: Invoice、Bank card" in answer.content.decode()


def test_a_number_that_looks_wrong_is_asked_about_and_may_be_right(family: Family, li: Client) -> None:
    claim = family.starts(LI_HIP)
    account = reverse("claims:payee", args=[claim.number])
    odd = {"payee_name": "李秀兰", "bank_code": "402", "account_no": "6217002510001000008"}
    odd["seen"] = own_page(claim)
    answer = li.post(account, odd)
    assert answer.status_code == 400
    assert "one digit may be wrong" in answer.content.decode()
    assert li.post(account, {**odd, "number_compared": "on"}).status_code == 302
    assert family.again(claim).live_payees[0].account_tail == "0008"


def test_the_form_cannot_name_another_holder(family: Family, li: Client) -> None:
    claim = family.starts(LI_HIP)
    account = reverse("claims:payee", args=[claim.number])
    named = {"payee_name": "赵国强", "bank_code": "102", "account_no": CARD, "seen": own_page(claim)}
    answer = li.post(account, named)
    assert answer.status_code == 400
    assert not family.again(claim).has_payee


# strangers -------------------------------------------------------------------------------------------------------


def addresses(claim: Claim) -> list[str]:
    document = ClaimDocument.objects.filter(claim=claim)[0]
    own = ["claim", "papers", "payee", "check", "letter_pdf", "handover", "handover_pdf"]
    return [reverse(f"claims:{name}", args=[claim.number]) for name in own] + [
        reverse("claims:paper", args=[document.pk]),
        f"/claims/new/{claim.policy.number}/",
    ]


def sentence(page: str) -> str:
    return page[page.index("<h1") : page.index("</h1>")]


def test_a_stranger_finds_nothing_and_learns_nothing(family: Family, browser_of: Browser) -> None:
    """Zhao Guoqiang, signed in, gets 404 everywhere: the same answer as for a number that was never given out."""
    claim = family.is_approved(LI_HIP)
    zhao = browser_of(family.zhao)
    for address in addresses(claim):
        assert zhao.get(address).status_code == 404, address
    theirs, nobodys = (zhao.get(f"/claims/{number}/") for number in (claim.number, "CL-2026-9999999"))
    assert sentence(theirs.content.decode()) == sentence(nobodys.content.decode())
    for name in ("withdraw",):
        assert zhao.post(reverse(f"claims:{name}", args=[claim.number])).status_code == 404
    assert zhao.get("/claims/").content.decode().count(claim.number) == 0


def test_signed_out_everything_leads_to_the_sign_in_page(family: Family) -> None:
    claim = family.hands_in(LI_HIP)
    for address in addresses(claim):
        answer = Client().get(address)
        assert answer.status_code == 302, address
        assert "/sign-in/" in answer.url


def test_staff_do_not_read_residents_pages(family: Family, browser_of: Browser) -> None:
    claim = family.hands_in(LI_HIP)
    assert browser_of(family.zhou).get(f"/claims/{claim.number}/").status_code == 403


# files --------------------------------------------------------------------------------------------------------------


def test_a_file_over_the_limit_is_told_and_the_others_of_the_form_are_kept(family: Family, li: Client) -> None:
    claim = family.starts(LI_HIP)
    answer = li.post(
        reverse("claims:papers", args=[claim.number]),
        {
            "kind": "INVOICE",
            "files": [
                SimpleUploadedFile("huge.jpg", paper_files.photo() + b"\0" * 10 * 1024 * 1024),
                SimpleUploadedFile("good.jpg", paper_files.photo("good")),
            ],
        },
    )
    assert answer.status_code == 413
    assert "huge.jpg: This file is larger than 10 MB" in answer.content.decode()
    assert [document.name for document in ClaimDocument.objects.all()] == ["good.jpg"]


def test_ten_megabytes_exactly_are_accepted(family: Family, li: Client) -> None:
    claim = family.starts(LI_HIP)
    photo = paper_files.photo()
    padded = photo + b"\0" * (10 * 1024 * 1024 - len(photo))
    assert upload(li, claim, "INVOICE", padded).status_code == 302
    assert ClaimDocument.objects.get().size_bytes == 10 * 1024 * 1024


def test_twenty_one_files_in_one_form_are_refused_with_the_sentence(family: Family, li: Client) -> None:
    claim = family.starts(LI_HIP)
    files = [SimpleUploadedFile(f"{number}.jpg", b"x") for number in range(21)]
    answer = li.post(reverse("claims:papers", args=[claim.number]), {"kind": "INVOICE", "files": files})
    assert answer.status_code == 400
    assert "A claim holds at most 20 files" in answer.content.decode()
    assert not ClaimDocument.objects.exists()


def test_a_request_that_announces_too_much_is_not_read(family: Family, li: Client) -> None:
    claim = family.starts(LI_HIP)
    answer = li.generic(
        "POST",
        reverse("claims:papers", args=[claim.number]),
        b"--x\r\n",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(10 * 1024**3),
    )
    assert answer.status_code == 413
    assert not ClaimDocument.objects.exists()


def test_a_page_named_like_a_photo_is_refused_with_its_sentence(family: Family, li: Client) -> None:
    claim = family.starts(LI_HIP)
    answer = upload(li, claim, "INVOICE", paper_files.HTML, "invoice.jpg")
    assert answer.status_code == 415
    assert "says one thing and its content another" in answer.content.decode()
    assert not ClaimDocument.objects.exists()


def test_sending_without_a_file_is_told(family: Family, li: Client) -> None:
    claim = family.starts(LI_HIP)
    answer = li.post(reverse("claims:papers", args=[claim.number]), {"kind": "INVOICE"})
    assert answer.status_code == 400
    assert "Please choose a photo or a PDF first" in answer.content.decode()


def test_an_upload_needs_the_csrf_token_like_every_form(family: Family) -> None:
    from tests.accounts.people import signed_in

    claim = family.starts(LI_HIP)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in(family.li).cookies
    assert upload(strict, claim, "INVOICE", paper_files.photo()).status_code == 403
    assert not ClaimDocument.objects.exists()


def test_a_paper_comes_back_as_an_attachment_that_can_do_nothing(family: Family, li: Client) -> None:
    document = family.adds(family.starts(LI_HIP), "INVOICE", paper_files.polyglot(), "发票 第一页.jpg")
    answer = li.get(reverse("claims:paper", args=[document.pk]))
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E5%8F%91")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["Content-Type"] == "image/jpeg"
    assert b"<script>" not in answer.getvalue()


def test_a_removed_paper_is_gone_from_the_disk_too(
    family: Family, li: Client, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    claim = family.starts(LI_HIP)
    document = family.adds(claim, "INVOICE")
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]  # pytest-django's context manager
        assert li.post(reverse("claims:remove_paper", args=[claim.number, document.pk])).status_code == 302
    assert [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()] == []
    assert li.get(reverse("claims:paper", args=[document.pk])).status_code == 404


@pytest.mark.parametrize("fault", ["missing", "altered"])
def test_a_paper_that_is_not_in_its_place_is_a_calm_page_a_line_in_the_log_and_a_case(
    family: Family, li: Client, fault: str
) -> None:
    claim = family.starts(LI_HIP)
    document = family.adds(claim, "INVOICE")
    file = document.files.get(part="clean")
    place = Path(settings.MEDIA_ROOT) / file.object_name
    if fault == "missing":
        place.unlink()
    else:
        place.write_bytes(place.read_bytes()[:-1] + b"x")
    with capture_logs() as logs:
        answer = li.get(reverse("claims:paper", args=[document.pk]))
    assert answer.status_code == 404
    assert "We have been told and will look for it" in answer.content.decode()
    [line] = [entry for entry in logs if entry["event"] == "files.lost"]
    assert (line["log_level"], line["how"], line["object"]) == ("error", fault, file.object_name)
    task = HumanTask.objects.get(kind="file_lost")
    assert task.reason == f"{fault}: claims.PaperFile {file.pk}"
    li.get(reverse("claims:paper", args=[document.pk]))
    assert HumanTask.objects.filter(kind="file_lost").count() == 1


# reading the decision -------------------------------------------------------------------------------------------------


def test_the_decision_page_shows_who_paid_and_how_it_was_computed(family: Family, li: Client) -> None:
    claim = family.is_approved(LI_HIP)
    page = li.get(f"/claims/{claim.number}/").content.decode()
    for amount in ("9,060.00", "86,200.00", "45,920.00", "31,220.00", "27,080.00", "15,000.00", "12,080.00"):
        assert amount in page, amount
    assert "75%" in page
    assert "Within 60 days" in page


def test_nobody_reads_a_decision_before_it_is_approved(family: Family, li: Client) -> None:
    claim, decision = family.is_proposed(LI_HIP)
    assert decision.payable_fen == 906_000
    assert "9,060.00" not in li.get(f"/claims/{claim.number}/").content.decode()
    assert li.get(reverse("claims:letter_pdf", args=[claim.number])).status_code == 404


def test_the_letter_is_a_pdf_and_the_same_bytes_each_time(family: Family, li: Client) -> None:
    claim = family.is_approved(LI_HIP)
    address = reverse("claims:letter_pdf", args=[claim.number])
    first, second = li.get(address), li.get(address)
    assert first["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF")
    assert first.content == second.content


def test_the_handover_slip_lists_every_file_with_its_digest(family: Family, li: Client) -> None:
    claim = family.hands_in(LI_HIP)
    page = li.get(reverse("claims:handover", args=[claim.number])).content.decode()
    for document in claim.documents.all():
        assert document.sha256 in page
    assert "Nothing is missing." in page
    assert li.get(reverse("claims:handover_pdf", args=[claim.number])).content.startswith(b"%PDF")


def test_the_list_of_claims_needs_five_queries_however_many_there_are(
    family: Family, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    from claims import pages, selectors

    actor = family.li.actor()
    for settlement, name in ((LI_HIP, "李秀兰"), (ZHANG_STENT, "张建国")):
        family.starts(settlement, of=name)
    with django_assert_num_queries(5):  # which are theirs; those, their bills, plan years and schemes
        assert len([pages.list_row(claim) for claim in selectors.claims_of(actor)]) == 2
