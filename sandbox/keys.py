"""Keys and addresses of every channel, made at first start and exported as `sandbox-keys.json` for the portal."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

KEY_FILE = "sandbox-keys.json"
PRIVATE_FILE = "sandbox-private.json"  # the platforms' own secrets: the portal has no business reading them


def load_or_create_keys(data_dir: Path, public_url: str) -> dict[str, Any]:
    """Secrets stay the same over restarts and resets; addresses follow the address this process runs under."""
    path, private_path = data_dir / KEY_FILE, data_dir / PRIVATE_FILE
    keys, private = _known_keys(path, private_path) or _new_keys()
    keys["base_url"] = public_url
    for name, under in (("nhsa", "base_url"), ("wechat", "gateway"), ("bank", "base_url"), ("sms", "base_url")):
        for caller in callers(keys, name):
            caller[under] = f"{public_url}/{name}"
    _write(private_path, private)
    _write(path, keys)
    return {**keys, "private": private}


def _known_keys(path: Path, private_path: Path) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """None at the first start, and for a file of a sandbox that knew one city only."""
    if not (path.exists() and private_path.exists()):
        return None
    keys: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    private: dict[str, Any] = json.loads(private_path.read_text(encoding="utf-8"))
    return (keys, private) if {"wechat_2", "sms_2"} <= keys.keys() else None


def callers(keys: dict[str, Any], channel: str) -> list[dict[str, Any]]:
    """Everybody who may speak to a channel: the first one, and others under numbered names (nhsa, nhsa_2)."""
    return [one for name, one in keys.items() if name == channel or name.startswith(f"{channel}_")]


def _write(path: Path, content: dict[str, Any]) -> None:
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
    temporary.chmod(0o600)
    temporary.replace(path)  # readers see the old file or the new one, never half of one


def _new_keys() -> tuple[dict[str, Any], dict[str, Any]]:
    platform_private, platform_public = _rsa_pair()
    platform = {
        "platform_public_key": platform_public,
        "platform_public_key_id": f"PUB_KEY_ID_01{secrets.randbelow(10**32):032d}",
    }
    first, first_public = _merchant("1900000109")
    second, second_public = _merchant("1900000117")
    bank = {"client_id": "huiminbao", "secret": secrets.token_hex(32)}
    keys: dict[str, Any] = {
        "nhsa": {
            "paasid": "huiminbao-portal",
            "token": secrets.token_hex(32),
            "body_key": secrets.token_hex(32),
            "institution_code": "H41120000001",
            "institution_name": "三门峡惠民保平台",
            "area": "411200",
        },
        "wechat": {**first, **platform},
        "wechat_2": {**second, **platform},
        "bank": {**bank, "payer_account": "4105016200000000088"},
        "bank_2": {**bank, "payer_account": "4101016200000000077"},
        "sms": {"client_id": "huiminbao", "secret": secrets.token_hex(32)},
        "nhsa_2": {
            "paasid": "huiminbao-portal-2",
            "token": secrets.token_hex(32),
            "body_key": secrets.token_hex(32),
            "institution_code": "H41010000001",
            "institution_name": "郑州惠民保平台",
            "area": "410100",
        },
        "sms_2": {"client_id": "huiminbao-2", "secret": secrets.token_hex(32)},
    }
    private = {
        "wechat_platform_private_key": platform_private,
        "wechat_merchant_public_keys": {first["mchid"]: first_public, second["mchid"]: second_public},
    }
    return keys, private


def _merchant(mchid: str) -> tuple[dict[str, Any], str]:
    """Its own keys, and its public key for the platform."""
    private, public = _rsa_pair()
    keys = {
        "mchid": mchid,
        "appid": "wxd678efh567hg6787",
        "merchant_serial_no": secrets.token_hex(20).upper(),
        "merchant_private_key": private,
        "apiv3_key": secrets.token_hex(16),
    }
    return keys, public


def _rsa_pair() -> tuple[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()
