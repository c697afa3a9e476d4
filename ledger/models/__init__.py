"""Tables of this room: the chart (Account), the books (Transaction, Entry), what is kept of them (Balance, Unfolded).

The database keeps them balanced, complete and unchanged: see the migrations.
"""

from ledger.models.account import Account
from ledger.models.books import Entry, Transaction
from ledger.models.kept import Balance, Unfolded

__all__ = ["Account", "Balance", "Entry", "Transaction", "Unfolded"]
