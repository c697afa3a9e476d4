"""How often sign-in codes may be asked for. Numbers of codes per window, counted in the database."""

from __future__ import annotations

from datetime import timedelta

CODE_LIFETIME = timedelta(minutes=5)
CODE_PAUSE = timedelta(minutes=1)
CODES_PER_PHONE = ((timedelta(hours=1), 5), (timedelta(days=1), 10))
# An address may be a whole mobile network's exit: generous, and only against machines.
CODES_PER_ADDRESS = ((timedelta(hours=1), 60), (timedelta(days=1), 400))
KEEP_CODES_FOR = timedelta(days=2)
