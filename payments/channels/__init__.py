"""The channels that are configured, by code. A channel carries requests and reports outcomes; see channels.base."""

from __future__ import annotations

from payments import conf
from payments.channels.bank import BankChannel
from payments.channels.base import PaymentChannel, TransferChannel
from payments.channels.personal_account import PersonalAccountChannel
from payments.channels.wechat import WechatChannel
from payments.models import Channel


def payment_channel(code: str) -> PaymentChannel:
    """Raises LookupError for a code that is not a channel."""
    if code == Channel.PERSONAL_ACCOUNT:
        return PersonalAccountChannel()
    if code == Channel.WECHAT:
        return wechat()
    raise LookupError(f"no payment channel {code!r}")


def wechat() -> WechatChannel:
    return WechatChannel(conf.wechat_credentials())


def transfer_channel() -> TransferChannel:
    return BankChannel(conf.bank_credentials())


__all__ = ["payment_channel", "transfer_channel", "wechat"]
