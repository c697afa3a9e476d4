"""A city in a database: the demonstration's rows, written by the product itself, multiplied to any size.

    with filled(policies=1_000_000, claims=100_000) as portal: ...          (bench.fill.kept)
    python -m bench.fill --policies 1000000 --claims 100000                 (makes it, says where it lies)

Every table's rows are copies of a row that an action wrote, with other keys, people and days: a new column is copied as
it is, and only a new unique column wants a line here. Encrypted columns are sealed anew for each row, so that pages
open them. What was filled is kept under var/ and found again as long as migrations and this package stay as they are.
"""
