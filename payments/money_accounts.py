"""Through which account money goes, and the channel with that account's credentials.

Who has one merchant and one bank opens nothing: the first payment by a channel opens the account that every scheme
uses, with the channel's own reference. A scheme with a merchant of its own gets an account by open_money_account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.clock import civil_date
from core.errors import Conflict
from core.partners import NotConfigured
from payments import channels
from payments.channels.protocol import Channel, NotifyingChannel, PaymentChannel, TransferChannel
from payments.models import MoneyAccount, Payment, Transfer
from payments.models.money_account import Direction

# Before anything was paid.
_EVER = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Fixed:
    """What of an account never changes."""

    channel: str
    reference: str
    ledger_account: str


def account_for(channel: Channel, *, scheme: str, now: datetime) -> MoneyAccount:
    """The scheme's own account on this day, else the one for every scheme.

    Raises Conflict("no_money_account") when the channel's credentials belong to another scheme.
    """
    day = civil_date(now)
    on_the_day = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
    of_channel = MoneyAccount.objects.filter(on_the_day, channel=channel.code, scheme__in=[scheme, ""])
    return of_channel.order_by("-scheme").first() or _for_every_scheme(channel)


def _for_every_scheme(channel: Channel) -> MoneyAccount:
    direction = Direction.IN if isinstance(channel, PaymentChannel) else Direction.OUT
    account, _opened = MoneyAccount.objects.get_or_create(
        reference=channel.reference,
        defaults={
            "code": channel.code.lower(),
            "channel": channel.code,
            "direction": direction,
            "ledger_account": channel.ledger_account,
            "valid_from": _EVER,
        },
    )
    if account.scheme or account.valid_to:
        raise Conflict("no_money_account", _("This way to pay is not set up here. Please choose another one."))
    return account


@lru_cache(maxsize=256)
def fixed_of(code: str) -> Fixed:
    """Read once per process: the database keeps it as it is."""
    account = MoneyAccount.objects.get(code=code)
    return Fixed(account.channel, account.reference, account.ledger_account)


def payment_channel_of(payment: Payment) -> PaymentChannel:
    """The channel with the credentials of the account that the payment goes through."""
    account = fixed_of(payment.account_id)
    return channels.payment_channel(account.channel).at(account.reference)


def transfer_channel_of(transfer: Transfer) -> TransferChannel:
    account = fixed_of(transfer.account_id)
    return channels.transfer_channel(account.channel).at(account.reference)


def notifying_channel_of(account: str) -> NotifyingChannel:
    """account: the code of one."""
    found = fixed_of(account)
    return channels.notifying_channel(found.channel).at(found.reference)


def account_by_number(channel: NotifyingChannel, number: str) -> MoneyAccount | None:
    """Whose messages come under this number (a merchant's); None when it is nobody's here."""
    for account in MoneyAccount.objects.filter(channel=channel.code):
        try:
            if channel.at(account.reference).number() == number:
                return account
        except NotConfigured:
            continue
    return None
