"""The tests' own ground: real servers, two roles, and a database that is whole again after every case."""

import psycopg
import pytest
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import connection


@pytest.mark.django_db
def test_the_code_under_test_is_the_application_role_on_real_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('server_version_num')::int")
        role, version = cursor.fetchone()
    assert role == settings.DATABASE_APP_ROLE
    assert version >= 150000


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "again"])
def test_what_a_test_commits_is_gone_before_the_next(turn: str) -> None:
    assert not ContentType.objects.filter(app_label="left over").exists()
    assert ContentType.objects.exists(), "what the migrations wrote must be there"
    ContentType.objects.all().delete()
    ContentType.objects.create(app_label="left over", model=turn)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TEMP TABLE mine (id int)",
        "ALTER TABLE django_content_type ADD COLUMN mine int",
        "DROP TABLE django_content_type",
        "TRUNCATE django_content_type CASCADE",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "SET session_replication_role = replica",
    ],
)
def test_the_application_role_cannot_change_what_the_database_is(
    app_connection: "psycopg.Connection", statement: str
) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app_connection.execute(statement)
