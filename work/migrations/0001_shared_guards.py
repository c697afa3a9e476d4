"""The functions that every room's guards share, and the sequences that numbers and ids come from.

Plain SQL: nothing in it asks a session whether it should apply.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION work_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Cannot % rows of %: % (%)', lower(TG_OP), TG_TABLE_NAME, TG_ARGV[0], TG_NAME
        USING ERRCODE = 'raise_exception';
END $$;
"""

# SECURITY DEFINER: the application's role may not write the history itself, so it can neither forge nor leave out a row.
# Only columns that changed are kept, as they were before: what they are now stands in the row, or in the next change.
RECORD = """
CREATE FUNCTION work_record_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    unwatched text[] := TG_ARGV[1]::text[];
    touched jsonb := CASE WHEN TG_OP = 'INSERT' THEN to_jsonb(NEW) ELSE to_jsonb(OLD) END;
    became jsonb;
    before jsonb;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        became := to_jsonb(NEW);
        SELECT jsonb_object_agg(was.key, was.value) INTO before
            FROM jsonb_each(touched - unwatched) was WHERE was.value IS DISTINCT FROM became -> was.key;
        IF before IS NULL THEN
            RETURN NULL;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        before := touched - unwatched;
    END IF;
    INSERT INTO public.work_change (at, relation, row_id, operation, actor_label, user_id, path, before)
    VALUES (
        now(), TG_TABLE_NAME, touched ->> TG_ARGV[0], left(TG_OP, 1),
        coalesce(nullif(current_setting('work.actor', true), ''), 'session:' || session_user),
        nullif(current_setting('work.user', true), '')::bigint,
        coalesce(current_setting('work.path', true), ''),
        before
    );
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION work_record_change() FROM PUBLIC;
"""


class Migration(migrations.Migration):
    # First of all: the triggers of every room call these. The table that is written to comes with the next migration.
    initial = True
    dependencies = []

    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION work_refuse() CASCADE"),
        migrations.RunSQL(RECORD, "DROP FUNCTION work_record_change() CASCADE"),
        migrations.RunSQL("CREATE SEQUENCE work_number AS bigint", "DROP SEQUENCE work_number"),
        migrations.RunSQL("CREATE SEQUENCE work_row_id_block AS bigint", "DROP SEQUENCE work_row_id_block"),
    ]
