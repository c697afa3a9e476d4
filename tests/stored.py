"""What somebody would read who has the database's files."""

from __future__ import annotations

from django.db import connection


def stored(*tables: str) -> str:
    """Every value of every row of these tables, sealed ones as the letters that their bytes would be."""
    read: list[str] = []
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            names = [column.name for column in cursor.description]
            for row in cursor.fetchall():
                read += [f"{name}={_letters(value)}" for name, value in zip(names, row, strict=True)]
    return "\n".join(read)


def _letters(value: object) -> str:
    return bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)
