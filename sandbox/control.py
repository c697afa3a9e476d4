"""For tests and demonstrations: faults, log, reset, clock, settings, people, deliveries. The real world has none."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox import clock, faults, generator, seed, wechat_notify, wechat_orders
from sandbox.wechat_orders import WechatError
from sandbox.world import world

blueprint = Blueprint("control", __name__, url_prefix="/control")

# Names people say instead of transaction numbers.
NHSA_OPERATIONS = {"person": "1101", "visits": "5201", "diagnoses": "5202", "settlements": "5203", "lines": "5204",
                   "deduct": "HZ01", "query": "HZ02", "refund": "HZ03", "authorise": "HZ04",
                   "begin_proof": "HZ05", "redeem_proof": "HZ06", "relation": "HZ07"}  # fmt: skip


@blueprint.errorhandler(ValueError)
@blueprint.errorhandler(KeyError)
def bad_request(error: Exception) -> tuple[Response, int]:
    return jsonify({"error": f"{error} is missing" if isinstance(error, KeyError) else str(error)}), 400


@blueprint.post("/faults")
def add_faults() -> Response:
    """One rule or a list: {channel, operation, kind, count=1, reference="", …params}. Returns their ids."""
    given = request.get_json()
    ids = []
    with world().store.write() as db:
        for rule in given if isinstance(given, list) else [given]:
            if rule.get("channel") == "account":
                rule["channel"] = "nhsa"
            if rule.get("channel") == "nhsa":
                rule["operation"] = NHSA_OPERATIONS.get(rule.get("operation", "*"), rule.get("operation", "*"))
            ids.append(faults.add_rule(db, rule))
    return jsonify({"ids": ids})


@blueprint.get("/faults")
def list_faults() -> Response:
    with world().store.read() as db:
        return jsonify([dict(row) for row in db.execute("SELECT * FROM fault ORDER BY id")])


@blueprint.delete("/faults")
def clear_faults() -> Response:
    with world().store.write() as db:
        db.execute("DELETE FROM fault")
    return jsonify({})


@blueprint.get("/log")
def read_log() -> Response:
    """Rows after `since` (a seq), optionally of one channel, event or reference; settles what is due first."""
    world().run_ticks()
    query, values = "SELECT * FROM log WHERE seq > ?", [request.args.get("since", "0")]
    for name in ("channel", "event", "reference"):
        if request.args.get(name):
            query += f" AND {name} = ?"
            values.append(request.args[name])
    with world().store.read() as db:
        found = db.execute(query + " ORDER BY seq", values)
        rows = [dict(row) | {"detail": json.loads(row["detail"])} for row in found]
    return jsonify({"epoch": world().store.epoch, "rows": rows})


@blueprint.post("/reset")
def reset() -> Response:
    return jsonify({"epoch": world().reset()})


@blueprint.post("/clock")
def set_clock() -> Response:
    """{"clock": "+49d" | ISO instant | ""}: business time only."""
    value = str(request.get_json()["clock"])
    clock.shift(value)
    with world().store.write() as db:
        world().set_setting(db, "clock", value)
        return jsonify({"now": world().stamp(db)})


@blueprint.post("/settings")
def settings() -> Response:
    """{name: value}: bank_settle_seconds, wechat_refund_seconds, wechat_bill_early, notify_schedule,
    nhsa_output_as_string."""
    with world().store.write() as db:
        for name, value in request.get_json().items():
            world().set_setting(db, name, str(value))
        return jsonify({row["name"]: row["value"] for row in db.execute("SELECT * FROM setting")})


@blueprint.get("/people")
def people() -> Response:
    """Everybody of the seed (all=1: generated ones too), with balance, family authorisations and stays."""
    with world().store.read() as db:
        where = "" if request.args.get("all") else " WHERE listed = 1"
        rows = db.execute(f"SELECT * FROM person{where} ORDER BY rowid").fetchall()
        return jsonify([_person(db, row) for row in rows])


@blueprint.post("/people")
def put_people() -> Response:
    """Add people or change known ones, in the seed file's form (changes: any field, found by psn_no or certno).

    insurances: any number, each with its days since and paused_on; identities: classes of assistance with since and
    until. What the platform would refuse is refused (sandbox/refusals.py).
    """
    given = request.get_json()
    numbers = []
    with world().store.write() as db:
        for person in given if isinstance(given, list) else [given]:
            numbers.append(seed.put_person(db, person))
    return jsonify({"psn_no": numbers})


@blueprint.post("/people/generate")
def generate() -> Response:
    """{"n": 100, "seed": 1, "first": 0}: n people of the deterministic series; already present ones are kept."""
    given = request.get_json()
    made = generator.people(int(given["n"]), seed=int(given.get("seed", 1)), first=int(given.get("first", 0)))
    with world().store.write() as db:
        for person in made:
            seed.put_person(db, person, listed=False, keep=True)
    return jsonify(made)


@blueprint.post("/stays")
def put_stay() -> Response:
    """Add a stay in the seed file's form, or write it anew: {"psn_no": …, …}. What the platform would refuse is
    refused (sandbox/refusals.py).

    hospital: a code of the seed, or any one: {"code", "name", "level", "area"}; its area beside the insured one says
    where it was, med_type 23 that it was by referral. insutype: by which insurance. year: of the fund, else that in
    which the stay ends. cnt: negative where something is returned (returns: number of the line), 0, or a fraction.
    uplmt: the limit of the price. med_list: another code in the national catalogue. override: amounts that do not add
    up, of the stay or of a line. Returns the settlement as 5203 would show it.
    """
    with world().store.write() as db:
        return jsonify(seed.put_stay(db, request.get_json())["setlinfo"])


@blueprint.post("/stays/<setl_id>/reverse")
def reverse_stay(setl_id: str) -> Response:
    """The hospital takes the settlement back, before or after it was paid for. Returns it as 5203 shows it then."""
    with world().store.write() as db:
        return jsonify(seed.reverse_stay(db, setl_id)["setlinfo"])


@blueprint.post("/wechat/pay")
def pay() -> tuple[Response, int]:
    """{"out_trade_no": …}: what the payer does on the cashier page, without a browser."""
    with world().store.read() as db:
        row = wechat_orders.find(db, "out_trade_no", str(request.get_json()["out_trade_no"]))
    try:
        paid = wechat_orders.pay(world(), row["token"] if row else "", "oDemoPayer00000000000000001")
    except WechatError as error:
        return jsonify({"error": error.code}), error.status
    return jsonify({"transaction_id": paid["transaction_id"]}), 200


@blueprint.get("/notifications")
def notifications() -> Response:
    with world().store.read() as db:
        rows = db.execute("SELECT * FROM notification ORDER BY rowid").fetchall()
        return jsonify([dict(row) | {"resource": json.loads(row["resource"])} for row in rows])


@blueprint.post("/notifications/<notification_id>/replay")
def replay(notification_id: str) -> Response:
    """Post it once more now (freshly signed, same id), whatever its state. Returns the receiver's status."""
    with world().store.read() as db:
        row = db.execute("SELECT * FROM notification WHERE id = ?", (notification_id,)).fetchone()
    if row is None:
        raise KeyError(notification_id)
    return jsonify({"status": wechat_notify.deliver(world(), row)})


@blueprint.post("/bank/bounce")
def bounce() -> Response:
    """{"instruction_no": …, "reason": …}: the payee's bank returns a paid transfer now (退票)."""
    given = request.get_json()
    world().run_ticks()
    with world().store.write() as db:
        changed = db.execute(
            "UPDATE transfer SET bounce_after = 0, bounce_reason = ? WHERE instruction_no = ? AND state = 'paid'",
            (given.get("reason", "收款账户已销户"), given["instruction_no"]),
        ).rowcount
    if not changed:
        raise ValueError("no such transfer in state paid")
    world().run_ticks()
    return jsonify({"bounced": True})


def _person(db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    granted = db.execute("SELECT * FROM authorisation WHERE payer_psn_no = ?", (row["psn_no"],)).fetchall()
    stays = db.execute("SELECT setl_id, mdtrt_id FROM stay WHERE psn_no = ? ORDER BY rowid", (row["psn_no"],))
    return {
        **json.loads(row["doc"]),
        "phone": row["phone"],
        "balance_fen": row["balance_fen"],
        "authorisations": [dict(item) for item in granted],
        "stays": [dict(item) for item in stays],
    }
