"""A move whose event was written in the same transaction is not told twice (work.audit)."""

import pgtrigger.compiler
import pgtrigger.migrations
import work.triggers
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("work", "0005_moves_told_by_events"),
        ("parcels", "0002_indexes_that_pages_ask"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="parcel",
            name="history",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="parcel",
            trigger=pgtrigger.compiler.Trigger(
                name="history",
                sql=work.triggers.OwnersSql(
                    declare="DECLARE unwatched text[] := '{attempts,next_attempt_at,lease_until,fencing_token,last_error}'; before jsonb;",
                    func='\n    IF TG_OP = \'UPDATE\' THEN\n        IF OLD."state" IS DISTINCT FROM NEW."state" AND (OLD."id" IS NOT DISTINCT FROM NEW."id" OR OLD."id" IS NULL) AND (OLD."weight_gram" IS NOT DISTINCT FROM NEW."weight_gram" OR OLD."weight_gram" IS NULL) AND (OLD."recipient" IS NOT DISTINCT FROM NEW."recipient" OR OLD."recipient" IS NULL OR OLD."recipient" = \'\') AND (OLD."recipient_index" IS NOT DISTINCT FROM NEW."recipient_index" OR OLD."recipient_index" IS NULL OR OLD."recipient_index" = \'\') AND (OLD."route" IS NOT DISTINCT FROM NEW."route" OR OLD."route" IS NULL OR OLD."route" = \'\') AND EXISTS (\n            SELECT FROM public."parcels_parcelevent" AS told\n             WHERE told.subject_id = NEW."id" AND told.old_state = OLD."state" AND told.new_state = NEW."state"\n               AND age(told.xmin) <= age(pg_current_xact_id()::xid)\n        ) THEN\n            RETURN NULL;\n        END IF;\n        SELECT jsonb_object_agg(was.key, was.value) INTO before\n            FROM jsonb_each(to_jsonb(OLD) - unwatched) was WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;\n        IF before IS NULL THEN\n            RETURN NULL;\n        END IF;\n    ELSIF TG_OP = \'DELETE\' THEN\n        before := to_jsonb(OLD) - unwatched;\n    END IF;\n    PERFORM public.work_write_change(\n        TG_TABLE_NAME, CASE WHEN TG_OP = \'INSERT\' THEN NEW."id"::text ELSE OLD."id"::text END, TG_OP, before\n    );\n    RETURN NULL;\n',
                    hash="654adccf04c8d21695e6af0d8b704c491cf068e3",
                    operation='INSERT OR UPDATE OF "state", "weight_gram", "recipient", "recipient_index", "route" OR DELETE',
                    pgid="pgtrigger_history_ac814",
                    table="parcels_parcel",
                    when="AFTER",
                ),
            ),
        ),
    ]
