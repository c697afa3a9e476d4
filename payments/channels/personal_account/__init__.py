"""The medical personal account 个人账户, through the national platform: one deduction for the whole order, at once."""

from payments.channels.personal_account.channel import PersonalAccount

CHANNEL = PersonalAccount()

__all__ = ["CHANNEL"]
