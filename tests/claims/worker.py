"""Worker processes of this room's tests: the verbs of tests.payments.worker, and `approve <claim> <approver>`,
`check_papers [<moment>]`, `fetch_bills [<moment>]`.
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
    if verb == "fetch_bills":
        _fetch_bills(*arguments)
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


def _fetch_bills(moment: str = "") -> None:
    """The same for chosen bills: killed when the first is here, or when all are and the draft is not committed."""
    from claims.actions import fetch_bills
    from work import sweeps

    keep, settle = fetch_bills._keep, fetch_bills.settle

    def kept(*args: Any, **kwargs: Any) -> None:
        keep(*args, **kwargs)
        if moment == "after_the_first_bill":
            os.kill(os.getpid(), signal.SIGKILL)

    def settled(*args: Any, **kwargs: Any) -> None:
        if moment == "before_commit":
            os.kill(os.getpid(), signal.SIGKILL)
        settle(*args, **kwargs)

    fetch_bills._keep, fetch_bills.settle = kept, settled
    sweeps.drain("bills")


worker._carry_out = _carry_out

if __name__ == "__main__":
    worker.serve()
