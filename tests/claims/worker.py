"""Worker processes of this room's tests: the verbs of tests.payments.worker, and `approve <claim> <approver>`."""

from __future__ import annotations

from tests.payments import worker

_others = worker._carry_out


def _carry_out(verb: str, *arguments: str) -> None:
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


worker._carry_out = _carry_out

if __name__ == "__main__":
    worker.serve()
