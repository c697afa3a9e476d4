"""Copies of residents' sessions and accounts beside the database (work.beside).

A copy of an account says whether she may sign in and since when her sessions are over, so whoever changes an account
closes its copy first: its `save` and `update` do. What is changed by SQL alone counts after ACCOUNT_SECONDS.
"""

from __future__ import annotations

from work.beside import Beside

ACCOUNT_SECONDS = 60

SESSIONS = Beside("session", seconds=300)
ACCOUNTS = Beside("account", seconds=ACCOUNT_SECONDS, by_account=True)
