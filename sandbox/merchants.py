"""Two schemes' merchants at WeChat and accounts at the bank: money that goes the wrong way is seen in the log."""

from __future__ import annotations

from typing import Any

from sandbox.world import World


def merchant(w: World, mchid: Any) -> dict[str, Any] | None:
    """Keys of the merchant of this number; None when it is nobody's."""
    known = (w.keys["wechat"], w.keys["wechat_2"])
    return next((keys for keys in known if keys["mchid"] == mchid), None)


def payer_accounts(w: World) -> set[str]:
    return {w.keys["bank"]["payer_account"], w.keys["bank_2"]["payer_account"]}
