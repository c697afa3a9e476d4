"""The insurer's bank: money out, to the account that a claimant named."""

from payments.channels.bank.channel import Bank

CHANNEL = Bank()

__all__ = ["CHANNEL"]
