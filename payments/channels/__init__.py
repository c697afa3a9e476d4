"""The channels of the house, found in their folders. A channel is one folder: see channels.protocol.

Everything else asks here, by the code that a row keeps, and learns from the channel itself what is particular to it.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TypeGuard, TypeVar

from django.conf import settings
from django.utils.functional import Promise

from core.partners import Partner, references
from core.registry import NotRegistered, Registry
from payments.channels.protocol import Channel, NotifyingChannel, PaymentChannel, TransferChannel

CHANNELS: Registry[Channel] = Registry("payment channel")


def discover(package: str = __name__) -> None:
    """Register every channel of a package of channels. From AppConfig.ready."""
    for channel in found_in(package):
        CHANNELS.register(channel.code, channel)


def found_in(package: str) -> Iterator[Channel]:
    """The CHANNEL of each folder in a package. Raises RuntimeError when it is none, or has another code than the
    folder's name in capitals."""
    for found in pkgutil.iter_modules(import_module(package).__path__):
        if not found.ispkg:
            continue
        channel = getattr(import_module(f"{package}.{found.name}"), "CHANNEL", None)
        if not isinstance(channel, PaymentChannel | TransferChannel) or channel.code != found.name.upper():
            raise RuntimeError(f"{package}.{found.name} has no CHANNEL with the code {found.name.upper()}")
        yield channel


# Whether a class of channels is of a kind: to compare it with a protocol anew takes longer than to read its row.
_kinds: dict[tuple[type, type], bool] = {}
K = TypeVar("K")


def _is(channel: Channel, kind: type[K]) -> TypeGuard[K]:
    key = (type(channel), kind)
    if key not in _kinds:
        _kinds[key] = isinstance(channel, kind)
    return _kinds[key]


def payment_channel(code: str) -> PaymentChannel:
    """Raises LookupError for a code by which no money comes in."""
    channel = CHANNELS.get(code)
    if not _is(channel, PaymentChannel):  # type: ignore[type-abstract]  # a protocol is asked for, not made
        raise NotRegistered(f"no money comes in by {code}")
    return channel


def transfer_channel(code: str) -> TransferChannel:
    """Raises LookupError for a code by which no money goes out."""
    channel = CHANNELS.get(code)
    if not isinstance(channel, TransferChannel):
        raise NotRegistered(f"no money goes out by {code}")
    return channel


def notifying_channel(code: str) -> NotifyingChannel:
    """Raises LookupError for a code that sends no notifications."""
    channel = CHANNELS.get(code)
    if not isinstance(channel, NotifyingChannel):
        raise NotRegistered(f"{code} sends no notifications")
    return channel


def is_off(channel: Channel) -> bool:
    """Switched off by settings.CHANNELS_OFF: nothing new goes through it, and nobody asks for its credentials. What is
    under way is still carried on."""
    return channel.code.lower() in settings.CHANNELS_OFF


def taking_in() -> list[PaymentChannel]:
    """The channels by which money may come in, as they stand on the page."""
    money_in = [one for one in CHANNELS.values() if _is(one, PaymentChannel) and not is_off(one)]  # type: ignore[type-abstract]  # as above
    return sorted(money_in, key=lambda one: one.rank)


def paying_out() -> list[TransferChannel]:
    """The channels by which money may go out."""
    return [one for one in CHANNELS.values() if isinstance(one, TransferChannel) and not is_off(one)]


def partners(given: Mapping[str, str]) -> list[Partner]:
    """Whose variables must be set: those of all channels that are on, several of a kind where given names them."""
    return [
        channel.at(reference).partner()
        for channel in CHANNELS.values()
        if not is_off(channel)
        for reference in references(channel.reference, given)
    ]


def choices() -> list[tuple[str, str | Promise]]:
    return [(one.code, one.label) for one in CHANNELS.values()]


def payment_choices() -> list[tuple[str, str | Promise]]:
    """For a column that keeps a code. A function, so that a new channel is no migration."""
    return [(one.code, one.label) for one in CHANNELS.values() if isinstance(one, PaymentChannel)]


def transfer_choices() -> list[tuple[str, str | Promise]]:
    return [(one.code, one.label) for one in CHANNELS.values() if isinstance(one, TransferChannel)]
