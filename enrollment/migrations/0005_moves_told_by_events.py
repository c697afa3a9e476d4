"""A move whose event was written in the same transaction is not told twice (work.audit)."""

import pgtrigger.compiler
import pgtrigger.migrations
import work.triggers
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("work", "0005_moves_told_by_events"),
        ("enrollment", "0004_policies_come_by_open_ways"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="order",
            name="history",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="policy",
            name="history",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="history",
                sql=work.triggers.OwnersSql(
                    declare="DECLARE unwatched text[] := '{}'; before jsonb;",
                    func='\n    IF TG_OP = \'UPDATE\' THEN\n        IF OLD."state" IS DISTINCT FROM NEW."state" AND (OLD."id" IS NOT DISTINCT FROM NEW."id" OR OLD."id" IS NULL) AND (OLD."number" IS NOT DISTINCT FROM NEW."number" OR OLD."number" IS NULL OR OLD."number" = \'\') AND (OLD."plan_year_id" IS NOT DISTINCT FROM NEW."plan_year_id" OR OLD."plan_year_id" IS NULL) AND (OLD."policyholder_id" IS NOT DISTINCT FROM NEW."policyholder_id" OR OLD."policyholder_id" IS NULL) AND (OLD."placed_by_id" IS NOT DISTINCT FROM NEW."placed_by_id" OR OLD."placed_by_id" IS NULL) AND (OLD."total_fen" IS NOT DISTINCT FROM NEW."total_fen" OR OLD."total_fen" IS NULL) AND (OLD."channel" IS NOT DISTINCT FROM NEW."channel" OR OLD."channel" IS NULL OR OLD."channel" = \'\') AND (OLD."payment_number" IS NOT DISTINCT FROM NEW."payment_number" OR OLD."payment_number" IS NULL OR OLD."payment_number" = \'\') AND (OLD."created_at" IS NOT DISTINCT FROM NEW."created_at" OR OLD."created_at" IS NULL) AND (OLD."placed_at" IS NOT DISTINCT FROM NEW."placed_at" OR OLD."placed_at" IS NULL) AND (OLD."expires_at" IS NOT DISTINCT FROM NEW."expires_at" OR OLD."expires_at" IS NULL) AND (OLD."paid_at" IS NOT DISTINCT FROM NEW."paid_at" OR OLD."paid_at" IS NULL) AND EXISTS (\n            SELECT FROM public."enrollment_orderevent" AS told\n             WHERE told.subject_id = NEW."id" AND told.old_state = OLD."state" AND told.new_state = NEW."state"\n               AND age(told.xmin) <= age(pg_current_xact_id()::xid)\n        ) THEN\n            RETURN NULL;\n        END IF;\n        SELECT jsonb_object_agg(was.key, was.value) INTO before\n            FROM jsonb_each(to_jsonb(OLD) - unwatched) was WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;\n        IF before IS NULL THEN\n            RETURN NULL;\n        END IF;\n    ELSIF TG_OP = \'DELETE\' THEN\n        before := to_jsonb(OLD) - unwatched;\n    END IF;\n    PERFORM public.work_write_change(\n        TG_TABLE_NAME, CASE WHEN TG_OP = \'INSERT\' THEN NEW."id"::text ELSE OLD."id"::text END, TG_OP, before\n    );\n    RETURN NULL;\n',
                    hash="1de5401bc22ed585bde2a7e47171c1688dce474e",
                    operation='INSERT OR UPDATE OF "number", "plan_year_id", "policyholder_id", "placed_by_id", "state", "total_fen", "channel", "payment_number", "created_at", "placed_at", "expires_at", "paid_at" OR DELETE',
                    pgid="pgtrigger_history_fb3c3",
                    table="enrollment_order",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="policy",
            trigger=pgtrigger.compiler.Trigger(
                name="history",
                sql=work.triggers.OwnersSql(
                    declare="DECLARE unwatched text[] := '{}'; before jsonb;",
                    func='\n    IF TG_OP = \'UPDATE\' THEN\n        IF OLD."state" IS DISTINCT FROM NEW."state" AND (OLD."id" IS NOT DISTINCT FROM NEW."id" OR OLD."id" IS NULL) AND (OLD."number" IS NOT DISTINCT FROM NEW."number" OR OLD."number" IS NULL OR OLD."number" = \'\') AND (OLD."plan_year_id" IS NOT DISTINCT FROM NEW."plan_year_id" OR OLD."plan_year_id" IS NULL) AND (OLD."insured_id" IS NOT DISTINCT FROM NEW."insured_id" OR OLD."insured_id" IS NULL) AND (OLD."policyholder_id" IS NOT DISTINCT FROM NEW."policyholder_id" OR OLD."policyholder_id" IS NULL) AND (OLD."way" IS NOT DISTINCT FROM NEW."way" OR OLD."way" IS NULL OR OLD."way" = \'\') AND (OLD."order_line_id" IS NOT DISTINCT FROM NEW."order_line_id" OR OLD."order_line_id" IS NULL) AND (OLD."premium_fen" IS NOT DISTINCT FROM NEW."premium_fen" OR OLD."premium_fen" IS NULL) AND (OLD."cover_from" IS NOT DISTINCT FROM NEW."cover_from" OR OLD."cover_from" IS NULL) AND (OLD."cover_to" IS NOT DISTINCT FROM NEW."cover_to" OR OLD."cover_to" IS NULL) AND (OLD."verify_token" IS NOT DISTINCT FROM NEW."verify_token" OR OLD."verify_token" IS NULL OR OLD."verify_token" = \'\') AND (OLD."created_at" IS NOT DISTINCT FROM NEW."created_at" OR OLD."created_at" IS NULL) AND (OLD."issued_at" IS NOT DISTINCT FROM NEW."issued_at" OR OLD."issued_at" IS NULL) AND EXISTS (\n            SELECT FROM public."enrollment_policyevent" AS told\n             WHERE told.subject_id = NEW."id" AND told.old_state = OLD."state" AND told.new_state = NEW."state"\n               AND age(told.xmin) <= age(pg_current_xact_id()::xid)\n        ) THEN\n            RETURN NULL;\n        END IF;\n        SELECT jsonb_object_agg(was.key, was.value) INTO before\n            FROM jsonb_each(to_jsonb(OLD) - unwatched) was WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;\n        IF before IS NULL THEN\n            RETURN NULL;\n        END IF;\n    ELSIF TG_OP = \'DELETE\' THEN\n        before := to_jsonb(OLD) - unwatched;\n    END IF;\n    PERFORM public.work_write_change(\n        TG_TABLE_NAME, CASE WHEN TG_OP = \'INSERT\' THEN NEW."id"::text ELSE OLD."id"::text END, TG_OP, before\n    );\n    RETURN NULL;\n',
                    hash="2de4cbe3a93c2dbf71a52750b5082bab1bf3a9fb",
                    operation='INSERT OR UPDATE OF "number", "plan_year_id", "insured_id", "policyholder_id", "way", "order_line_id", "premium_fen", "cover_from", "cover_to", "verify_token", "state", "created_at", "issued_at" OR DELETE',
                    pgid="pgtrigger_history_7ae79",
                    table="enrollment_policy",
                    when="AFTER",
                ),
            ),
        ),
    ]
