"""The database keeps the books: every transaction balances at commit, nothing is ever changed or removed.

Plain triggers rather than pgtrigger's: these must have no "ignore" switch that a session could set.
The application's role is granted no UPDATE, DELETE or TRUNCATE here either (grant_app_role), and does not
own the tables, so it cannot disable a trigger.
"""

from django.db import migrations

TABLES = ("ledger_account", "ledger_transaction", "ledger_entry")

FORWARD = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % on % refused; post a reversing transaction', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION ledger_check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked bigint;
    entries bigint;
    total numeric;
BEGIN
    -- Separate branches: plpgsql plans both sides of a CASE, and the two tables have different columns.
    IF TG_TABLE_NAME = 'ledger_transaction' THEN
        checked := NEW.id;
    ELSE
        checked := NEW.transaction_id;
    END IF;
    SELECT count(*), coalesce(sum(amount_fen), 0) INTO entries, total
        FROM ledger_entry WHERE transaction_id = checked;
    IF entries < 2 THEN
        RAISE EXCEPTION 'ledger transaction % has % entries; it needs at least two', checked, entries
            USING ERRCODE = 'check_violation';
    END IF;
    IF total <> 0 THEN
        RAISE EXCEPTION 'ledger transaction % is out of balance by % fen', checked, total
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_transaction_balanced AFTER INSERT ON ledger_transaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_balance();
CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_balance();
"""

PER_TABLE = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""

BACKWARD = """
DROP FUNCTION ledger_refuse_change() CASCADE;
DROP FUNCTION ledger_check_balance() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(
            FORWARD + "".join(PER_TABLE.format(table=table) for table in TABLES),
            BACKWARD,
        ),
    ]
