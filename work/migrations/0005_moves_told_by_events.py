"""The end of a history function, shared by the functions that tables with events have of their own (work.audit)."""

from django.db import migrations

# Not a trigger function, so whoever may call it could write what he likes: nobody but the owner may.
WRITE = """
CREATE FUNCTION work_write_change(relation text, row_id text, operation text, before jsonb) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, public AS $$
    INSERT INTO public.work_change (at, relation, row_id, operation, actor_label, user_id, path, before)
    VALUES (
        now(), $1, $2, left($3, 1),
        coalesce(nullif(current_setting('work.actor', true), ''), 'session:' || session_user),
        nullif(current_setting('work.user', true), '')::bigint,
        coalesce(current_setting('work.path', true), ''),
        $4
    )
$$;
REVOKE ALL ON FUNCTION work_write_change(text, text, text, jsonb) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("work", "0004_tasks_belong_somewhere")]

    operations = [migrations.RunSQL(WRITE, "DROP FUNCTION work_write_change(text, text, text, jsonb)")]
