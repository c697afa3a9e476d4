"""Twenty photos sent at the same moment to a site of two threads: all are received, and everybody else is served."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest

from accounts.models import User
from claims.lifecycle import DocumentState
from claims.models import ClaimDocument, DocumentJob
from tests.accounts.people import signed_in
from tests.claims import paper_files
from tests.claims.people import LI_HIP, Family
from tests.portal.edge_servers import PATIENCE_SECONDS, Site, web_process

TOKEN = "a" * 32


def form_of(kind: str, content: bytes) -> bytes:
    fields = {"csrfmiddlewaretoken": TOKEN, "kind": kind}
    head = "".join(f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{fields[name]}\r\n' for name in fields)
    head += '--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    return head.encode() + content + b"\r\n--x--\r\n"


def send(site: Site, path: str, cookie: str, body: bytes) -> int:
    """Tries again while the edge says that this account sends enough already, as a person would."""
    for _attempt in range(100):
        connection = HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE_SECONDS * 3)
        headers = {"Cookie": cookie, "Content-Type": "multipart/form-data; boundary=x"}
        connection.request("POST", path, body, headers)
        status = connection.getresponse().status
        connection.close()
        if status != 503:
            return status
        time.sleep(0.2)
    return status


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_uploads_at_once_are_received_and_hold_nobody_up(
    transactional_db: None, family: Family, process_env: Callable[[], dict[str, str]], tmp_path: Path
) -> None:
    claim = family.starts(LI_HIP)
    cookie = session_of(family.li)
    photos = [paper_files.photo(f"{number}") + b"\0" * 3_000_000 for number in range(20)]
    with web_process(process_env() | {"VAR_DIR": str(tmp_path)}, tmp_path) as site, ThreadPoolExecutor(20) as people:
        path = f"/claims/{claim.number}/papers/"
        sent = [people.submit(send, site, path, cookie, form_of("OTHER", photo)) for photo in photos]
        assert site.get("/").status == 200
        assert [each.result() for each in sent] == [302] * 20
    assert ClaimDocument.objects.filter(state=DocumentState.RECEIVED).count() == 20
    assert DocumentJob.objects.count() == 20
    assert not list((tmp_path / "incoming").iterdir())


def session_of(user: User) -> str:
    return f"csrftoken={TOKEN}; sessionid={signed_in(user).cookies['sessionid'].value}"
