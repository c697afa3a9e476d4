import privacy.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Parcel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("fencing_token", models.BigIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PACKED", "packed"),
                            ("SENT", "on its way"),
                            ("DELIVERED", "delivered"),
                            ("RETURNED", "returned"),
                        ],
                        default="PACKED",
                        max_length=16,
                    ),
                ),
                ("weight_gram", models.IntegerField(default=0)),
                ("recipient", privacy.fields.EncryptedTextField(default="")),
                ("recipient_index", privacy.fields.BlindIndexField(source="recipient")),
                ("route", privacy.fields.EncryptedJSONField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ParcelEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old_state", models.CharField(max_length=32)),
                ("new_state", models.CharField(max_length=32)),
                ("name", models.CharField(max_length=64)),
                ("reason", models.TextField(blank=True)),
                ("actor_label", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "ordering": ["at", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ParcelHistory",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("fencing_token", models.BigIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=200)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("PACKED", "packed"),
                            ("SENT", "on its way"),
                            ("DELIVERED", "delivered"),
                            ("RETURNED", "returned"),
                        ],
                        default="PACKED",
                        max_length=16,
                    ),
                ),
                ("weight_gram", models.IntegerField(default=0)),
                ("recipient", privacy.fields.EncryptedTextField(default="")),
                ("recipient_index", privacy.fields.BlindIndexField(source="recipient")),
                ("route", privacy.fields.EncryptedJSONField(null=True)),
            ],
            options={
                "verbose_name": "parcel history",
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="parcel",
            trigger=pgtrigger.compiler.Trigger(
                name="parcel_edges",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE _is_valid_transition BOOLEAN;",
                    func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{PACKED:SENT,SENT:DELIVERED,SENT:RETURNED}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;',
                    hash="093bca907553dcf2c2f5c44c48981d4ce5007117",
                    operation="UPDATE",
                    pgid="pgtrigger_parcel_edges_950d1",
                    table="parcels_parcel",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="parcel",
            trigger=pgtrigger.compiler.Trigger(
                name="parcel_start",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"state\" <> 'PACKED')",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot insert rows from % table', TG_TABLE_NAME;",
                    hash="edc267545c7a567d45504ff17457779b05d09b41",
                    operation="INSERT",
                    pgid="pgtrigger_parcel_start_e2eec",
                    table="parcels_parcel",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="parcel",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "parcels_parcelhistory" ("attempts", "fencing_token", "id", "last_error", "lease_until", "next_attempt_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recipient", "recipient_index", "route", "state", "weight_gram") VALUES (NEW."attempts", NEW."fencing_token", NEW."id", NEW."last_error", NEW."lease_until", NEW."next_attempt_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."recipient", NEW."recipient_index", NEW."route", NEW."state", NEW."weight_gram"); RETURN NULL;',
                    hash="f878fbbe76624f2a9aa7a0b28862ff59dc73fb56",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_4b37f",
                    table="parcels_parcel",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="parcel",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "parcels_parcelhistory" ("attempts", "fencing_token", "id", "last_error", "lease_until", "next_attempt_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recipient", "recipient_index", "route", "state", "weight_gram") VALUES (NEW."attempts", NEW."fencing_token", NEW."id", NEW."last_error", NEW."lease_until", NEW."next_attempt_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."recipient", NEW."recipient_index", NEW."route", NEW."state", NEW."weight_gram"); RETURN NULL;',
                    hash="7c957b89638a1518b7dc3b9b10725381b4cb4ec2",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3d55a",
                    table="parcels_parcel",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="parcel",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "parcels_parcelhistory" ("attempts", "fencing_token", "id", "last_error", "lease_until", "next_attempt_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recipient", "recipient_index", "route", "state", "weight_gram") VALUES (OLD."attempts", OLD."fencing_token", OLD."id", OLD."last_error", OLD."lease_until", OLD."next_attempt_at", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."recipient", OLD."recipient_index", OLD."route", OLD."state", OLD."weight_gram"); RETURN NULL;',
                    hash="5167d45db83040f6632d08fc17ada529e288691c",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_b108c",
                    table="parcels_parcel",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="parcelevent",
            name="actor",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="parcelevent",
            name="subject",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="events", to="parcels.parcel"
            ),
        ),
        migrations.AddField(
            model_name="parcelhistory",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="parcelhistory",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="history",
                related_query_name="history",
                to="parcels.parcel",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="parcelevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9e6133dbf11ad3bf55ed89c75d6cc4e16910ef78",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_c816b",
                    table="parcels_parcelevent",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="parcelhistory",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e066de7c3cb75251b464f411c2048f5d49e7990e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_8b9d7",
                    table="parcels_parcelhistory",
                    when="BEFORE",
                ),
            ),
        ),
    ]
