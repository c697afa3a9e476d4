"""A move whose event was written in the same transaction is not told twice (work.audit)."""

import pgtrigger.compiler
import pgtrigger.migrations
import work.triggers
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("work", "0005_moves_told_by_events"),
        ("accounts", "0005_roles_within_scopes_by_two_officers"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="roleassignment",
            name="history",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="roleassignment",
            trigger=pgtrigger.compiler.Trigger(
                name="history",
                sql=work.triggers.OwnersSql(
                    declare="DECLARE unwatched text[] := '{}'; before jsonb;",
                    func='\n    IF TG_OP = \'UPDATE\' THEN\n        IF OLD."state" IS DISTINCT FROM NEW."state" AND (OLD."id" IS NOT DISTINCT FROM NEW."id" OR OLD."id" IS NULL) AND (OLD."user_id" IS NOT DISTINCT FROM NEW."user_id" OR OLD."user_id" IS NULL) AND (OLD."role" IS NOT DISTINCT FROM NEW."role" OR OLD."role" IS NULL OR OLD."role" = \'\') AND (OLD."within" IS NOT DISTINCT FROM NEW."within" OR OLD."within" IS NULL OR OLD."within" = \'\') AND (OLD."granted_by_id" IS NOT DISTINCT FROM NEW."granted_by_id" OR OLD."granted_by_id" IS NULL) AND (OLD."granted_at" IS NOT DISTINCT FROM NEW."granted_at" OR OLD."granted_at" IS NULL) AND (OLD."confirmed_by_id" IS NOT DISTINCT FROM NEW."confirmed_by_id" OR OLD."confirmed_by_id" IS NULL) AND (OLD."confirmed_at" IS NOT DISTINCT FROM NEW."confirmed_at" OR OLD."confirmed_at" IS NULL) AND (OLD."ended_by_id" IS NOT DISTINCT FROM NEW."ended_by_id" OR OLD."ended_by_id" IS NULL) AND (OLD."ended_at" IS NOT DISTINCT FROM NEW."ended_at" OR OLD."ended_at" IS NULL) AND (OLD."installed_as" IS NOT DISTINCT FROM NEW."installed_as" OR OLD."installed_as" IS NULL) AND (OLD."replaces_id" IS NOT DISTINCT FROM NEW."replaces_id" OR OLD."replaces_id" IS NULL) AND (OLD."reason" IS NOT DISTINCT FROM NEW."reason" OR OLD."reason" IS NULL OR OLD."reason" = \'\') AND EXISTS (\n            SELECT FROM public."accounts_roleassignmentevent" AS told\n             WHERE told.subject_id = NEW."id" AND told.old_state = OLD."state" AND told.new_state = NEW."state"\n               AND age(told.xmin) <= age(pg_current_xact_id()::xid)\n        ) THEN\n            RETURN NULL;\n        END IF;\n        SELECT jsonb_object_agg(was.key, was.value) INTO before\n            FROM jsonb_each(to_jsonb(OLD) - unwatched) was WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;\n        IF before IS NULL THEN\n            RETURN NULL;\n        END IF;\n    ELSIF TG_OP = \'DELETE\' THEN\n        before := to_jsonb(OLD) - unwatched;\n    END IF;\n    PERFORM public.work_write_change(\n        TG_TABLE_NAME, CASE WHEN TG_OP = \'INSERT\' THEN NEW."id"::text ELSE OLD."id"::text END, TG_OP, before\n    );\n    RETURN NULL;\n',
                    hash="11439dfa461fdb4aff77da505ce0c4d23dd3f9f1",
                    operation='INSERT OR UPDATE OF "user_id", "role", "within", "state", "granted_by_id", "granted_at", "confirmed_by_id", "confirmed_at", "ended_by_id", "ended_at", "installed_as", "replaces_id", "reason" OR DELETE',
                    pgid="pgtrigger_history_b844f",
                    table="accounts_roleassignment",
                    when="AFTER",
                ),
            ),
        ),
    ]
