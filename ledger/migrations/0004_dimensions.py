"""Whose money an entry is, and on which day it counts; accounts as a tree; kept balances. There are no rows yet, so the
new columns need no value for old ones."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0003_lines_as_posted"),
        ("parties", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Balance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("plan_year", models.CharField(blank=True, max_length=40, verbose_name="plan year")),
                ("area", models.CharField(blank=True, max_length=6, verbose_name="area code")),
                ("money_account", models.CharField(blank=True, max_length=40, verbose_name="money account")),
                ("booking_date", models.DateField(verbose_name="booking date")),
                ("recorded_on", models.DateField(verbose_name="written down on")),
                ("debit_fen", models.BigIntegerField(verbose_name="debit (fen)")),
                ("credit_fen", models.BigIntegerField(verbose_name="credit (fen)")),
                ("entries", models.BigIntegerField(verbose_name="entries")),
            ],
            options={
                "verbose_name": "kept balance",
                "verbose_name_plural": "kept balances",
            },
        ),
        migrations.CreateModel(
            name="Unfolded",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("plan_year", models.CharField(blank=True, max_length=40, verbose_name="plan year")),
                ("area", models.CharField(blank=True, max_length=6, verbose_name="area code")),
                ("money_account", models.CharField(blank=True, max_length=40, verbose_name="money account")),
                ("booking_date", models.DateField(verbose_name="booking date")),
                ("recorded_on", models.DateField(verbose_name="written down on")),
                ("debit_fen", models.BigIntegerField(verbose_name="debit (fen)")),
                ("credit_fen", models.BigIntegerField(verbose_name="credit (fen)")),
            ],
            options={
                "verbose_name": "entry in no balance yet",
                "verbose_name_plural": "entries in no balance yet",
            },
        ),
        migrations.AlterModelOptions(
            name="account",
            options={"verbose_name": "ledger account", "verbose_name_plural": "ledger accounts"},
        ),
        migrations.AlterModelOptions(
            name="entry",
            options={"verbose_name": "ledger entry", "verbose_name_plural": "ledger entries"},
        ),
        migrations.AlterModelOptions(
            name="transaction",
            options={"verbose_name": "ledger transaction", "verbose_name_plural": "ledger transactions"},
        ),
        migrations.RemoveField(
            model_name="transaction",
            name="plan_year",
        ),
        migrations.AddField(
            model_name="account",
            name="is_group",
            field=models.BooleanField(default=False, verbose_name="takes no entries"),
        ),
        migrations.AddField(
            model_name="account",
            name="needs_area",
            field=models.BooleanField(default=False, verbose_name="needs an area"),
        ),
        migrations.AddField(
            model_name="account",
            name="needs_insurer",
            field=models.BooleanField(default=False, verbose_name="needs an insurer"),
        ),
        migrations.AddField(
            model_name="account",
            name="needs_money_account",
            field=models.BooleanField(default=False, verbose_name="needs a money account"),
        ),
        migrations.AddField(
            model_name="account",
            name="needs_plan_year",
            field=models.BooleanField(default=False, verbose_name="needs a plan year"),
        ),
        migrations.AddField(
            model_name="account",
            name="parent",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="children",
                to="ledger.account",
                verbose_name="group",
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="area",
            field=models.CharField(blank=True, max_length=6, verbose_name="area code"),
        ),
        migrations.AddField(
            model_name="entry",
            name="booking_date",
            field=models.DateField(verbose_name="booking date"),
        ),
        migrations.AddField(
            model_name="entry",
            name="insurer",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.insurer",
                verbose_name="insurer",
            ),
        ),
        migrations.AddField(
            model_name="entry",
            name="money_account",
            field=models.CharField(blank=True, max_length=40, verbose_name="money account"),
        ),
        migrations.AddField(
            model_name="entry",
            name="occurred_at",
            field=models.DateTimeField(verbose_name="written down"),
        ),
        migrations.AddField(
            model_name="entry",
            name="plan_year",
            field=models.CharField(blank=True, max_length=40, verbose_name="plan year"),
        ),
        migrations.AddField(
            model_name="entry",
            name="scheme",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.scheme",
                verbose_name="scheme",
            ),
        ),
        migrations.AddField(
            model_name="transaction",
            name="booking_date",
            field=models.DateField(verbose_name="booking date"),
        ),
        migrations.AlterField(
            model_name="account",
            name="code",
            field=models.CharField(max_length=80, unique=True, verbose_name="code"),
        ),
        migrations.AlterField(
            model_name="account",
            name="nature",
            field=models.CharField(max_length=12, verbose_name="nature"),
        ),
        migrations.AlterField(
            model_name="entry",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="ledger.account",
                verbose_name="ledger account",
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="amount_fen",
            field=models.BigIntegerField(verbose_name="amount (fen)"),
        ),
        migrations.AlterField(
            model_name="entry",
            name="transaction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entries",
                to="ledger.transaction",
                verbose_name="ledger transaction",
            ),
        ),
        migrations.AlterField(
            model_name="transaction",
            name="kind",
            field=models.CharField(max_length=40, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="transaction",
            name="narrative",
            field=models.CharField(blank=True, max_length=200, verbose_name="narrative"),
        ),
        migrations.AlterField(
            model_name="transaction",
            name="occurred_at",
            field=models.DateTimeField(verbose_name="written down"),
        ),
        migrations.AlterField(
            model_name="transaction",
            name="reference",
            field=models.CharField(max_length=80, verbose_name="reference"),
        ),
        migrations.AlterField(
            model_name="transaction",
            name="reverses",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reversed_by",
                to="ledger.transaction",
                verbose_name="reverses",
            ),
        ),
        migrations.RemoveIndex(model_name="transaction", name="ledger_by_time"),
        migrations.RemoveConstraint(model_name="transaction", name="ledger_event_once"),
        migrations.AddConstraint(
            model_name="transaction",
            constraint=models.UniqueConstraint(fields=("reference", "kind"), name="ledger_event_once"),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True, fields=["occurred_at"], name="ledger_entry_by_time"
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["account", "scheme", "booking_date", "id"], name="ledger_statement"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(("area__regex", "^([0-9]{6})?$")), name="entry_area_is_a_code"
            ),
        ),
        migrations.AddField(
            model_name="balance",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.account",
                verbose_name="ledger account",
            ),
        ),
        migrations.AddField(
            model_name="balance",
            name="insurer",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.insurer",
                verbose_name="insurer",
            ),
        ),
        migrations.AddField(
            model_name="balance",
            name="scheme",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.scheme",
                verbose_name="scheme",
            ),
        ),
        migrations.AddField(
            model_name="unfolded",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.account",
                verbose_name="ledger account",
            ),
        ),
        migrations.AddField(
            model_name="unfolded",
            name="insurer",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.insurer",
                verbose_name="insurer",
            ),
        ),
        migrations.AddField(
            model_name="unfolded",
            name="scheme",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="parties.scheme",
                verbose_name="scheme",
            ),
        ),
        migrations.AddConstraint(
            model_name="balance",
            constraint=models.UniqueConstraint(
                fields=(
                    "account",
                    "scheme",
                    "booking_date",
                    "recorded_on",
                    "plan_year",
                    "insurer",
                    "area",
                    "money_account",
                ),
                name="one_balance_a_day",
                nulls_distinct=False,
            ),
        ),
    ]
