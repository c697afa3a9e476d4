"""The same plan object on arrays: a city's year of bills at once, equal to one-by-one adjudication fen for fen.

Needs numpy alone; reading and writing files of tables (`read`, `generate`) needs pyarrow besides.
"""

from benefits.simulation.intake import table_of
from benefits.simulation.run import Result, simulate
from benefits.simulation.table import BillTable, Flags, Numbers, Slots, Words

__all__ = [
    "BillTable",
    "Flags",
    "Numbers",
    "Result",
    "Slots",
    "Words",
    "simulate",
    "table_of",
]
