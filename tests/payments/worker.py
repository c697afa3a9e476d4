"""A worker process of its own: `python -m tests.payments.worker sweep_transfers`. It can be killed at a named moment.

Verbs: the names of the tasks, or pay_out / pay_from_account / refund with a reference, which instruct and end.
"""

from __future__ import annotations

import sys

import django


def main(verb: str, *arguments: str) -> None:
    django.setup()
    from payments import tasks
    from tests.payments import orders, till

    assert orders.PURPOSE  # its import registers the purposes
    instructions = {
        "pay_out": till.Till.pay_out,
        "pay_from_account": till.Till.pay_from_account,
        "pay_by_wechat": till.Till.pay_by_wechat,
    }
    if verb in instructions:
        instructions[verb](till.Till.without_sandbox(), *arguments)  # type: ignore[operator]  # each takes a reference
    elif verb == "refund":
        from payments.models import Payment

        till.Till.without_sandbox().refund(Payment.objects.get(), till.FOR_TWO_FEN)
    else:
        getattr(tasks, verb)()


if __name__ == "__main__":
    main(*sys.argv[1:])
