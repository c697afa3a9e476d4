"""Numbers come from a sequence, which no transaction holds until it commits."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("work", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE work_number AS bigint", "DROP SEQUENCE work_number"),
        migrations.DeleteModel(name="NumberCounter"),
    ]
