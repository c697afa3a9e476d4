"""Who lives in the city, who insured whom when, and who claimed: tables of the filler's own, by arithmetic alone.

Four families in ten people (one, two, three and four of them), the first of each pays. Three years of cover, in the
second city one: of ten families nine take part in the newest, eight in the one before, seven in the oldest. Beside them
people who insure thirty, and one organisation that insures a tenth of all.

fill.person (p, holder, r, zz, account, at), fill.orders (o, holder, zz, plan_year, at),
fill.policy (i, o, p, holder, r, zz, year, plan_year, cover_from, cover_to, at), fill.claim (n, i, p, holder, pair,
state, at).
Their keys are the rows' own in the product's tables: p, o, i and n go into `id` as they are.
"""

from __future__ import annotations

from datetime import datetime

from bench.fill.sizes import Sizes
from products.models import PlanYear

# Above what the demonstration's rows have, below what anybody reads with effort.
FIRST_KEY = 1_000_000
CLAIM_STATES = (
    # Of a thousand claims: (up to which, state)
    (10, "DRAFT"), (20, "WITHDRAWN"), (40, "SUBMITTED"), (50, "UNDER_REVIEW"), (55, "PROPOSED"),
    (62, "MATERIALS_REQUESTED"), (66, "PAYING"), (70, "PAYOUT_FAILED"), (150, "DECLINED"), (300, "NOTHING_DUE"),
    (1000, "PAID"),
)  # fmt: skip


def statements(sizes: Sizes, years: list[list[PlanYear]], *, now: datetime) -> list[str]:
    """SQL that makes the tables. years: of each scheme (first city, second) its plan years, oldest first."""
    return [
        "DROP SCHEMA IF EXISTS fill CASCADE",
        "CREATE SCHEMA fill",
        f"CREATE SEQUENCE fill.row_id START {FIRST_KEY * 100}",
        _people(sizes, now),
        _years(years, now),
        _orders(sizes),
        _policies(sizes),
        _claims(sizes, now),
        "ANALYZE fill.person",
        "ANALYZE fill.policy",
        "ANALYZE fill.claim",
    ]


def _people(sizes: Sizes, now: datetime) -> str:
    families, big = sizes.in_families, sizes.in_families + 30 * sizes.big_families
    return f"""
        CREATE UNLOGGED TABLE fill.person AS
        SELECT {FIRST_KEY} + n AS p, {FIRST_KEY} + first AS holder, (n - first)::int AS r, zz,
               first = n OR n % 40 = 2 AS account, n < {big} AS in_family,
               timestamptz '{now.isoformat()}' - interval '700 days' * (1 - n::float / {sizes.people}) AS at
        FROM (
            SELECT n,
                CASE WHEN n < {families} THEN n - (ARRAY[0, 0, 1, 0, 1, 2, 0, 1, 2, 3])[n % 10 + 1]
                     WHEN n < {big} THEN n - (n - {families}) % 30 ELSE n END AS first,
                n < {families} AND n / 10 % 5 = 3 AS zz
            FROM generate_series(0, {sizes.people - 1}) AS n
        ) AS placed
    """


def _years(years: list[list[PlanYear]], now: datetime) -> str:
    """paid between `opens` and `closes`, or until now."""
    rows = [
        f"({scheme == 1}, {number + 3 - len(those)}, {year.pk}, date '{year.cover_from}', date '{year.cover_to}',"
        f" timestamptz '{year.opens_at.isoformat()}', timestamptz '{min(year.closes_at, now).isoformat()}')"
        for scheme, those in enumerate(years)
        for number, year in enumerate(those)
    ]
    return (
        "CREATE UNLOGGED TABLE fill.years AS SELECT * FROM (VALUES "
        + ", ".join(rows)
        + ") AS v (zz, number, plan_year, cover_from, cover_to, opens, closes)"
    )


# Which tens of people take part in which year (0 the oldest); who is insured among thirty, or employed, in the newest.
_TAKES_PART = """(CASE WHEN f.p < {families} THEN (f.p - {first}) / 10 % 10 < 7 + y.number ELSE y.number = 2 END)"""


def _takes_part(sizes: Sizes) -> str:
    return _TAKES_PART.format(first=FIRST_KEY, families=FIRST_KEY + sizes.in_families)


def _orders(sizes: Sizes) -> str:
    return f"""
        CREATE UNLOGGED TABLE fill.orders AS
        SELECT f.p + y.number * {sizes.people} AS o, f.p AS holder, f.zz, y.plan_year,
               y.opens + (y.closes - y.opens) * ((f.p - {FIRST_KEY})::float / {sizes.people}) AS at
        FROM fill.person AS f JOIN fill.years AS y ON y.zz = f.zz
        WHERE f.p = f.holder AND f.in_family AND {_takes_part(sizes)}
        ORDER BY 1
    """


def _policies(sizes: Sizes) -> str:
    """o is null for what an organisation holds."""
    return f"""
        CREATE UNLOGGED TABLE fill.policy AS
        SELECT f.p + y.number * {sizes.people} AS i,
               CASE WHEN f.in_family THEN f.holder + y.number * {sizes.people} END AS o,
               f.p, CASE WHEN f.in_family THEN f.holder END AS holder, f.r, f.zz, y.number AS year, y.plan_year,
               y.cover_from, y.cover_to,
               y.opens + (y.closes - y.opens) * ((f.p - {FIRST_KEY})::float / {sizes.people}) AS at
        FROM fill.person AS f JOIN fill.years AS y ON y.zz = f.zz
        WHERE {_takes_part(sizes)}
        ORDER BY 1
    """


def _claims(sizes: Sizes, now: datetime) -> str:
    """On policies of the first city whose cover runs: two claims on each policy that has any (pair: 0 and 1). What the
    desk still has came in during the last days."""
    recent = ", ".join(f"'{state}'" for _upto, state in CLAIM_STATES[:6])
    states = " ".join(f"WHEN n / 2 % 1000 < {upto} THEN '{state}'" for upto, state in CLAIM_STATES)
    return f"""
        CREATE UNLOGGED TABLE fill.claim AS
        WITH insured AS (
            SELECT i, p, holder, cover_from, row_number() OVER (ORDER BY i) - 1 AS place,
                   greatest(1, count(*) OVER () * 2 / {sizes.claims}) AS step
            FROM fill.policy WHERE year = 1 AND NOT zz AND holder IS NOT NULL
        ), numbered AS (
            SELECT *, place / step AS pair_number FROM insured WHERE place % step = 0
        ), stated AS (
            SELECT n, (n / 2)::bigint AS pair_number, n % 2 AS pair,
                   CASE WHEN n % 2 = 1 THEN 'PAID' {states} END AS state
            FROM generate_series(0, {sizes.claims - 1}) AS n
        )
        SELECT {FIRST_KEY} + n AS n, i, p, holder, pair, state,
               CASE WHEN state IN ({recent}) THEN timestamptz '{now.isoformat()}' - interval '1 day' * (n % 12)
                    ELSE cover_from::timestamptz + interval '20 days' + interval '290 days' * n / {sizes.claims}
                    END AS at
        FROM stated JOIN numbered USING (pair_number)
        ORDER BY 1
    """
