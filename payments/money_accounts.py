"""Through which account money goes, and the channel with that account's credentials. Each account is one scheme's.

Who has one scheme opens nothing: the first payment by a channel opens the scheme's account with the channel's own
credentials. Where there are several schemes, each one's accounts are opened by name (open_money_account): whose
merchant a number is, nobody may guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import civil_date
from core.errors import Conflict
from core.kept import Kept
from core.partners import NotConfigured
from parties.models import Scheme
from payments import channels
from payments.channels.protocol import Channel, NotifyingChannel, PaymentChannel, TransferChannel
from payments.models import MoneyAccount, Payment, Transfer
from payments.models.money_account import Direction
from work.asked import asked

# Before anything was paid.
_EVER = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Fixed:
    """What of an account never changes."""

    scheme: str
    channel: str
    reference: str

    @property
    def ledger_account(self) -> str:
        """Where its money stands in the books, under the account's code as money account."""
        return channels.CHANNELS.get(self.channel).ledger_account


def account_for(channel: Channel, *, scheme: str, now: datetime) -> MoneyAccount:
    """The scheme's account of the channel on this day. scheme: its code. Raises Conflict("no_money_account")."""
    day = civil_date(now)
    found = _account_on.first(day=day, channel=channel.code, scheme=scheme)
    return found or _open_for_the_only_scheme(channel, scheme)


@asked
def _account_on(day: Any, channel: Any, scheme: Any) -> QuerySet[MoneyAccount]:
    return MoneyAccount.objects.filter(_on(day), channel=channel, scheme=scheme).order_by("pk")[:1]


def offered(scheme: str, *, on: date) -> list[PaymentChannel]:
    """The channels by which money of this scheme may come in on a day, as they stand on the page."""
    mine = _channels_of((scheme, on))
    return [one for one in channels.taking_in() if one.code in mine]


def _ask_channels(key: tuple[str, date]) -> frozenset[str]:
    """Codes of the channels of which the scheme has an account, or may open one."""
    scheme, day = key
    accounts = list(MoneyAccount.objects.filter(channel__in=[one.code for one in channels.taking_in()]))
    have = {
        one.channel
        for one in accounts
        if one.scheme_id == scheme and one.valid_from <= day and (one.valid_to is None or day < one.valid_to)
    }
    taken = {one.reference for one in accounts}
    free = {one.code for one in channels.taking_in() if one.reference not in taken}
    return frozenset(have | free if free - have and _is_only(scheme) else have)


# Asked for on every page on which somebody chooses how to pay; a payment itself asks the table (account_for).
_channels_of: Kept[tuple[str, date], frozenset[str]] = Kept(_ask_channels, seconds=30)


def _open_for_the_only_scheme(channel: Channel, scheme: str) -> MoneyAccount:
    direction = Direction.IN if isinstance(channel, PaymentChannel) else Direction.OUT
    if _is_only(scheme):
        account, _opened = MoneyAccount.objects.get_or_create(
            reference=channel.reference,
            defaults={
                "code": f"{scheme}-{channel.code.lower()}",
                "scheme_id": scheme,
                "channel": channel.code,
                "direction": direction,
                "valid_from": _EVER,
            },
        )
        if account.scheme_id == scheme and account.valid_to is None:
            return account
    raise Conflict("no_money_account", _("This way to pay is not set up here. Please choose another one."))


def _is_only(scheme: str) -> bool:
    return not Scheme.objects.exclude(pk=scheme).exists()


def _on(day: Any) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))


@lru_cache(maxsize=256)
def fixed_of(code: str) -> Fixed:
    """Read once per process: the database keeps it as it is."""
    account = MoneyAccount.objects.get(code=code)
    return Fixed(account.scheme_id, account.channel, account.reference)


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
