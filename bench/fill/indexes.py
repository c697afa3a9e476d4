"""Indexes are built after the rows are there: a tenth of the time that keeping them up row by row takes."""

from __future__ import annotations

import psycopg

# Not those that a constraint stands on: keys and plain unique columns stay, as rows are looked up by them meanwhile.
_OWN = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
    FROM pg_index JOIN pg_class AS t ON t.oid = indrelid
    WHERE t.relnamespace = 'public'::regnamespace AND t.relkind = 'r'
      AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))
    ORDER BY 1
"""
_NEXT_KEYS = """
    SELECT format('SELECT setval(%L, (SELECT coalesce(max(%I), 1) FROM %I))',
                  pg_get_serial_sequence(c.oid::regclass::text, a.attname), a.attname, c.relname)
    FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
      AND pg_get_serial_sequence(c.oid::regclass::text, a.attname) IS NOT NULL
"""


def asleep(server: psycopg.Connection) -> list[str]:
    """Drops them; what makes each of them again."""
    found = server.execute(_OWN).fetchall()
    for name, _definition in found:
        server.execute(f"DROP INDEX {name}")
    return [definition for _name, definition in found]


def awake(server: psycopg.Connection, definitions: list[str]) -> None:
    """Builds them, sets every sequence behind the keys in use, and leaves tables as a vacuum does."""
    for definition in definitions:
        server.execute(definition)
    for (statement,) in server.execute(_NEXT_KEYS).fetchall():
        server.execute(statement)
    # Ids in blocks of a thousand (work.row_ids): the next block begins above every key of the city.
    server.execute("SELECT setval('work_row_id_block', 1000000)")
    server.execute("VACUUM (ANALYZE)")
