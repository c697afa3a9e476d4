"""A move whose event was written in the same transaction is not told twice (work.audit)."""

import pgtrigger.compiler
import pgtrigger.migrations
import work.triggers
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("work", "0005_moves_told_by_events"),
        ("claims", "0010_reports_closed_without_a_claim"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="claim",
            name="history",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="claimdocument",
            name="history",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="payout",
            name="history",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claim",
            trigger=pgtrigger.compiler.Trigger(
                name="history",
                sql=work.triggers.OwnersSql(
                    declare="DECLARE unwatched text[] := '{}'; before jsonb;",
                    func='\n    IF TG_OP = \'UPDATE\' THEN\n        IF OLD."state" IS DISTINCT FROM NEW."state" AND (OLD."id" IS NOT DISTINCT FROM NEW."id" OR OLD."id" IS NULL) AND (OLD."number" IS NOT DISTINCT FROM NEW."number" OR OLD."number" IS NULL OR OLD."number" = \'\') AND (OLD."policy_id" IS NOT DISTINCT FROM NEW."policy_id" OR OLD."policy_id" IS NULL) AND (OLD."insured_id" IS NOT DISTINCT FROM NEW."insured_id" OR OLD."insured_id" IS NULL) AND (OLD."filed_by_id" IS NOT DISTINCT FROM NEW."filed_by_id" OR OLD."filed_by_id" IS NULL) AND (OLD."way" IS NOT DISTINCT FROM NEW."way" OR OLD."way" IS NULL OR OLD."way" = \'\') AND (OLD."claim_type" IS NOT DISTINCT FROM NEW."claim_type" OR OLD."claim_type" IS NULL OR OLD."claim_type" = \'\') AND (OLD."insurer_id" IS NOT DISTINCT FROM NEW."insurer_id" OR OLD."insurer_id" IS NULL) AND (OLD."reviewer_id" IS NOT DISTINCT FROM NEW."reviewer_id" OR OLD."reviewer_id" IS NULL) AND (OLD."created_at" IS NOT DISTINCT FROM NEW."created_at" OR OLD."created_at" IS NULL) AND (OLD."submitted_at" IS NOT DISTINCT FROM NEW."submitted_at" OR OLD."submitted_at" IS NULL) AND (OLD."review_due_on" IS NOT DISTINCT FROM NEW."review_due_on" OR OLD."review_due_on" IS NULL) AND (OLD."review_days_left" IS NOT DISTINCT FROM NEW."review_days_left" OR OLD."review_days_left" IS NULL) AND (OLD."paid_at" IS NOT DISTINCT FROM NEW."paid_at" OR OLD."paid_at" IS NULL) AND EXISTS (\n            SELECT FROM public."claims_claimevent" AS told\n             WHERE told.subject_id = NEW."id" AND told.old_state = OLD."state" AND told.new_state = NEW."state"\n               AND age(told.xmin) <= age(pg_current_xact_id()::xid)\n        ) THEN\n            RETURN NULL;\n        END IF;\n        SELECT jsonb_object_agg(was.key, was.value) INTO before\n            FROM jsonb_each(to_jsonb(OLD) - unwatched) was WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;\n        IF before IS NULL THEN\n            RETURN NULL;\n        END IF;\n    ELSIF TG_OP = \'DELETE\' THEN\n        before := to_jsonb(OLD) - unwatched;\n    END IF;\n    PERFORM public.work_write_change(\n        TG_TABLE_NAME, CASE WHEN TG_OP = \'INSERT\' THEN NEW."id"::text ELSE OLD."id"::text END, TG_OP, before\n    );\n    RETURN NULL;\n',
                    hash="8dae1f03cb349726b6cc3196117f4ee0f0499d36",
                    operation='INSERT OR UPDATE OF "number", "policy_id", "insured_id", "filed_by_id", "way", "claim_type", "insurer_id", "state", "reviewer_id", "created_at", "submitted_at", "review_due_on", "review_days_left", "paid_at" OR DELETE',
                    pgid="pgtrigger_history_61b89",
                    table="claims_claim",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claimdocument",
            trigger=pgtrigger.compiler.Trigger(
                name="history",
                sql=work.triggers.OwnersSql(
                    declare="DECLARE unwatched text[] := '{}'; before jsonb;",
                    func='\n    IF TG_OP = \'UPDATE\' THEN\n        IF OLD."state" IS DISTINCT FROM NEW."state" AND (OLD."id" IS NOT DISTINCT FROM NEW."id" OR OLD."id" IS NULL) AND (OLD."claim_id" IS NOT DISTINCT FROM NEW."claim_id" OR OLD."claim_id" IS NULL) AND (OLD."kind" IS NOT DISTINCT FROM NEW."kind" OR OLD."kind" IS NULL OR OLD."kind" = \'\') AND (OLD."refusal" IS NOT DISTINCT FROM NEW."refusal" OR OLD."refusal" IS NULL OR OLD."refusal" = \'\') AND (OLD."name" IS NOT DISTINCT FROM NEW."name" OR OLD."name" IS NULL OR OLD."name" = \'\') AND (OLD."content_type" IS NOT DISTINCT FROM NEW."content_type" OR OLD."content_type" IS NULL OR OLD."content_type" = \'\') AND (OLD."pages" IS NOT DISTINCT FROM NEW."pages" OR OLD."pages" IS NULL) AND (OLD."size_bytes" IS NOT DISTINCT FROM NEW."size_bytes" OR OLD."size_bytes" IS NULL) AND (OLD."sha256" IS NOT DISTINCT FROM NEW."sha256" OR OLD."sha256" IS NULL OR OLD."sha256" = \'\') AND (OLD."scan_state" IS NOT DISTINCT FROM NEW."scan_state" OR OLD."scan_state" IS NULL OR OLD."scan_state" = \'\') AND (OLD."uploaded_by_id" IS NOT DISTINCT FROM NEW."uploaded_by_id" OR OLD."uploaded_by_id" IS NULL) AND (OLD."uploaded_at" IS NOT DISTINCT FROM NEW."uploaded_at" OR OLD."uploaded_at" IS NULL) AND (OLD."removed_at" IS NOT DISTINCT FROM NEW."removed_at" OR OLD."removed_at" IS NULL) AND EXISTS (\n            SELECT FROM public."claims_documentevent" AS told\n             WHERE told.subject_id = NEW."id" AND told.old_state = OLD."state" AND told.new_state = NEW."state"\n               AND age(told.xmin) <= age(pg_current_xact_id()::xid)\n        ) THEN\n            RETURN NULL;\n        END IF;\n        SELECT jsonb_object_agg(was.key, was.value) INTO before\n            FROM jsonb_each(to_jsonb(OLD) - unwatched) was WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;\n        IF before IS NULL THEN\n            RETURN NULL;\n        END IF;\n    ELSIF TG_OP = \'DELETE\' THEN\n        before := to_jsonb(OLD) - unwatched;\n    END IF;\n    PERFORM public.work_write_change(\n        TG_TABLE_NAME, CASE WHEN TG_OP = \'INSERT\' THEN NEW."id"::text ELSE OLD."id"::text END, TG_OP, before\n    );\n    RETURN NULL;\n',
                    hash="23a380da4bd12fbd287f9ddc29832a9f7d4d8967",
                    operation='INSERT OR UPDATE OF "claim_id", "kind", "state", "refusal", "name", "content_type", "pages", "size_bytes", "sha256", "scan_state", "uploaded_by_id", "uploaded_at", "removed_at" OR DELETE',
                    pgid="pgtrigger_history_7ec37",
                    table="claims_claimdocument",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payout",
            trigger=pgtrigger.compiler.Trigger(
                name="history",
                sql=work.triggers.OwnersSql(
                    declare="DECLARE unwatched text[] := '{}'; before jsonb;",
                    func='\n    IF TG_OP = \'UPDATE\' THEN\n        IF OLD."state" IS DISTINCT FROM NEW."state" AND (OLD."id" IS NOT DISTINCT FROM NEW."id" OR OLD."id" IS NULL) AND (OLD."claim_id" IS NOT DISTINCT FROM NEW."claim_id" OR OLD."claim_id" IS NULL) AND (OLD."decision_id" IS NOT DISTINCT FROM NEW."decision_id" OR OLD."decision_id" IS NULL) AND (OLD."position" IS NOT DISTINCT FROM NEW."position" OR OLD."position" IS NULL) AND (OLD."number" IS NOT DISTINCT FROM NEW."number" OR OLD."number" IS NULL OR OLD."number" = \'\') AND (OLD."payee_id" IS NOT DISTINCT FROM NEW."payee_id" OR OLD."payee_id" IS NULL) AND (OLD."amount_fen" IS NOT DISTINCT FROM NEW."amount_fen" OR OLD."amount_fen" IS NULL) AND (OLD."created_at" IS NOT DISTINCT FROM NEW."created_at" OR OLD."created_at" IS NULL) AND (OLD."paid_at" IS NOT DISTINCT FROM NEW."paid_at" OR OLD."paid_at" IS NULL) AND (OLD."returned_transfer" IS NOT DISTINCT FROM NEW."returned_transfer" OR OLD."returned_transfer" IS NULL OR OLD."returned_transfer" = \'\') AND EXISTS (\n            SELECT FROM public."claims_payoutevent" AS told\n             WHERE told.subject_id = NEW."id" AND told.old_state = OLD."state" AND told.new_state = NEW."state"\n               AND age(told.xmin) <= age(pg_current_xact_id()::xid)\n        ) THEN\n            RETURN NULL;\n        END IF;\n        SELECT jsonb_object_agg(was.key, was.value) INTO before\n            FROM jsonb_each(to_jsonb(OLD) - unwatched) was WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;\n        IF before IS NULL THEN\n            RETURN NULL;\n        END IF;\n    ELSIF TG_OP = \'DELETE\' THEN\n        before := to_jsonb(OLD) - unwatched;\n    END IF;\n    PERFORM public.work_write_change(\n        TG_TABLE_NAME, CASE WHEN TG_OP = \'INSERT\' THEN NEW."id"::text ELSE OLD."id"::text END, TG_OP, before\n    );\n    RETURN NULL;\n',
                    hash="ea49d8569b90c885df913c28f86c5e62adeec8f3",
                    operation='INSERT OR UPDATE OF "claim_id", "decision_id", "position", "number", "payee_id", "amount_fen", "state", "created_at", "paid_at", "returned_transfer" OR DELETE',
                    pgid="pgtrigger_history_4fa8e",
                    table="claims_payout",
                    when="AFTER",
                ),
            ),
        ),
    ]
