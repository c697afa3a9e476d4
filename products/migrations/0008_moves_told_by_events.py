"""A move whose event was written in the same transaction is not told twice (work.audit)."""

import pgtrigger.compiler
import pgtrigger.migrations
import work.triggers
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("work", "0005_moves_told_by_events"),
        ("products", "0007_indexes_that_another_begins_with"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="planyear",
            name="history",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="termsdraft",
            name="history",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="planyear",
            trigger=pgtrigger.compiler.Trigger(
                name="history",
                sql=work.triggers.OwnersSql(
                    declare="DECLARE unwatched text[] := '{}'; before jsonb;",
                    func='\n    IF TG_OP = \'UPDATE\' THEN\n        IF OLD."state" IS DISTINCT FROM NEW."state" AND (OLD."id" IS NOT DISTINCT FROM NEW."id" OR OLD."id" IS NULL) AND (OLD."code" IS NOT DISTINCT FROM NEW."code" OR OLD."code" IS NULL OR OLD."code" = \'\') AND (OLD."scheme_id" IS NOT DISTINCT FROM NEW."scheme_id" OR OLD."scheme_id" IS NULL) AND (OLD."name_zh" IS NOT DISTINCT FROM NEW."name_zh" OR OLD."name_zh" IS NULL OR OLD."name_zh" = \'\') AND (OLD."name_en" IS NOT DISTINCT FROM NEW."name_en" OR OLD."name_en" IS NULL OR OLD."name_en" = \'\') AND (OLD."premium_fen" IS NOT DISTINCT FROM NEW."premium_fen" OR OLD."premium_fen" IS NULL) AND (OLD."opens_at" IS NOT DISTINCT FROM NEW."opens_at" OR OLD."opens_at" IS NULL) AND (OLD."closes_at" IS NOT DISTINCT FROM NEW."closes_at" OR OLD."closes_at" IS NULL) AND (OLD."cover_from" IS NOT DISTINCT FROM NEW."cover_from" OR OLD."cover_from" IS NULL) AND (OLD."cover_to" IS NOT DISTINCT FROM NEW."cover_to" OR OLD."cover_to" IS NULL) AND (OLD."benefits_plan" IS NOT DISTINCT FROM NEW."benefits_plan" OR OLD."benefits_plan" IS NULL OR OLD."benefits_plan" = \'\') AND (OLD."benefits_text" IS NOT DISTINCT FROM NEW."benefits_text" OR OLD."benefits_text" IS NULL OR OLD."benefits_text" = \'\') AND (OLD."benefits_sha256" IS NOT DISTINCT FROM NEW."benefits_sha256" OR OLD."benefits_sha256" IS NULL OR OLD."benefits_sha256" = \'\') AND (OLD."filing_number" IS NOT DISTINCT FROM NEW."filing_number" OR OLD."filing_number" IS NULL OR OLD."filing_number" = \'\') AND (OLD."published_at" IS NOT DISTINCT FROM NEW."published_at" OR OLD."published_at" IS NULL) AND (OLD."created_at" IS NOT DISTINCT FROM NEW."created_at" OR OLD."created_at" IS NULL) AND EXISTS (\n            SELECT FROM public."products_planyearevent" AS told\n             WHERE told.subject_id = NEW."id" AND told.old_state = OLD."state" AND told.new_state = NEW."state"\n               AND age(told.xmin) <= age(pg_current_xact_id()::xid)\n        ) THEN\n            RETURN NULL;\n        END IF;\n        SELECT jsonb_object_agg(was.key, was.value) INTO before\n            FROM jsonb_each(to_jsonb(OLD) - unwatched) was WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;\n        IF before IS NULL THEN\n            RETURN NULL;\n        END IF;\n    ELSIF TG_OP = \'DELETE\' THEN\n        before := to_jsonb(OLD) - unwatched;\n    END IF;\n    PERFORM public.work_write_change(\n        TG_TABLE_NAME, CASE WHEN TG_OP = \'INSERT\' THEN NEW."id"::text ELSE OLD."id"::text END, TG_OP, before\n    );\n    RETURN NULL;\n',
                    hash="23bbc3220023d0ccfe159bb63736b9803e446c23",
                    operation='INSERT OR UPDATE OF "code", "scheme_id", "name_zh", "name_en", "premium_fen", "opens_at", "closes_at", "cover_from", "cover_to", "benefits_plan", "benefits_text", "benefits_sha256", "filing_number", "published_at", "state", "created_at" OR DELETE',
                    pgid="pgtrigger_history_58925",
                    table="products_planyear",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="termsdraft",
            trigger=pgtrigger.compiler.Trigger(
                name="history",
                sql=work.triggers.OwnersSql(
                    declare="DECLARE unwatched text[] := '{}'; before jsonb;",
                    func='\n    IF TG_OP = \'UPDATE\' THEN\n        IF OLD."state" IS DISTINCT FROM NEW."state" AND (OLD."id" IS NOT DISTINCT FROM NEW."id" OR OLD."id" IS NULL) AND (OLD."plan_year_id" IS NOT DISTINCT FROM NEW."plan_year_id" OR OLD."plan_year_id" IS NULL) AND (OLD."title" IS NOT DISTINCT FROM NEW."title" OR OLD."title" IS NULL OR OLD."title" = \'\') AND (OLD."premium_fen" IS NOT DISTINCT FROM NEW."premium_fen" OR OLD."premium_fen" IS NULL) AND (OLD."benefits_text" IS NOT DISTINCT FROM NEW."benefits_text" OR OLD."benefits_text" IS NULL OR OLD."benefits_text" = \'\') AND (OLD."texts" IS NOT DISTINCT FROM NEW."texts" OR OLD."texts" IS NULL) AND (OLD."revision" IS NOT DISTINCT FROM NEW."revision" OR OLD."revision" IS NULL) AND (OLD."became_id" IS NOT DISTINCT FROM NEW."became_id" OR OLD."became_id" IS NULL) AND (OLD."created_by_id" IS NOT DISTINCT FROM NEW."created_by_id" OR OLD."created_by_id" IS NULL) AND (OLD."created_at" IS NOT DISTINCT FROM NEW."created_at" OR OLD."created_at" IS NULL) AND (OLD."changed_at" IS NOT DISTINCT FROM NEW."changed_at" OR OLD."changed_at" IS NULL) AND EXISTS (\n            SELECT FROM public."products_termsdraftevent" AS told\n             WHERE told.subject_id = NEW."id" AND told.old_state = OLD."state" AND told.new_state = NEW."state"\n               AND age(told.xmin) <= age(pg_current_xact_id()::xid)\n        ) THEN\n            RETURN NULL;\n        END IF;\n        SELECT jsonb_object_agg(was.key, was.value) INTO before\n            FROM jsonb_each(to_jsonb(OLD) - unwatched) was WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;\n        IF before IS NULL THEN\n            RETURN NULL;\n        END IF;\n    ELSIF TG_OP = \'DELETE\' THEN\n        before := to_jsonb(OLD) - unwatched;\n    END IF;\n    PERFORM public.work_write_change(\n        TG_TABLE_NAME, CASE WHEN TG_OP = \'INSERT\' THEN NEW."id"::text ELSE OLD."id"::text END, TG_OP, before\n    );\n    RETURN NULL;\n',
                    hash="51986f9bafe6e3ca7a742d939440f7aa7bd33477",
                    operation='INSERT OR UPDATE OF "plan_year_id", "title", "premium_fen", "benefits_text", "texts", "revision", "state", "became_id", "created_by_id", "created_at", "changed_at" OR DELETE',
                    pgid="pgtrigger_history_ae63c",
                    table="products_termsdraft",
                    when="AFTER",
                ),
            ),
        ),
    ]
