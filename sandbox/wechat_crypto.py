"""WeChat's signature headers and its encryption of notification resources."""

from __future__ import annotations

import base64
import secrets
import time
from datetime import datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sandbox import signing
from sandbox.clock import SHANGHAI
from sandbox.world import World


def signature_headers(w: World, body: str, *, timestamp: int | None = None) -> dict[str, str]:
    """The headers WeChat puts on replies and on notifications."""
    stamp, nonce = str(timestamp or int(time.time())), signing.new_nonce()
    return {
        "Wechatpay-Timestamp": stamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Signature": signing.rsa_sign(w.keys["private"]["wechat_platform_private_key"], stamp, nonce, body),
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        "Wechatpay-Serial": w.keys["wechat"]["platform_public_key_id"],
        "Request-ID": f"{datetime.now(SHANGHAI):%Y%m%d%H%M%S}-{nonce[:8]}",
    }


def encrypt_resource(apiv3_key: str, plain: str, original_type: str) -> dict[str, str]:
    """AEAD_AES_256_GCM under the merchant's APIv3 key, as in a notification's `resource`."""
    nonce = secrets.token_hex(6)
    cipher = AESGCM(apiv3_key.encode())
    sealed = cipher.encrypt(nonce.encode(), plain.encode(), original_type.encode())
    return {
        "original_type": original_type,
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(sealed).decode(),
        "associated_data": original_type,
        "nonce": nonce,
    }
