"""What the database itself sees to, now that entries say whose money they are.

An entry has what its account demands, counts to the day of its transaction, and is one of the lines that were posted;
a transaction balances within each scheme. Each entry is noted for the kept balances in the statement that writes it;
SECURITY DEFINER: the application's role may write the balances by these functions only.
"""

from django.db import migrations

CHECKS = """
ALTER TABLE ledger_transaction ADD CONSTRAINT ledger_not_booked_ahead
    CHECK (booking_date <= (occurred_at AT TIME ZONE 'Asia/Shanghai')::date);

CREATE FUNCTION ledger_check_demands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    account ledger_account%ROWTYPE;
BEGIN
    SELECT * INTO account FROM ledger_account WHERE id = NEW.account_id;
    IF account.is_group THEN
        RAISE EXCEPTION 'ledger account % is a group and takes no entries', account.code USING ERRCODE = 'check_violation';
    END IF;
    IF (account.needs_plan_year AND NEW.plan_year = '') OR (account.needs_insurer AND NEW.insurer_id IS NULL)
        OR (account.needs_area AND NEW.area = '') OR (account.needs_money_account AND NEW.money_account = '')
    THEN
        RAISE EXCEPTION 'an entry of ledger account % lacks a dimension that the account demands', account.code
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_entry_dimensions BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_check_demands();

CREATE OR REPLACE FUNCTION ledger_check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked bigint;
    entries bigint;
    scheme text;
    total numeric;
BEGIN
    -- Separate branches: plpgsql plans both sides of a CASE, and the two tables have different columns.
    IF TG_TABLE_NAME = 'ledger_transaction' THEN
        checked := NEW.id;
    ELSE
        checked := NEW.transaction_id;
    END IF;
    SELECT coalesce(sum(of_scheme.entries), 0), min(of_scheme.scheme_id) FILTER (WHERE of_scheme.total <> 0),
           min(of_scheme.total) FILTER (WHERE of_scheme.total <> 0)
        INTO entries, scheme, total
        FROM (SELECT scheme_id, count(*) AS entries, sum(amount_fen) AS total
                FROM ledger_entry WHERE transaction_id = checked GROUP BY scheme_id) of_scheme;
    IF entries < 2 THEN
        RAISE EXCEPTION 'ledger transaction % has % entries; it needs at least two', checked, entries
            USING ERRCODE = 'check_violation';
    END IF;
    IF scheme IS NOT NULL THEN
        RAISE EXCEPTION 'ledger transaction % is out of balance by % fen (scheme %)', checked, total, scheme
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION ledger_check_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    posted ledger_transaction%ROWTYPE;
    found text;
BEGIN
    SELECT * INTO posted FROM ledger_transaction WHERE id = NEW.transaction_id;
    IF (NEW.booking_date, NEW.occurred_at) IS DISTINCT FROM (posted.booking_date, posted.occurred_at) THEN
        RAISE EXCEPTION 'an entry of ledger transaction % counts to another time than the transaction', NEW.transaction_id
            USING ERRCODE = 'check_violation';
    END IF;
    SELECT encode(sha256(convert_to(
               string_agg(account.code || '|' || entry.amount_fen || '|' || entry.scheme_id || '|' || entry.plan_year
                          || '|' || coalesce(entry.insurer_id, '') || '|' || entry.area || '|' || entry.money_account,
                          chr(10) ORDER BY entry.id), 'UTF8')), 'hex')
        INTO found
        FROM ledger_entry entry JOIN ledger_account account ON account.id = entry.account_id
        WHERE entry.transaction_id = NEW.transaction_id;
    IF found IS DISTINCT FROM posted.lines_sha256 THEN
        RAISE EXCEPTION 'the entries of ledger transaction % are not those it was posted with', NEW.transaction_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
"""

KEPT = """
CREATE FUNCTION ledger_note_unfolded() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO public.ledger_unfolded (account_id, scheme_id, plan_year, insurer_id, area, money_account, booking_date,
                                        recorded_on, debit_fen, credit_fen)
    SELECT account_id, scheme_id, plan_year, insurer_id, area, money_account, booking_date,
           (occurred_at AT TIME ZONE 'Asia/Shanghai')::date, greatest(amount_fen, 0), greatest(-amount_fen, 0)
      FROM written;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION ledger_note_unfolded() FROM PUBLIC;
CREATE TRIGGER ledger_entry_kept AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION ledger_note_unfolded();

-- One process folds at a time, so none waits for another's balance; whoever comes second has nothing to do.
CREATE FUNCTION ledger_fold(at_once integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    folded bigint;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended('ledger_fold', 0)) THEN
        RETURN 0;
    END IF;
    WITH taken AS (
        DELETE FROM public.ledger_unfolded
            WHERE id IN (SELECT id FROM public.ledger_unfolded ORDER BY id LIMIT at_once) RETURNING *
    ), kept AS (
        INSERT INTO public.ledger_balance AS balance
            (account_id, scheme_id, plan_year, insurer_id, area, money_account, booking_date, recorded_on,
             debit_fen, credit_fen, entries)
        SELECT account_id, scheme_id, plan_year, insurer_id, area, money_account, booking_date, recorded_on,
               sum(debit_fen)::bigint, sum(credit_fen)::bigint, count(*)
          FROM taken
         GROUP BY account_id, scheme_id, plan_year, insurer_id, area, money_account, booking_date, recorded_on
        ON CONFLICT (account_id, scheme_id, booking_date, recorded_on, plan_year, insurer_id, area, money_account)
        DO UPDATE SET debit_fen = balance.debit_fen + excluded.debit_fen,
                      credit_fen = balance.credit_fen + excluded.credit_fen,
                      entries = balance.entries + excluded.entries
    )
    SELECT count(*) INTO folded FROM taken;
    RETURN folded;
END $$;
"""

BACKWARD = """
DROP FUNCTION ledger_fold(integer);
DROP FUNCTION ledger_note_unfolded() CASCADE;
DROP FUNCTION ledger_check_demands() CASCADE;
ALTER TABLE ledger_transaction DROP CONSTRAINT ledger_not_booked_ahead;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_dimensions")]

    operations = [migrations.RunSQL(CHECKS + KEPT, BACKWARD)]
