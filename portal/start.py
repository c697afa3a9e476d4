"""The door through which web and worker come up: a configuration with errors is told in plain sentences on
standard error, and the process ends with exit code 1 before it has served, sent or paid anything.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured


def refuse(process: str, sentences: Iterable[str]) -> NoReturn:
    lines = [f"The {process} does not start:", *(f"  {sentence}" for sentence in sentences)]
    lines.append("  What each code means: docs/operating.md. `manage.py check --deploy` says the same.")
    print("\n".join(lines), file=sys.stderr, flush=True)
    raise SystemExit(1)


@contextmanager
def plain_refusals(process: str) -> Iterator[None]:
    """What settings.py itself refuses, as a sentence instead of a traceback."""
    try:
        yield
    except ImproperlyConfigured as reason:
        refuse(process, [str(reason)])


def settle_down() -> None:
    """When all is loaded that stays: the collector of garbage looks at none of it again, and less often at the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def refuse_if_unready(process: str, *, pages: bool = False) -> None:
    """After django.setup(). Every system check outside the demo and tests; only errors stop a start, as ever."""
    from django.conf import settings

    if not settings.PRODUCTION:
        return
    from django.core.checks import ERROR, run_checks
    from django.db import connections

    from portal.checks import deployment, schemes

    found = [*run_checks(), *deployment.serving(pages=pages), *schemes.without_credentials()]
    connections.close_all()  # a process that is forked from this one must not share its connection
    serious = [message for message in found if message.level >= ERROR and not message.is_silenced()]
    if serious:
        refuse(process, [f"{one.id}: {one.msg}{f' {one.hint}' if one.hint else ''}" for one in serious])
