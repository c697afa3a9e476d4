"""Double entry, balanced and append-only in the database. Knows accounts, dimensions and fen, no insurance.

from ledger.actions import Line, post, reverse
from ledger.selectors import balance_fen, trial_balance, statement
"""
