"""`python -m bench.pages`: every page of residents and staff over a million policies and a hundred thousand claims.

Each page is asked twice over: inside this process, where every statement is explained (how many, how many blocks they
touched, which big tables were read from end to end), and at the real web server (processor time of web and database,
bytes on the wire). Told beside the gates of the house; the exit code says whether all of them held.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import psycopg

from bench.fill.kept import filled
from bench.portal import BenchPortal
from launch.secret_store import read_env_file

_UNUSED = """
    SELECT i.relname, i.indexrelname, pg_relation_size(i.indexrelid) / 1024 / 1024 AS megabytes
    FROM pg_stat_user_indexes AS i JOIN pg_index AS x ON x.indexrelid = i.indexrelid
    WHERE i.idx_scan = 0 AND NOT x.indisunique AND pg_relation_size(i.indexrelid) > 1024 * 1024
    ORDER BY 3 DESC
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--policies", type=int, default=1_000_000)
    parser.add_argument("--claims", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20, help="requests over which processor time is taken")
    parser.add_argument("--only", default="", help="pages whose name fits this expression")
    parser.add_argument("--folder", type=Path, help="a filled portal that is there already, migrated as it starts")
    options = parser.parse_args()
    with filled(policies=options.policies, claims=options.claims, folder=options.folder) as portal:
        return measure(portal, only=options.only, rounds=options.rounds)


def measure(portal: BenchPortal, *, only: str, rounds: int) -> int:
    """0 when every page is within its gates."""
    _connect(portal)
    from bench.pages.measure import HEAD, Bench, pages

    with psycopg.connect(portal.superuser_url, autocommit=True) as server:
        server.execute("SELECT pg_stat_reset()")
        bench = Bench(portal, rounds=rounds)
        floor = bench.floor_ms()
        print(f"floor: {floor:.2f} web CPU ms for an empty page\n\n{HEAD}")
        rows = []
        for page in pages(only):
            rows.append(bench.ask(page))
            print(rows[-1].line(floor), flush=True)
        missed = [row for row in rows if row.misses]
        for row in missed:
            print(f"\n{row.page.name}  {row.page.path}: {', '.join(row.misses)}")
            for scan in row.heard.scans:
                print(f"  {scan.what}\n    {scan.statement[:600]}")
            if not row.heard.scans and row.heard.by_statement:
                buffers, statement = max(row.heard.by_statement)
                print(f"  the most: {buffers:,} buffers\n    {statement[:600]}")
        if not only:
            print("\nindexes that no page asked (an action may: `make bench-orders` over the same folder tells)")
            for table, index, megabytes in server.execute(_UNUSED).fetchall():
                print(f"  {megabytes:5} MB  {table}.{index}")
    print(f"\n{len(rows)} pages, {len(missed)} miss a gate")
    return 1 if missed else 0


def _connect(portal: BenchPortal) -> None:
    """Django in this process, on the bench's database and keys, as the portal's own role."""
    import django

    os.environ.update(read_env_file(portal.folder / "run.env"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    django.setup()


if __name__ == "__main__":
    sys.exit(main())
