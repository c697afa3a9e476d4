"""What this room reads from settings: credentials of the channels, patience with them, and where people are sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings

from core import signed
from core.partners import Partner, Variable
from core.shapes import exactly_bytes, https_address, is_pair, matching, pem, rsa_private_key, rsa_public_key
from core.signed import SignedClient

# How long a channel may go on not knowing a number that it has in fact received. Before that, "not found" proves
# nothing; after it, the same request is sent again under the same number. Override by settings.PAYMENTS_GRACE_SECONDS.
_GRACE_SECONDS = {"PERSONAL_ACCOUNT": 60, "WECHAT": 60, "BANK": 300}
# When a paid transfer is looked at again, because the payee's bank may still return it (退票), counted from the
# previous look. A return after the last look is found by reconciliation with the bank's file.
_BOUNCE_WATCH = tuple(timedelta(minutes=minutes) for minutes in (1, 10, 60, 6 * 60, 24 * 60, 24 * 60, 24 * 60, 24 * 60))

# A deduction from a personal account cannot be called off. One that was given up while the platform did not know it is
# asked about again, counted from the previous look, in case it was carried out after all.
LATE_WATCH = tuple(timedelta(minutes=minutes) for minutes in (10, 60, 6 * 60, 24 * 60))

PAYER_TIME_LIMIT = timedelta(minutes=30)
# WeChat's H5 address is good for 5 minutes; a minute is left for the walk.
CASHIER_LIFETIME = timedelta(minutes=4)
# A case with a person is still asked about, slowly: the answer may come by itself.
SLOW_RETRY = timedelta(hours=1)


@dataclass(frozen=True)
class WechatCredentials:
    mchid: str
    appid: str
    merchant_serial_no: str
    merchant_private_key: str = field(repr=False)
    apiv3_key: str = field(repr=False)
    platform_public_key: str
    platform_public_key_id: str
    gateway: str
    notify_url: str


@dataclass(frozen=True)
class BankCredentials:
    client: SignedClient
    payer_account: str


def _wechats_key_is_not_ours(values: Mapping[str, str]) -> tuple[str, str, str] | None:
    if not is_pair(values["PRIVATE_KEY"], values["PUBLIC_KEY"]):
        return None
    return (
        "PUBLIC_KEY",
        "is the public half of our own WECHAT_PAY_PRIVATE_KEY, so nothing that WeChat signs could be believed",
        "Give WeChat's public key (pub_key.pem) from the merchant platform.",
    )


# The merchant platform is pay.weixin.qq.com → 账户中心 → API安全. Only the public key mode is spoken, not certificates.
WECHAT_PAY = Partner(
    "WECHAT_PAY",
    (
        Variable("BASE_URL", "WeChat Pay's gateway", https_address, default="https://api.mch.weixin.qq.com"),
        Variable("MCHID", "the merchant number (商户号)", matching(r"[0-9]{8,10}", "eight to ten digits")),
        Variable("APPID", "the appid bound to it", matching(r"wx[0-9A-Za-z]{16}", "wx and 16 letters or digits")),
        Variable(
            "MERCHANT_SERIAL_NO",
            "the serial number of the merchant's API certificate",
            matching(r"[0-9A-F]{40}", "40 digits and letters A to F"),
        ),
        Variable("PRIVATE_KEY", "the merchant's private key (apiclient_key.pem)", rsa_private_key),
        Variable("APIV3_KEY", "the APIv3 key, which opens notifications", exactly_bytes(32)),
        Variable("PUBLIC_KEY", "WeChat's public key (pub_key.pem)", rsa_public_key),
        Variable(
            "PUBLIC_KEY_ID",
            "the id of WeChat's public key",
            matching(r"PUB_KEY_ID_[0-9A-Za-z]{10,60}", "PUB_KEY_ID_ and its number"),
        ),
    ),
    together=_wechats_key_is_not_ours,
)

BANK = Partner(
    "BANK",
    (
        *signed.variables("the bank"),
        Variable("PAYER_ACCOUNT", "the account that claims are paid from", matching(r"[0-9]{8,32}", "8 to 32 digits")),
    ),
)


def grace(channel: str) -> timedelta:
    given: Mapping[str, float] = getattr(settings, "PAYMENTS_GRACE_SECONDS", {})
    return timedelta(seconds=given.get(channel, _GRACE_SECONDS[channel]))


def bounce_watch() -> tuple[timedelta, ...]:
    return tuple(getattr(settings, "PAYMENTS_BOUNCE_WATCH", _BOUNCE_WATCH))


def timeout_seconds() -> float:
    """For one call of a channel. Far below the lease of the row it is made for."""
    return float(settings.CHANNEL_TIMEOUT_SECONDS)


def wechat_credentials() -> WechatCredentials:
    """Raises core.partners.NotConfigured."""
    given = WECHAT_PAY.values()
    return WechatCredentials(
        mchid=given["MCHID"],
        appid=given["APPID"],
        merchant_serial_no=given["MERCHANT_SERIAL_NO"],
        merchant_private_key=pem(given["PRIVATE_KEY"]).decode(),
        apiv3_key=given["APIV3_KEY"],
        platform_public_key=pem(given["PUBLIC_KEY"]).decode(),
        platform_public_key_id=given["PUBLIC_KEY_ID"],
        gateway=given["BASE_URL"],
        notify_url=f"{settings.PUBLIC_URL}/pay/notify/wechat/",
    )


def bank_credentials() -> BankCredentials:
    """Raises core.partners.NotConfigured."""
    given = BANK.values()
    return BankCredentials(
        client=SignedClient.of(given, timeout_seconds=timeout_seconds()), payer_account=given["PAYER_ACCOUNT"]
    )
