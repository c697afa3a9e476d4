"""The parent's side of the limited subprocess: start it, bound it, believe only its one line of JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from claims.documents import errors, limits
from core.errors import DomainError

_WORKER = Path(__file__).with_name("worker.py")
_REFUSALS = {
    "picture_too_large": errors.too_many_pixels,
    "pdf_too_large": errors.pdf_too_big_inside,
    "pdf_locked": errors.pdf_locked,
    "file_unreadable": errors.unreadable,
    "file_too_costly": errors.too_costly,
}
_RULES = {
    "pixels": limits.MAX_PIXELS,
    "pixels_whole": limits.MAX_PIXELS_DECODED_WHOLE,
    "side": limits.VIEW_SIDE_PIXELS,
    "pdf_points": limits.MAX_PDF_PAGE_POINTS,
    "pdf_pages": limits.MAX_PDF_PAGES,
    "pdf_unpacked": limits.MAX_PDF_UNPACKED_BYTES,
    "memory": limits.WORKER_MEMORY_BYTES,
    "cpu_seconds": limits.WORKER_CPU_SECONDS,
    "output": limits.WORKER_OUTPUT_BYTES,
}


@dataclass(frozen=True)
class Reencoded:
    """clean: what is handed out. views: one JPEG per page, for the reviewer's screen."""

    content_type: str
    clean: Path
    views: tuple[Path, ...]


def reencode(path: Path, *, content_type: str, into: Path) -> Reencoded:
    """Write the file anew in a subprocess with bounded memory, time, output and no secrets in its environment.

    into: an empty folder, the only place where the subprocess writes.

    Raises DomainError picture_too_large, pdf_too_large, pdf_locked, file_unreadable; file_too_costly when the
    subprocess was ended by one of its limits.
    """
    answer = _run(content_type, path, into)
    if not answer.get("ok"):
        raise _refusal(str(answer.get("code")))
    views = tuple(into / f"page-{number}.jpg" for number in range(1, int(str(answer["pages"])) + 1))
    return Reencoded(str(answer["content_type"]), into / "clean", views)


def _run(content_type: str, source: Path, target: Path) -> dict[str, object]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_WORKER), content_type, str(source), str(target), json.dumps(_RULES)],
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            cwd=target,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limits.WORKER_SECONDS,
            check=False,
        )
        lines = done.stdout.splitlines()
        answer = json.loads(lines[-1]) if lines else {}
    except subprocess.TimeoutExpired:
        return {"ok": False, "code": "file_too_costly"}
    except json.JSONDecodeError:
        return {"ok": False, "code": "file_unreadable"}
    if not answer and done.returncode:
        # Ended by one of its limits: the kernel's signal, or the library's own when memory is refused.
        return {"ok": False, "code": "file_too_costly"}
    return answer if isinstance(answer, dict) else {}


def _refusal(code: str) -> DomainError:
    return _REFUSALS.get(code, errors.unreadable)()
