"""Sealed values are bytes from here on. A database whose columns are still text was made by an unreleased version: it is
told so before anything else happens to it. None of them holds anybody's data, so there is no way to carry it over."""

from django.apps import apps as installed
from django.db import migrations

from privacy.fields import EncryptedTextField


class MadeByAnUnreleasedVersion(Exception):
    """Drop this database and migrate into an empty one (`make reset` for that of a checkout)."""


def refuse_texts(apps, schema_editor):
    sealed = [
        (model._meta.db_table, field.column)
        for model in installed.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    ]
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND data_type = 'text'"
        )
        texts = sorted(set(sealed) & set(cursor.fetchall()))
    if texts:
        raise MadeByAnUnreleasedVersion(f"{MadeByAnUnreleasedVersion.__doc__} Still text: {texts[:3]}")


class Migration(migrations.Migration):
    dependencies = [("work", "0005_moves_told_by_events")]

    operations = [migrations.RunPython(refuse_texts, migrations.RunPython.noop)]
