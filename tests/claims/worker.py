"""Worker processes of this room's tests: the verbs of tests.payments.worker, and `approve <claim> <approver>`,
`check_papers [<moment>]`.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from tests.payments import worker

if TYPE_CHECKING:
    from claims.documents.reencode import Reencoded

_others = worker._carry_out


def _carry_out(verb: str, *arguments: str) -> None:
    if verb == "check_papers":
        _check_papers(*arguments)
        return
    if verb != "approve":
        _others(verb, *arguments)
        return
    from accounts.models import User
    from claims import actions
    from claims.models import Claim
    from claims.shown import desk_version
    from core import clock

    number, username = arguments
    claim = Claim.objects.get(number=number)
    actor = User.objects.get(username=username).actor()
    actions.approve_decision(claim=claim, seen=desk_version(claim), actor=actor, now=clock.now())


def _check_papers(moment: str = "") -> None:
    """The sweeper's task; with a moment, the process kills itself there as a power cut would."""
    from claims.actions import check_document
    from claims.tasks import check_documents

    draw, write = check_document.reencode, check_document.storage.write_part

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def drawn(path: Path, *, content_type: str) -> Reencoded:
        if moment == "before_drawing":
            die()
        made = draw(path, content_type=content_type)
        if moment == "after_drawing":
            die()
        return made

    def written(document: UUID, part: str, data: bytes, *, key: str) -> None:
        write(document, part, data, key=key)
        if moment == "while_writing" and part == "page-2":
            die()

    check_document.reencode = drawn
    check_document.storage.write_part = written
    check_documents()


worker._carry_out = _carry_out

if __name__ == "__main__":
    worker.serve()
