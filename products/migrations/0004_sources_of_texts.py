from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("products", "0003_lists_and_ways_in")]

    operations = [
        migrations.AddField(
            model_name="plandocument",
            name="source_zh",
            field=models.TextField(default="", verbose_name="source in Chinese"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="plandocument",
            name="source_en",
            field=models.TextField(default="", verbose_name="source in English"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="plandocument",
            name="sentences",
            field=models.JSONField(default=dict, verbose_name="sentences with their keys"),
        ),
    ]
