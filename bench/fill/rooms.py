"""What is copied for whom, room by room. Keys are those of fill.* (bench.fill.city)."""

from __future__ import annotations

from bench.fill.copies import Copier, numbered
from bench.fill.samples import Samples
from claims.models import AutomaticCheck, Claim, ClaimBill, ClaimDocument, ComputedBill, PaperFile
from enrollment.models import OrderLine, SalesStep
from ledger.models import Entry, Transaction
from people.models import Person, PersonCheck, PersonDocument, PersonInsurance

_SURNAME = "(ARRAY['王','李','张','刘','陈','杨','赵','黄','周','吴'])[{0} % 10 + 1]"
_GIVEN = "(ARRAY['伟','秀英','芳','娜','敏','静','丽','强','磊','军','桂兰','建华'])[{0} % 12 + 1]"
NAME = f"{_SURNAME} || {_GIVEN}"
ID_NUMBER = "'411202' || (1940 + {0} % 70)::text || lpad(({0} % 100000000)::text, 8, '0')"
PHONE = "'17' || lpad(({0})::text, 9, '0')"
PERSON_NO = "'4112990000' || lpad(({0})::text, 20, '0')"
_AREA = "CASE WHEN f.zz THEN '410102' ELSE '411202' END"


_CIVIL_DAY = "({} AT TIME ZONE 'Asia/Shanghai')::date"
# What the trigger that sleeps would have noted for the kept balances, a row for each day.
_KEPT = f"""
    INSERT INTO ledger_unfolded (account_id, scheme_id, plan_year, insurer_id, area, money_account, booking_date,
                                 recorded_on, debit_fen, credit_fen)
    SELECT account_id, scheme_id, plan_year, insurer_id, area, money_account, booking_date,
           {_CIVIL_DAY.format("occurred_at")}, sum(greatest(amount_fen, 0)), sum(greatest(-amount_fen, 0))
      FROM ledger_entry WHERE transaction_id IN (SELECT {{of_order}} FROM fill.orders AS f)
     GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
"""


def _sha256(text: str) -> str:
    return f"encode(sha256(({text})::text::bytea), 'hex')"


def people(c: Copier, s: Samples) -> None:
    p = "f.p"
    with_account = "fill.person AS f WHERE f.account"
    c.rows(
        s.user, with_account, {"id": p, "uuid": "gen_random_uuid()", "phone": PHONE.format(p), "created_at": "f.at",
        "display_name": NAME.format(p)},
    )  # fmt: skip
    c.rows(s.consent(), with_account, {"user": p, "at": "f.at"})
    index = Person._meta.get_field("psn_no_index").digest
    if s.payer.proof is not None:
        c.rows(
            s.payer.proof,
            with_account,
            {
                "id": p, "user": p, "number": numbered(s.payer.proof.number, p), "state_digest": _sha256(p),
                "person_index": PERSON_NO.format(p), "started_at": "f.at", "proved_at": "f.at", "ended_at": "f.at",
            },
            then={"person_index": index},
        )  # fmt: skip
    who = {
        "id": p, "name": NAME.format(p), "id_number": ID_NUMBER.format(p), "psn_no": PERSON_NO.format(p),
        "insurance_area": _AREA, "insurance_type": "CASE WHEN f.p % 3 = 0 THEN 'employee' ELSE 'resident' END",
        "birth_date": "date '1945-01-01' + (f.p % 25000)::int", "created_at": "f.at",
        "checked_at": "f.at", "answer_digest": _sha256(p),
    }  # fmt: skip
    c.rows(s.payer, with_account, who | {"user": p, "proof": p, "mobile": PHONE.format(p)})
    c.rows(s.relative, "fill.person AS f WHERE NOT f.account", who)
    every = "fill.person AS f"
    document = PersonDocument.objects.filter(person=s.relative).order_by("pk").last()
    assert document is not None
    c.rows(
        document, every, {"id": p, "person": p, "number": ID_NUMBER.format(p), "name": NAME.format(p),
        "asked_at": "f.at"},
    )  # fmt: skip
    c.children(PersonInsurance.objects.filter(person=s.relative), "person", every, {"person": p, "asked_at": "f.at"})
    check = PersonCheck.objects.order_by("pk")[:1]
    digest = {"id_number_digest": _sha256(p), "user": "f.holder", "at": "f.at"}
    c.children(check, "user", "fill.person AS f WHERE f.in_family", digest)
    c.rows(
        s.kinship, "fill.person AS f WHERE f.p <> f.holder",
        {"id": p, "payer": "f.holder", "relative": p, "relation": "CASE f.r WHEN 1 THEN 'spouse' ELSE 'child' END",
         "created_at": "f.at", "consented_at": "f.at"},
    )  # fmt: skip


def orders(c: Copier, s: Samples) -> None:
    o, i = "f.o", "f.i"
    number, paid = numbered(s.order.number, o), numbered(s.payment.number, o)
    heads = "fill.person AS f WHERE f.p = f.holder AND f.in_family"
    c.rows(s.policyholder, heads, {"id": "f.p", "person": "f.p", "organisation": "NULL", "created_at": "f.at"})
    every = "fill.orders AS f"
    times = dict.fromkeys(("created_at", "placed_at", "paid_at"), "f.at")
    c.rows(
        s.order, every, {"id": o, "number": number, "plan_year": "f.plan_year", "policyholder": "f.holder",
        "placed_by": "f.holder", "payment_number": paid, "expires_at": "f.at + interval '30 minutes'", **times},
    )  # fmt: skip
    c.children(SalesStep.objects.filter(order=s.order), "order", every, {"order": o, "user": "f.holder", "at": "f.at"})
    line = OrderLine.objects.get(order=s.order, insured=s.payer)
    relation = "CASE f.r WHEN 0 THEN 'self' WHEN 1 THEN 'spouse' ELSE 'child' END"
    in_orders = "fill.policy AS f WHERE f.o IS NOT NULL"
    c.rows(line, in_orders, {"id": i, "order": o, "insured": "f.p", "relation": relation})
    policy = {
        "id": i, "number": numbered(s.policy.number, i), "plan_year": "f.plan_year", "insured": "f.p",
        "cover_from": "f.cover_from", "cover_to": "f.cover_to", "verify_token": "md5(f.i::text)",
        "created_at": "f.at", "issued_at": "f.at",
    }  # fmt: skip
    c.rows(s.policy, in_orders, policy | {"policyholder": "f.holder", "order_line": i})
    organisation = s.organisation()
    c.rows(
        s.policy, "fill.policy AS f WHERE f.o IS NULL",
        policy | {"policyholder": str(organisation.pk), "order_line": "NULL", "way": "'employer'"},
    )  # fmt: skip
    c.rows(
        s.sms(), every, {"id": o, "message_id": "gen_random_uuid()", "key": "'bench:' || f.o", "created_at": "f.at",
        "settled_at": "f.at", "to_phone": PHONE.format("f.holder")},
    )  # fmt: skip


def money(c: Copier, s: Samples) -> None:
    o = "f.o"
    paid = numbered(s.payment.number, o)
    c.rows(
        s.payment, "fill.orders AS f JOIN products_planyear AS year ON year.id = f.plan_year",
        {"id": o, "number": paid, "purpose_ref": numbered(s.order.number, o), "plan_year": "year.code",
         "payer": "f.holder", "channel_transaction_no": "'bench' || f.o", "next_attempt_at": "NULL",
         **dict.fromkeys(("created_at", "sent_at", "channel_paid_at", "paid_at"), "f.at"),
         "payable_until": "f.at + interval '30 minutes'", "close_at": "f.at + interval '40 minutes'"},
    )  # fmt: skip
    for entered in Transaction.objects.filter(reference=s.payment.number):
        times = {"occurred_at": "f.at", "booking_date": _CIVIL_DAY.format("f.at")}
        c.rows(entered, "fill.orders AS f", {"id": o, "reference": paid, **times}, kept_with_it=False)
        c.children(
            Entry.objects.filter(transaction=entered), "transaction", "fill.orders AS f", {"transaction": o, **times}
        )
    c.run(_KEPT.format(of_order=o))
    c.rows(
        s.refund(), "fill.orders AS f WHERE f.o % 100 = 7",
        {"id": o, "number": numbered("RF-2026-0000001", o), "payment": o, "channel_refund_no": "'bench' || f.o",
         "created_at": "f.at", "refunded_at": "f.at"},
    )  # fmt: skip
    c.rows(
        s.notification(), "fill.orders AS f WHERE f.o % 2 = 0",
        {"id": o, "notification_id": "'bench' || f.o", "payment": o, "signed_at": "f.at", "received_at": "f.at"},
    )  # fmt: skip


_INSURER = "(ARRAY['xiaoshan','xiaoshan','dahe','hangu','tiane','ganshan'])[f.n % 6 + 1]"
DECIDED = ("NOTHING_DUE", "PAYING", "PAID", "PAYOUT_FAILED")
AFTER_PROPOSING = ("PROPOSED", *DECIDED)
HELD = "f.state NOT IN ('DRAFT', 'WITHDRAWN', 'DECLINED')"
BEFORE_HANDING_IN = "f.state IN ('DRAFT', 'WITHDRAWN')"


def _in(states: tuple[str, ...]) -> str:
    return "f.state IN ({})".format(", ".join(f"'{state}'" for state in states))


def claims(c: Copier, s: Samples) -> None:
    """Those that are decided are copies of the decided one, with its computation; the others of the waiting one."""
    for sample, which in ((s.decided, _in(AFTER_PROPOSING)), (s.waiting, f"NOT {_in(AFTER_PROPOSING)}")):
        _claims(c, s, sample, f"fill.claim AS f WHERE {which}")
    proposed, decided = f"fill.claim AS f WHERE {_in(AFTER_PROPOSING)}", f"fill.claim AS f WHERE {_in(DECIDED)}"
    approved = f"CASE WHEN {_in(DECIDED)} THEN {{}} END"
    pays = "CASE WHEN f.state = 'NOTHING_DUE' THEN 0 ELSE 123400 END"
    c.rows(
        s.decision, proposed,
        {"id": "f.n", "claim": "f.n", "payable_fen": pays, "proposed_at": "f.at",
         "approved_at": approved.format("f.at"), "approved_by": approved.format(str(s.decision.approved_by_id))},
    )  # fmt: skip
    computed = ComputedBill.objects.get(decision=s.decision)
    c.rows(computed, proposed, {"id": "f.n", "decision": "f.n", "bill": "f.n", "payable_fen": pays})
    c.rows(
        s.year_account, f"{decided} AND f.pair = 0",
        {"id": "f.n", "policy": "f.i", "updated_at": "f.at", "paid_fen": pays},
    )  # fmt: skip
    sent = "fill.claim AS f WHERE f.state IN ('PAID', 'PAYING')"
    payout = {
        "id": "f.n",
        "claim": "f.n",
        "decision": "f.n",
        "payee": "f.n",
        "number": "f.n || '-1'",
        "paid_at": "f.at",
    }
    c.rows(s.payout(), sent, payout | {"created_at": "f.at"})
    transfer = s.transfer()
    c.rows(
        transfer, sent,
        {"id": "f.n", "number": numbered(transfer.number, "f.n"), "purpose_ref": "f.n || '-1'",
         "bank_serial": "'bench' || f.n", "created_at": "f.at", "sent_at": "f.at", "paid_at": "f.at"},
    )  # fmt: skip


def _claims(c: Copier, s: Samples, sample: Claim, source: str) -> None:
    n = "f.n"
    c.rows(
        sample, source,
        {"id": n, "number": numbered(sample.number, n), "policy": "f.i", "insured": "f.p", "filed_by": "f.holder",
         "insurer": _INSURER, "state": "f.state", "created_at": "f.at",
         "submitted_at": f"CASE WHEN NOT {BEFORE_HANDING_IN} THEN f.at END",
         "review_due_on": f"CASE WHEN NOT {BEFORE_HANDING_IN} THEN f.at::date + 14 END",
         "reviewer": f"CASE WHEN {_in(('UNDER_REVIEW', *AFTER_PROPOSING))} THEN {s.reviewer.pk} END",
         "paid_at": "CASE WHEN f.state = 'PAID' THEN f.at END"},
    )  # fmt: skip
    bill: ClaimBill = sample.bills.get()
    c.rows(
        bill, source,
        {"id": n, "claim": n, "settlement_no": "'B' || f.n", "visit_no": "'V' || f.n", "held": HELD,
         "imported_at": "f.at"},
    )  # fmt: skip
    account = {
        "id": n,
        "claim": n,
        "named_by": "f.holder",
        "named_at": "f.at",
        "since": "f.at",
        "name": NAME.format("f.p"),
    }
    c.rows(sample.payees.get(), source, account | {"since": "f.at"})
    c.children(AutomaticCheck.objects.filter(claim=sample), "claim", source, {"claim": n, "at": "f.at"})
    for place, document in enumerate(ClaimDocument.objects.filter(claim=sample)):
        key = f"md5('paper ' || f.n || ' {place}')::uuid"
        c.rows(document, source, {"id": key, "claim": n, "uploaded_by": "f.holder", "uploaded_at": "f.at"})
        for file in PaperFile.objects.filter(document=document):
            c.rows(file, source, {"document": key}, kept_with_it=False)


def desk(c: Copier, s: Samples) -> None:
    """What waits for people, and what is kept of who looked at what."""
    ago = f"timestamptz '{s.now.isoformat()}' - interval '20 minutes' * f.n"
    task = s.task()
    numbers = "generate_series(1, {}) AS f (n)"
    key = {"key": "'bench ' || f.n", "created_at": ago}
    c.rows(task, numbers.format(400), key)
    settled = {"resolved_at": ago, "resolved_by": str(s.operator.pk), "resolution": "'looked at, nothing to do'"}
    c.rows(task, numbers.format(20_000), key | settled)
    c.rows(s.reveal(), numbers.format(20_000), {"at": ago, "subject_key": "(1000000 + f.n)::text"})
    typed = {"username": "'nobody' || f.n", "attempt_time": ago}
    c.rows(s.failed_sign_in(), numbers.format(2_000), typed)
    c.rows(s.done_message(), numbers.format(20_000), {"key": "'bench ' || f.n", "created_at": ago, "done_at": ago})
    holders = "fill.person AS f WHERE f.account AND f.p % {} = 3"
    c.rows(s.session(), holders.format(10), {"session_key": "md5(f.p::text)", "user": "f.p"})
    c.rows(
        s.login_code(), holders.format(20),
        {"uuid": "gen_random_uuid()", "phone_index": _sha256("f.p"), "ip_index": _sha256("f.p % 500")},
    )  # fmt: skip
    asked = {"id": "f.p", "user": "f.p", "created_at": "f.at", "settled_at": "f.at"}
    c.rows(s.data_request(), holders.format(50), asked)


ROOMS = (people, orders, money, claims, desk)
