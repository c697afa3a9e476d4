"""A move whose event was written in the same transaction is not told twice (work.audit)."""

import pgtrigger.compiler
import pgtrigger.migrations
import work.triggers
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("work", "0005_moves_told_by_events"),
        ("payments", "0004_transfers_that_are_stopped"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="notification",
            name="history",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="payment",
            name="history",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="refund",
            name="history",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="transfer",
            name="history",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="notification",
            trigger=pgtrigger.compiler.Trigger(
                name="history",
                sql=work.triggers.OwnersSql(
                    declare="DECLARE unwatched text[] := '{attempts,next_attempt_at,lease_until,fencing_token,last_error}'; before jsonb;",
                    func='\n    IF TG_OP = \'UPDATE\' THEN\n        IF OLD."state" IS DISTINCT FROM NEW."state" AND (OLD."id" IS NOT DISTINCT FROM NEW."id" OR OLD."id" IS NULL) AND (OLD."channel" IS NOT DISTINCT FROM NEW."channel" OR OLD."channel" IS NULL OR OLD."channel" = \'\') AND (OLD."account_id" IS NOT DISTINCT FROM NEW."account_id" OR OLD."account_id" IS NULL) AND (OLD."notification_id" IS NOT DISTINCT FROM NEW."notification_id" OR OLD."notification_id" IS NULL OR OLD."notification_id" = \'\') AND (OLD."event_type" IS NOT DISTINCT FROM NEW."event_type" OR OLD."event_type" IS NULL OR OLD."event_type" = \'\') AND (OLD."body" IS NOT DISTINCT FROM NEW."body" OR OLD."body" IS NULL OR OLD."body" = \'\') AND (OLD."signed_at" IS NOT DISTINCT FROM NEW."signed_at" OR OLD."signed_at" IS NULL) AND (OLD."received_at" IS NOT DISTINCT FROM NEW."received_at" OR OLD."received_at" IS NULL) AND (OLD."refusal_code" IS NOT DISTINCT FROM NEW."refusal_code" OR OLD."refusal_code" IS NULL OR OLD."refusal_code" = \'\') AND (OLD."payment_id" IS NOT DISTINCT FROM NEW."payment_id" OR OLD."payment_id" IS NULL) AND (OLD."refund_id" IS NOT DISTINCT FROM NEW."refund_id" OR OLD."refund_id" IS NULL) AND EXISTS (\n            SELECT FROM public."payments_notificationevent" AS told\n             WHERE told.subject_id = NEW."id" AND told.old_state = OLD."state" AND told.new_state = NEW."state"\n               AND age(told.xmin) <= age(pg_current_xact_id()::xid)\n        ) THEN\n            RETURN NULL;\n        END IF;\n        SELECT jsonb_object_agg(was.key, was.value) INTO before\n            FROM jsonb_each(to_jsonb(OLD) - unwatched) was WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;\n        IF before IS NULL THEN\n            RETURN NULL;\n        END IF;\n    ELSIF TG_OP = \'DELETE\' THEN\n        before := to_jsonb(OLD) - unwatched;\n    END IF;\n    PERFORM public.work_write_change(\n        TG_TABLE_NAME, CASE WHEN TG_OP = \'INSERT\' THEN NEW."id"::text ELSE OLD."id"::text END, TG_OP, before\n    );\n    RETURN NULL;\n',
                    hash="e946a087e55bbf8e65aeed7c1b2e70241809340d",
                    operation='INSERT OR UPDATE OF "channel", "account_id", "notification_id", "event_type", "body", "signed_at", "received_at", "state", "refusal_code", "payment_id", "refund_id" OR DELETE',
                    pgid="pgtrigger_history_d2f10",
                    table="payments_notification",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="history",
                sql=work.triggers.OwnersSql(
                    declare="DECLARE unwatched text[] := '{attempts,next_attempt_at,lease_until,fencing_token,last_error}'; before jsonb;",
                    func='\n    IF TG_OP = \'UPDATE\' THEN\n        IF OLD."state" IS DISTINCT FROM NEW."state" AND (OLD."id" IS NOT DISTINCT FROM NEW."id" OR OLD."id" IS NULL) AND (OLD."number" IS NOT DISTINCT FROM NEW."number" OR OLD."number" IS NULL OR OLD."number" = \'\') AND (OLD."purpose" IS NOT DISTINCT FROM NEW."purpose" OR OLD."purpose" IS NULL OR OLD."purpose" = \'\') AND (OLD."purpose_ref" IS NOT DISTINCT FROM NEW."purpose_ref" OR OLD."purpose_ref" IS NULL OR OLD."purpose_ref" = \'\') AND (OLD."plan_year" IS NOT DISTINCT FROM NEW."plan_year" OR OLD."plan_year" IS NULL OR OLD."plan_year" = \'\') AND (OLD."channel" IS NOT DISTINCT FROM NEW."channel" OR OLD."channel" IS NULL OR OLD."channel" = \'\') AND (OLD."account_id" IS NOT DISTINCT FROM NEW."account_id" OR OLD."account_id" IS NULL) AND (OLD."amount_fen" IS NOT DISTINCT FROM NEW."amount_fen" OR OLD."amount_fen" IS NULL) AND (OLD."payer_id" IS NOT DISTINCT FROM NEW."payer_id" OR OLD."payer_id" IS NULL) AND (OLD."subject" IS NOT DISTINCT FROM NEW."subject" OR OLD."subject" IS NULL OR OLD."subject" = \'\') AND (OLD."details" IS NOT DISTINCT FROM NEW."details" OR OLD."details" IS NULL OR OLD."details" = \'\') AND (OLD."created_at" IS NOT DISTINCT FROM NEW."created_at" OR OLD."created_at" IS NULL) AND (OLD."payable_until" IS NOT DISTINCT FROM NEW."payable_until" OR OLD."payable_until" IS NULL) AND (OLD."close_at" IS NOT DISTINCT FROM NEW."close_at" OR OLD."close_at" IS NULL) AND (OLD."request_sha256" IS NOT DISTINCT FROM NEW."request_sha256" OR OLD."request_sha256" IS NULL OR OLD."request_sha256" = \'\') AND (OLD."sent_at" IS NOT DISTINCT FROM NEW."sent_at" OR OLD."sent_at" IS NULL) AND (OLD."cashier_url" IS NOT DISTINCT FROM NEW."cashier_url" OR OLD."cashier_url" IS NULL OR OLD."cashier_url" = \'\') AND (OLD."cashier_expires_at" IS NOT DISTINCT FROM NEW."cashier_expires_at" OR OLD."cashier_expires_at" IS NULL) AND (OLD."channel_transaction_no" IS NOT DISTINCT FROM NEW."channel_transaction_no" OR OLD."channel_transaction_no" IS NULL OR OLD."channel_transaction_no" = \'\') AND (OLD."channel_paid_at" IS NOT DISTINCT FROM NEW."channel_paid_at" OR OLD."channel_paid_at" IS NULL) AND (OLD."paid_at" IS NOT DISTINCT FROM NEW."paid_at" OR OLD."paid_at" IS NULL) AND (OLD."covered" IS NOT DISTINCT FROM NEW."covered" OR OLD."covered" IS NULL) AND (OLD."outcome_code" IS NOT DISTINCT FROM NEW."outcome_code" OR OLD."outcome_code" IS NULL OR OLD."outcome_code" = \'\') AND EXISTS (\n            SELECT FROM public."payments_paymentevent" AS told\n             WHERE told.subject_id = NEW."id" AND told.old_state = OLD."state" AND told.new_state = NEW."state"\n               AND age(told.xmin) <= age(pg_current_xact_id()::xid)\n        ) THEN\n            RETURN NULL;\n        END IF;\n        SELECT jsonb_object_agg(was.key, was.value) INTO before\n            FROM jsonb_each(to_jsonb(OLD) - unwatched) was WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;\n        IF before IS NULL THEN\n            RETURN NULL;\n        END IF;\n    ELSIF TG_OP = \'DELETE\' THEN\n        before := to_jsonb(OLD) - unwatched;\n    END IF;\n    PERFORM public.work_write_change(\n        TG_TABLE_NAME, CASE WHEN TG_OP = \'INSERT\' THEN NEW."id"::text ELSE OLD."id"::text END, TG_OP, before\n    );\n    RETURN NULL;\n',
                    hash="63fc7183ffd9a11665f38bca1fb0e354a7e8bd85",
                    operation='INSERT OR UPDATE OF "number", "purpose", "purpose_ref", "plan_year", "channel", "account_id", "amount_fen", "payer_id", "subject", "details", "state", "created_at", "payable_until", "close_at", "request_sha256", "sent_at", "cashier_url", "cashier_expires_at", "channel_transaction_no", "channel_paid_at", "paid_at", "covered", "outcome_code" OR DELETE',
                    pgid="pgtrigger_history_59aac",
                    table="payments_payment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="refund",
            trigger=pgtrigger.compiler.Trigger(
                name="history",
                sql=work.triggers.OwnersSql(
                    declare="DECLARE unwatched text[] := '{attempts,next_attempt_at,lease_until,fencing_token,last_error}'; before jsonb;",
                    func='\n    IF TG_OP = \'UPDATE\' THEN\n        IF OLD."state" IS DISTINCT FROM NEW."state" AND (OLD."id" IS NOT DISTINCT FROM NEW."id" OR OLD."id" IS NULL) AND (OLD."number" IS NOT DISTINCT FROM NEW."number" OR OLD."number" IS NULL OR OLD."number" = \'\') AND (OLD."payment_id" IS NOT DISTINCT FROM NEW."payment_id" OR OLD."payment_id" IS NULL) AND (OLD."account_id" IS NOT DISTINCT FROM NEW."account_id" OR OLD."account_id" IS NULL) AND (OLD."amount_fen" IS NOT DISTINCT FROM NEW."amount_fen" OR OLD."amount_fen" IS NULL) AND (OLD."reason" IS NOT DISTINCT FROM NEW."reason" OR OLD."reason" IS NULL OR OLD."reason" = \'\') AND (OLD."created_at" IS NOT DISTINCT FROM NEW."created_at" OR OLD."created_at" IS NULL) AND (OLD."request_sha256" IS NOT DISTINCT FROM NEW."request_sha256" OR OLD."request_sha256" IS NULL OR OLD."request_sha256" = \'\') AND (OLD."sent_at" IS NOT DISTINCT FROM NEW."sent_at" OR OLD."sent_at" IS NULL) AND (OLD."channel_refund_no" IS NOT DISTINCT FROM NEW."channel_refund_no" OR OLD."channel_refund_no" IS NULL OR OLD."channel_refund_no" = \'\') AND (OLD."refunded_at" IS NOT DISTINCT FROM NEW."refunded_at" OR OLD."refunded_at" IS NULL) AND (OLD."outcome_code" IS NOT DISTINCT FROM NEW."outcome_code" OR OLD."outcome_code" IS NULL OR OLD."outcome_code" = \'\') AND EXISTS (\n            SELECT FROM public."payments_refundevent" AS told\n             WHERE told.subject_id = NEW."id" AND told.old_state = OLD."state" AND told.new_state = NEW."state"\n               AND age(told.xmin) <= age(pg_current_xact_id()::xid)\n        ) THEN\n            RETURN NULL;\n        END IF;\n        SELECT jsonb_object_agg(was.key, was.value) INTO before\n            FROM jsonb_each(to_jsonb(OLD) - unwatched) was WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;\n        IF before IS NULL THEN\n            RETURN NULL;\n        END IF;\n    ELSIF TG_OP = \'DELETE\' THEN\n        before := to_jsonb(OLD) - unwatched;\n    END IF;\n    PERFORM public.work_write_change(\n        TG_TABLE_NAME, CASE WHEN TG_OP = \'INSERT\' THEN NEW."id"::text ELSE OLD."id"::text END, TG_OP, before\n    );\n    RETURN NULL;\n',
                    hash="7ad5d065293577f1b4b1b9c091065e3d95d7c124",
                    operation='INSERT OR UPDATE OF "number", "payment_id", "account_id", "amount_fen", "reason", "state", "created_at", "request_sha256", "sent_at", "channel_refund_no", "refunded_at", "outcome_code" OR DELETE',
                    pgid="pgtrigger_history_f432b",
                    table="payments_refund",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="transfer",
            trigger=pgtrigger.compiler.Trigger(
                name="history",
                sql=work.triggers.OwnersSql(
                    declare="DECLARE unwatched text[] := '{attempts,next_attempt_at,lease_until,fencing_token,last_error}'; before jsonb;",
                    func='\n    IF TG_OP = \'UPDATE\' THEN\n        IF OLD."state" IS DISTINCT FROM NEW."state" AND (OLD."id" IS NOT DISTINCT FROM NEW."id" OR OLD."id" IS NULL) AND (OLD."number" IS NOT DISTINCT FROM NEW."number" OR OLD."number" IS NULL OR OLD."number" = \'\') AND (OLD."purpose" IS NOT DISTINCT FROM NEW."purpose" OR OLD."purpose" IS NULL OR OLD."purpose" = \'\') AND (OLD."purpose_ref" IS NOT DISTINCT FROM NEW."purpose_ref" OR OLD."purpose_ref" IS NULL OR OLD."purpose_ref" = \'\') AND (OLD."plan_year" IS NOT DISTINCT FROM NEW."plan_year" OR OLD."plan_year" IS NULL OR OLD."plan_year" = \'\') AND (OLD."insurer_id" IS NOT DISTINCT FROM NEW."insurer_id" OR OLD."insurer_id" IS NULL) AND (OLD."channel" IS NOT DISTINCT FROM NEW."channel" OR OLD."channel" IS NULL OR OLD."channel" = \'\') AND (OLD."account_id" IS NOT DISTINCT FROM NEW."account_id" OR OLD."account_id" IS NULL) AND (OLD."amount_fen" IS NOT DISTINCT FROM NEW."amount_fen" OR OLD."amount_fen" IS NULL) AND (OLD."payee_name" IS NOT DISTINCT FROM NEW."payee_name" OR OLD."payee_name" IS NULL OR OLD."payee_name" = \'\') AND (OLD."account_no" IS NOT DISTINCT FROM NEW."account_no" OR OLD."account_no" IS NULL OR OLD."account_no" = \'\') AND (OLD."bank_code" IS NOT DISTINCT FROM NEW."bank_code" OR OLD."bank_code" IS NULL OR OLD."bank_code" = \'\') AND (OLD."narrative" IS NOT DISTINCT FROM NEW."narrative" OR OLD."narrative" IS NULL OR OLD."narrative" = \'\') AND (OLD."created_at" IS NOT DISTINCT FROM NEW."created_at" OR OLD."created_at" IS NULL) AND (OLD."request_sha256" IS NOT DISTINCT FROM NEW."request_sha256" OR OLD."request_sha256" IS NULL OR OLD."request_sha256" = \'\') AND (OLD."sent_at" IS NOT DISTINCT FROM NEW."sent_at" OR OLD."sent_at" IS NULL) AND (OLD."bank_serial" IS NOT DISTINCT FROM NEW."bank_serial" OR OLD."bank_serial" IS NULL OR OLD."bank_serial" = \'\') AND (OLD."paid_at" IS NOT DISTINCT FROM NEW."paid_at" OR OLD."paid_at" IS NULL) AND (OLD."bounced_at" IS NOT DISTINCT FROM NEW."bounced_at" OR OLD."bounced_at" IS NULL) AND (OLD."outcome_code" IS NOT DISTINCT FROM NEW."outcome_code" OR OLD."outcome_code" IS NULL OR OLD."outcome_code" = \'\') AND (OLD."outcome_text" IS NOT DISTINCT FROM NEW."outcome_text" OR OLD."outcome_text" IS NULL OR OLD."outcome_text" = \'\') AND EXISTS (\n            SELECT FROM public."payments_transferevent" AS told\n             WHERE told.subject_id = NEW."id" AND told.old_state = OLD."state" AND told.new_state = NEW."state"\n               AND age(told.xmin) <= age(pg_current_xact_id()::xid)\n        ) THEN\n            RETURN NULL;\n        END IF;\n        SELECT jsonb_object_agg(was.key, was.value) INTO before\n            FROM jsonb_each(to_jsonb(OLD) - unwatched) was WHERE was.value IS DISTINCT FROM to_jsonb(NEW) -> was.key;\n        IF before IS NULL THEN\n            RETURN NULL;\n        END IF;\n    ELSIF TG_OP = \'DELETE\' THEN\n        before := to_jsonb(OLD) - unwatched;\n    END IF;\n    PERFORM public.work_write_change(\n        TG_TABLE_NAME, CASE WHEN TG_OP = \'INSERT\' THEN NEW."id"::text ELSE OLD."id"::text END, TG_OP, before\n    );\n    RETURN NULL;\n',
                    hash="3d95267a1025687be16a4b623d2cc4810146ed96",
                    operation='INSERT OR UPDATE OF "number", "purpose", "purpose_ref", "plan_year", "insurer_id", "channel", "account_id", "amount_fen", "payee_name", "account_no", "bank_code", "narrative", "state", "created_at", "request_sha256", "sent_at", "bank_serial", "paid_at", "bounced_at", "outcome_code", "outcome_text" OR DELETE',
                    pgid="pgtrigger_history_fe693",
                    table="payments_transfer",
                    when="AFTER",
                ),
            ),
        ),
    ]
