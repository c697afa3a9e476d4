"""A move whose event was written in the same transaction is not told twice (work.audit)."""

import pgtrigger.compiler
import pgtrigger.migrations
import work.triggers
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("work", "0005_moves_told_by_events"),
        ("people", "0005_told_since"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="kinship",
            name="history",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="kinship",
            trigger=pgtrigger.compiler.Trigger(
                name="history",
                sql=work.triggers.OwnersSql(
                    declare="DECLARE unwatched text[] := '{}'; before jsonb;",
                    func='\n    IF TG_OP = \'UPDATE\' THEN\n        IF OLD."state" IS DISTINCT FROM NEW."state" AND (OLD."id" IS NOT DISTINCT FROM NEW."id" OR OLD."id" IS NULL) AND (OLD."payer_id" IS NOT DISTINCT FROM NEW."payer_id" OR OLD."payer_id" IS NULL) AND (OLD."relative_id" IS NOT DISTINCT FROM NEW."relative_id" OR OLD."relative_id" IS NULL) AND (OLD."relation" IS NOT DISTINCT FROM NEW."relation" OR OLD."relation" IS NULL OR OLD."relation" = \'\') AND (OLD."consent_kind" IS NOT DISTINCT FROM NEW."consent_kind" OR OLD."consent_kind" IS NULL OR OLD."consent_kind" = \'\') AND (OLD."consented_at" IS NOT DISTINCT FROM NEW."consented_at" OR OLD."consented_at" IS NULL) AND (OLD."authorisation_no" IS NOT DISTINCT FROM NEW."authorisation_no" OR OLD."authorisation_no" IS NULL OR OLD."authorisation_no" = \'\') AND (OLD."proof_kind" IS NOT DISTINCT FROM NEW."proof_kind" OR OLD."proof_kind" IS NULL OR OLD."proof_kind" = \'\') AND (OLD."proved_at" IS NOT DISTINCT FROM NEW."proved_at" OR OLD."proved_at" IS NULL) AND (OLD."proved_by_id" IS NOT DISTINCT FROM NEW."proved_by_id" OR OLD."proved_by_id" IS NULL) AND (OLD."privacy_document_id" IS NOT DISTINCT FROM NEW."privacy_document_id" OR OLD."privacy_document_id" IS NULL) AND (OLD."created_at" IS NOT DISTINCT FROM NEW."created_at" OR OLD."created_at" IS NULL) AND EXISTS (\n            SELECT FROM public."people_kinshipevent" AS told\n             WHERE told.subject_id = NEW."id" AND told.old_state = OLD."state" AND told.new_state = NEW."state"\n               AND age(told.xmin) <= age(pg_current_xact_id()::xid)\n        ) THEN\n            RETURN NULL;\n        END IF;\n        SELECT jsonb_object_agg(was.key, was.value) INTO before\n            FROM jsonb_each(to_jsonb(OLD) - unwatched) was WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;\n        IF before IS NULL THEN\n            RETURN NULL;\n        END IF;\n    ELSIF TG_OP = \'DELETE\' THEN\n        before := to_jsonb(OLD) - unwatched;\n    END IF;\n    PERFORM public.work_write_change(\n        TG_TABLE_NAME, CASE WHEN TG_OP = \'INSERT\' THEN NEW."id"::text ELSE OLD."id"::text END, TG_OP, before\n    );\n    RETURN NULL;\n',
                    hash="ab21b01347e1f9b7b448ea42eddec099ad8de2f7",
                    operation='INSERT OR UPDATE OF "payer_id", "relative_id", "relation", "consent_kind", "consented_at", "authorisation_no", "state", "proof_kind", "proved_at", "proved_by_id", "privacy_document_id", "created_at" OR DELETE',
                    pgid="pgtrigger_history_47871",
                    table="people_kinship",
                    when="AFTER",
                ),
            ),
        ),
    ]
