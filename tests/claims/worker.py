"""Worker processes of this room's tests: the verbs of tests.payments.worker, and `approve <claim> <approver>`,
`check_papers [<moment>]`.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    """What the lane's worker does; with a moment, the process kills itself there as a power cut would."""
    from claims.actions import check_document
    from claims.models import PaperFile
    from work import sweeps

    draw, write = check_document.reencode, PaperFile.write

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def drawn(path: Path, *, content_type: str, into: Path) -> Reencoded:
        if moment == "before_drawing":
            die()
        made = draw(path, content_type=content_type, into=into)
        if moment == "after_drawing":
            die()
        return made

    def written(content: Any, **fields: Any) -> PaperFile:
        file = write(content, **fields)
        if moment == "while_writing" and file.part == "page-2":
            die()
        return file

    check_document.reencode = drawn
    setattr(PaperFile, "write", written)  # noqa: B010  (a method, to the type checker)
    sweeps.drain("papers")


worker._carry_out = _carry_out

if __name__ == "__main__":
    worker.serve()
