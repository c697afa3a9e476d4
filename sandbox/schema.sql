-- The log is the oracle: what this process executed, in the order it did, never changed afterwards.
-- amount_fen is signed from the insurer's point of view: money that reached it is positive, money that left is negative.
CREATE TABLE log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    channel TEXT NOT NULL CHECK (channel IN ('nhsa', 'account', 'wechat', 'bank', 'sms', 'proof')),
    event TEXT NOT NULL,
    reference TEXT NOT NULL,
    serial TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    counterparty TEXT NOT NULL,
    detail TEXT NOT NULL
);
-- One execution per instruction, even if the code above were wrong.
CREATE UNIQUE INDEX log_once ON log (channel, event, reference);
CREATE TRIGGER log_no_update BEFORE UPDATE ON log BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_no_delete BEFORE DELETE ON log BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;

CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE nonce (caller TEXT NOT NULL, nonce TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (caller, nonce));
CREATE TABLE fault (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL, operation TEXT NOT NULL, kind TEXT NOT NULL, reference TEXT NOT NULL,
    remaining INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0, params TEXT NOT NULL
);

CREATE TABLE person (
    psn_no TEXT PRIMARY KEY, certno TEXT NOT NULL UNIQUE, name TEXT NOT NULL, phone TEXT NOT NULL, doc TEXT NOT NULL,
    balance_fen INTEGER NOT NULL CHECK (balance_fen >= 0), listed INTEGER NOT NULL
);
CREATE TABLE stay (
    setl_id TEXT PRIMARY KEY, mdtrt_id TEXT NOT NULL, psn_no TEXT NOT NULL REFERENCES person, doc TEXT NOT NULL
);
CREATE INDEX stay_person ON stay (psn_no);
CREATE TABLE authorisation (
    auth_no TEXT PRIMARY KEY, payer_psn_no TEXT NOT NULL, psn_no TEXT NOT NULL, rel_type TEXT NOT NULL,
    granted_at TEXT NOT NULL, UNIQUE (payer_psn_no, psn_no)
);
CREATE TABLE person_proof (
    proof_no TEXT PRIMARY KEY, caller TEXT NOT NULL, asked_by TEXT NOT NULL, request_hash TEXT NOT NULL, token TEXT NOT NULL UNIQUE, method TEXT NOT NULL,
    nonce TEXT NOT NULL, return_url TEXT NOT NULL, shown_to TEXT NOT NULL, certno TEXT NOT NULL, psn_name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'confirmed', 'refused')), psn_no TEXT NOT NULL,
    ticket TEXT UNIQUE, tries INTEGER NOT NULL DEFAULT 0, serial TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL,
    done_at TEXT
);
CREATE TABLE account_instruction (
    instr_no TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('deduct', 'refund')), request_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'refused')), code TEXT NOT NULL, message TEXT NOT NULL,
    serial TEXT NOT NULL, payer_psn_no TEXT NOT NULL, insured TEXT NOT NULL, amount_fen INTEGER NOT NULL,
    balance_fen INTEGER NOT NULL, original_instr_no TEXT NOT NULL, at TEXT NOT NULL
);

CREATE TABLE wechat_order (
    out_trade_no TEXT PRIMARY KEY, mchid TEXT NOT NULL, request_hash TEXT NOT NULL, token TEXT NOT NULL UNIQUE,
    trade_type TEXT NOT NULL,
    description TEXT NOT NULL, attach TEXT NOT NULL, amount_fen INTEGER NOT NULL, notify_url TEXT NOT NULL,
    expires_at TEXT NOT NULL, state TEXT NOT NULL, transaction_id TEXT UNIQUE, paid_at TEXT, created_at TEXT NOT NULL,
    payer TEXT NOT NULL DEFAULT ''
);
CREATE TABLE wechat_refund (
    out_refund_no TEXT PRIMARY KEY, request_hash TEXT NOT NULL, refund_id TEXT NOT NULL UNIQUE,
    out_trade_no TEXT NOT NULL REFERENCES wechat_order, amount_fen INTEGER NOT NULL, reason TEXT NOT NULL,
    notify_url TEXT NOT NULL, state TEXT NOT NULL, created_at TEXT NOT NULL, settle_after REAL NOT NULL, done_at TEXT
);
CREATE TABLE notification (
    id TEXT PRIMARY KEY, event TEXT NOT NULL, reference TEXT NOT NULL, url TEXT NOT NULL, resource TEXT NOT NULL,
    fault TEXT NOT NULL, fault_params TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_at REAL,
    state TEXT NOT NULL DEFAULT 'waiting', last_status TEXT NOT NULL DEFAULT '', created_at TEXT NOT NULL
);
CREATE TABLE bill_token (token TEXT PRIMARY KEY, bill_date TEXT NOT NULL, tar_type TEXT NOT NULL);

CREATE TABLE bank_account (number TEXT PRIMARY KEY, name TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE transfer (
    instruction_no TEXT PRIMARY KEY, payer_account TEXT NOT NULL, request_hash TEXT NOT NULL,
    serial TEXT NOT NULL UNIQUE, state TEXT NOT NULL,
    amount_fen INTEGER NOT NULL, payee_name TEXT NOT NULL, payee_account TEXT NOT NULL, payee_bank TEXT NOT NULL,
    purpose TEXT NOT NULL, reason TEXT NOT NULL, accepted_at TEXT NOT NULL, paid_at TEXT, bounced_at TEXT,
    pay_after REAL NOT NULL, bounce_after REAL, bounce_reason TEXT NOT NULL
);

CREATE TABLE sms (
    message_id TEXT PRIMARY KEY, request_hash TEXT NOT NULL, serial TEXT NOT NULL, phone TEXT NOT NULL,
    text TEXT NOT NULL, at TEXT NOT NULL
);
