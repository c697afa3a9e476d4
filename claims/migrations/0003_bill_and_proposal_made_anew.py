"""Bills and proposed payouts are made anew in the next migration: several bills to a claim, a payout for each payee."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("claims", "0002_initial")]

    operations = [migrations.DeleteModel(name="ClaimBill"), migrations.DeleteModel(name="PayoutProposal")]
