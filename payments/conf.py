"""What this room reads from settings: credentials of the channels, patience with them, and where people are sent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

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
    merchant_private_key: str
    apiv3_key: str
    platform_public_key: str
    platform_public_key_id: str
    gateway: str
    notify_url: str


@dataclass(frozen=True)
class BankCredentials:
    client_id: str
    secret: str
    payer_account: str
    base_url: str


def grace(channel: str) -> timedelta:
    given: Mapping[str, float] = getattr(settings, "PAYMENTS_GRACE_SECONDS", {})
    return timedelta(seconds=given.get(channel, _GRACE_SECONDS[channel]))


def bounce_watch() -> tuple[timedelta, ...]:
    return tuple(getattr(settings, "PAYMENTS_BOUNCE_WATCH", _BOUNCE_WATCH))


def timeout_seconds() -> float:
    """For one call of a channel. Far below the lease of the row it is made for."""
    return float(settings.CHANNEL_TIMEOUT_SECONDS)


def wechat_credentials() -> WechatCredentials:
    """Raises FileNotFoundError or KeyError when the operator has not provided them."""
    keys = _channel_keys()["wechat"]
    return WechatCredentials(
        mchid=keys["mchid"],
        appid=keys["appid"],
        merchant_serial_no=keys["merchant_serial_no"],
        merchant_private_key=keys["merchant_private_key"],
        apiv3_key=keys["apiv3_key"],
        platform_public_key=keys["platform_public_key"],
        platform_public_key_id=keys["platform_public_key_id"],
        gateway=keys["gateway"],
        notify_url=f"{settings.PUBLIC_URL}/pay/notify/wechat/",
    )


def bank_credentials() -> BankCredentials:
    """Raises FileNotFoundError or KeyError when the operator has not provided them."""
    keys = _channel_keys()["bank"]
    return BankCredentials(
        client_id=keys["client_id"],
        secret=keys["secret"],
        payer_account=keys["payer_account"],
        base_url=keys["base_url"],
    )


def _channel_keys() -> dict[str, Any]:
    path = Path(settings.SANDBOX_KEYS)
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> dict[str, Any]:
    keys: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return keys
