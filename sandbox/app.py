"""Flask application factory: the channels as blueprints around one World."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from sandbox import (
    bank,
    cashier,
    control,
    home,
    nhsa_gateway,
    nhsa_proof,
    sms,
    wechat_api,
    wechat_notify,
    wechat_orders,
)
from sandbox.world import World


def create_app(data_dir: str | None = None, public_url: str | None = None) -> Flask:
    """State in `data_dir` (else SANDBOX_DATA_DIR), addresses from `public_url` (else SANDBOX_PUBLIC_URL)."""
    directory = Path(data_dir or os.environ.get("SANDBOX_DATA_DIR", "var/sandbox"))
    url = public_url or os.environ.get("SANDBOX_PUBLIC_URL", "http://127.0.0.1:8900")
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it, the base class does not
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the same
    app.config["MAX_CONTENT_LENGTH"] = 2 * 1024 * 1024
    w = World(directory, url)
    w.ticks += [bank.settle_due, wechat_orders.settle_due]
    w.deliveries.append(wechat_notify.deliver_due)
    app.extensions["sandbox"] = w
    for room in (home, nhsa_gateway, nhsa_proof, wechat_api, cashier, bank, sms, control):
        app.register_blueprint(room.blueprint)
    return app
