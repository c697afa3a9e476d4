"""The same plan object on arrays: a city's year of bills at once, equal to one-by-one adjudication fen for fen."""

from benefits.simulation.intake import table_of
from benefits.simulation.read import read_bills, read_people
from benefits.simulation.run import Result, simulate
from benefits.simulation.table import BillTable, Flags, Numbers, Slots, Words

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
