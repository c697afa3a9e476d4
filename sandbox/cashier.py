"""The page on which a demo person pays a WeChat order: /cashier/{token}. Works without JavaScript."""

from __future__ import annotations

import re

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from sandbox import wechat_orders
from sandbox.wechat_orders import STATE_NAMES, WechatError
from sandbox.world import world

blueprint = Blueprint("cashier", __name__)


@blueprint.get("/cashier/<token>")
def show(token: str) -> tuple[str, int]:
    return _page(token, "")


@blueprint.post("/cashier/<token>")
def confirm(token: str) -> tuple[str, int] | BaseResponse:
    """Pay, then back to the merchant when it gave `redirect_url`, as the real H5 cashier does."""
    try:
        wechat_orders.pay(world(), token, "oDemoPayer00000000000000001")
    except WechatError as error:
        return _page(token, error.message)
    back = _back()
    return redirect(back, 303) if back else redirect(request.url, 303)


def _back() -> str:
    url = request.values.get("redirect_url", "")
    return url if re.match(r"https?://", url) else ""


def _page(token: str, problem: str) -> tuple[str, int]:
    with world().store.read() as db:
        row = wechat_orders.find(db, "token", token)
    if row is None:
        return render_template("cashier.html", order=None, problem="没有这笔订单，请返回商户重新下单。"), 404
    state = STATE_NAMES[row["state"]]
    return render_template(
        "cashier.html", order=row, state=state, back=_back(), problem=problem
    ), 409 if problem else 200
