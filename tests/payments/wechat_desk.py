"""Messages signed and encrypted as WeChat does, to post what the sandbox itself would never say."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from payments.models import Payment
from sandbox.testing import Sandbox


class WechatDesk:
    def __init__(self, sandbox: Sandbox, merchant: str = "wechat") -> None:
        """merchant: a part of the sandbox's keys."""
        self.keys: dict[str, str] = sandbox.keys[merchant]
        private = json.loads((sandbox.data_dir / "sandbox-private.json").read_text(encoding="utf-8"))
        key = serialization.load_pem_private_key(private["wechat_platform_private_key"].encode(), password=None)
        assert isinstance(key, RSAPrivateKey)
        self._key = key

    def paid(
        self, payment: Payment, *, signed_at: datetime | None = None, **changes: Any
    ) -> tuple[dict[str, str], bytes]:
        """TRANSACTION.SUCCESS for the payment, with fields changed as asked."""
        resource = {
            "appid": self.keys["appid"],
            "mchid": self.keys["mchid"],
            "out_trade_no": payment.number,
            "transaction_id": f"42000{payment.pk:023d}",
            "trade_state": "SUCCESS",
            "success_time": "2026-11-20T10:00:30+08:00",
            "amount": {"total": payment.amount_fen, "currency": "CNY"},
            "payer": {"openid": "oTestPayer"},
            **changes,
        }
        resource = {name: value for name, value in resource.items() if value is not None}
        return self.message("TRANSACTION.SUCCESS", resource, signed_at=signed_at)

    def message(
        self, event_type: str, resource: dict[str, Any], *, signed_at: datetime | None = None
    ) -> tuple[dict[str, str], bytes]:
        nonce = secrets.token_hex(6)
        sealed = AESGCM(self.keys["apiv3_key"].encode()).encrypt(
            nonce.encode(), json.dumps(resource).encode(), b"transaction"
        )
        body = {
            "id": f"EV-{secrets.token_hex(14)}",
            "event_type": event_type,
            "resource_type": "encrypt-resource",
            "resource": {
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": base64.b64encode(sealed).decode(),
                "associated_data": "transaction",
                "nonce": nonce,
            },
        }
        return self.sign(json.dumps(body), signed_at=signed_at)

    def sign(self, body: str, *, signed_at: datetime | None = None) -> tuple[dict[str, str], bytes]:
        timestamp, nonce = str(int((signed_at or datetime.now(UTC)).timestamp())), secrets.token_hex(16)
        signature = self._key.sign(f"{timestamp}\n{nonce}\n{body}\n".encode(), PKCS1v15(), hashes.SHA256())
        headers = {
            "Wechatpay-Timestamp": timestamp,
            "Wechatpay-Nonce": nonce,
            "Wechatpay-Signature": base64.b64encode(signature).decode(),
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
            "Wechatpay-Serial": self.keys["platform_public_key_id"],
        }
        return headers, body.encode()
