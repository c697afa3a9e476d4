"""Until now a name and an identity number were enough to stand for somebody. Whoever does so proves it at the next visit:
orders, policies and claims stay where they are and are shown again after the proof."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "UPDATE enrollment_person SET user_id = NULL WHERE user_id IS NOT NULL", reverse_sql=migrations.RunSQL.noop
        )
    ]
