"""A transaction's entries are those it was posted with. Two entries that cancel each other out would keep an old
transaction in balance and still rewrite what it says; the digest that its row carries since it was posted forbids them.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION ledger_check_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    posted text;
    found text;
BEGIN
    SELECT lines_sha256 INTO posted FROM ledger_transaction WHERE id = NEW.transaction_id;
    SELECT encode(sha256(convert_to(
               string_agg(account.code || ' ' || entry.amount_fen, chr(10) ORDER BY entry.id), 'UTF8')), 'hex')
        INTO found
        FROM ledger_entry entry JOIN ledger_account account ON account.id = entry.account_id
        WHERE entry.transaction_id = NEW.transaction_id;
    IF found IS DISTINCT FROM posted THEN
        RAISE EXCEPTION 'the entries of ledger transaction % are not those it was posted with', NEW.transaction_id
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER ledger_entry_lines_as_posted AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_check_lines();
"""

BACKWARD = "DROP FUNCTION ledger_check_lines() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_balanced_and_append_only")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
