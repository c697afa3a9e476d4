"""What finance and auditors read: the trial balance, the statement of an account, each transaction."""

from ledger.admin.accounts import AccountAdmin
from ledger.admin.transactions import TransactionAdmin

__all__ = ["AccountAdmin", "TransactionAdmin"]
