"""The scanner's client against a small clamd of our own: a real socket that speaks INSTREAM."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from claims.documents.scan import ScanState, scan
from core.errors import DomainError
from tests.claims import paper_files


class Clamd(socketserver.BaseRequestHandler):
    """Finds the EICAR text, goes silent on "hang up", takes everything else for clean."""

    def handle(self) -> None:
        assert self._read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack(">I", self._read(4))[0]:
            content += self._read(size)
        if b"hang up" in content:
            return
        found = b"stream: Eicar-Test-Signature FOUND" if paper_files.EICAR in content else b"stream: OK"
        self.request.sendall(found + b"\0")

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            data += self.request.recv(size - len(data))
        return data


@pytest.fixture
def clamd(settings: Settings) -> Iterator[None]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD_URL = f"tcp://127.0.0.1:{server.server_address[1]}"
        yield
        server.shutdown()


def test_without_a_scanner_a_file_is_marked_as_not_scanned(settings: Settings, tmp_path: Path) -> None:
    settings.CLAMD_URL = ""
    assert scan(paper_files.save(tmp_path, paper_files.EICAR)) == ScanState.NOT_SCANNED


@pytest.mark.usefixtures("clamd")
def test_a_photo_is_clean_and_eicar_is_stopped(tmp_path: Path) -> None:
    assert scan(paper_files.save(tmp_path, paper_files.photo())) == ScanState.CLEAN
    with pytest.raises(DomainError) as refusal:
        scan(paper_files.save(tmp_path, paper_files.EICAR))
    assert refusal.value.code == "file_infected"


@pytest.mark.usefixtures("clamd")
def test_a_scanner_that_hangs_up_passes_nothing(tmp_path: Path) -> None:
    with pytest.raises(DomainError) as refusal:
        scan(paper_files.save(tmp_path, b"hang up"))
    assert (refusal.value.code, refusal.value.status) == ("scanner_silent", 503)


def test_a_scanner_that_is_down_passes_nothing(settings: Settings, tmp_path: Path) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:9"
    with pytest.raises(DomainError) as refusal:
        scan(paper_files.save(tmp_path, paper_files.photo()))
    assert refusal.value.code == "scanner_silent"
