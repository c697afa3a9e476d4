"""The same plan object on arrays: a city's year of bills at once, equal to one-by-one adjudication fen for fen."""

from benefits.errors import needs
from benefits.simulation.intake import table_of
from benefits.simulation.run import Result, simulate
from benefits.simulation.table import BillTable, Flags, Numbers, Slots, Words

needs("pyarrow")  # before the reader of files, which is nothing without it

from benefits.simulation.read import read_bills, read_people  # noqa: E402

__all__ = [
    "BillTable",
    "Flags",
    "Numbers",
    "Result",
    "Slots",
    "Words",
    "read_bills",
    "read_people",
    "simulate",
    "table_of",
]
