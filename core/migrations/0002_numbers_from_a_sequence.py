"""Numbers come from a sequence, which no transaction holds until it commits."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE core_number AS bigint", "DROP SEQUENCE core_number"),
        migrations.DeleteModel(name="NumberCounter"),
    ]
