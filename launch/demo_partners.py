"""The demo's partners are the sandbox. Its key file, told as the named variables that the operator of a real city sets.

The only place that knows both: the sandbox writes its own file, and no room ever hears of it. Tests use it too.
"""

import json
from pathlib import Path

_FIRST = {
    "NHSA_BASE_URL": ("nhsa", "base_url"),
    "NHSA_PAASID": ("nhsa", "paasid"),
    "NHSA_TOKEN": ("nhsa", "token"),
    "NHSA_BODY_KEY": ("nhsa", "body_key"),
    "NHSA_INSTITUTION_CODE": ("nhsa", "institution_code"),
    "NHSA_INSTITUTION_NAME": ("nhsa", "institution_name"),
    "NHSA_AREA": ("nhsa", "area"),
    "WECHAT_PAY_BASE_URL": ("wechat", "gateway"),
    "WECHAT_PAY_MCHID": ("wechat", "mchid"),
    "WECHAT_PAY_APPID": ("wechat", "appid"),
    "WECHAT_PAY_MERCHANT_SERIAL_NO": ("wechat", "merchant_serial_no"),
    "WECHAT_PAY_PRIVATE_KEY": ("wechat", "merchant_private_key"),
    "WECHAT_PAY_APIV3_KEY": ("wechat", "apiv3_key"),
    "WECHAT_PAY_PUBLIC_KEY": ("wechat", "platform_public_key"),
    "WECHAT_PAY_PUBLIC_KEY_ID": ("wechat", "platform_public_key_id"),
    "BANK_BASE_URL": ("bank", "base_url"),
    "BANK_CLIENT_ID": ("bank", "client_id"),
    "BANK_SECRET": ("bank", "secret"),
    "BANK_PAYER_ACCOUNT": ("bank", "payer_account"),
    "SMS_BASE_URL": ("sms", "base_url"),
    "SMS_CLIENT_ID": ("sms", "client_id"),
    "SMS_SECRET": ("sms", "secret"),
}
# What a second scheme has of its own: WECHAT_PAY_2_MCHID and so on.
_SECOND = {
    f"{kind}_2{name.removeprefix(kind)}": (f"{part}_2", key)
    for kind in ("NHSA", "WECHAT_PAY", "BANK", "SMS")
    for name, (part, key) in _FIRST.items()
    if name.startswith(f"{kind}_")
}
_VARIABLES = {**_FIRST, **_SECOND}


def variables(key_file: Path) -> dict[str, str]:
    """Each on one line, as an environment file wants them: line ends of PEM keys are written as \\n."""
    keys = json.loads(key_file.read_text(encoding="utf-8"))
    return {name: str(keys[part][key]).strip().replace("\n", "\\n") for name, (part, key) in _VARIABLES.items()}


def are_written(key_file: Path, base_url: str) -> bool:
    """Has the sandbox at base_url written its keys? A file of an earlier run may name another address."""
    return key_file.exists() and json.loads(key_file.read_text(encoding="utf-8"))["base_url"] == base_url
