"""However a name was typed and a number pasted, the person that they mean is found: 20 names in 200 spellings, each
with another pasting of the number (reported faults F-A4, F-A6, F-A9 and their kinds)."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator

import pytest

from core import clock
from core.errors import DomainError
from core.identifiers import check_digit
from core.written import name_as_written
from people.actions import check_person
from people.models.person import Person
from tests.enrollment.helpers import Town
from tests.people.helpers import account

CHINESE = ("山田龙马", "佘文角", "欧阳震华", "黄〇", "马𬱖", "刘䶮", "李见青", "王小飞", "赵长风", "孙金竹")
DOTTED = ("古丽米热·艾比布力", "阿卜杜拉·买买提·吐尔逊", "迪丽热巴·木拉提", "卓玛·才让", "艾力·" + "艾" * 96)
LATIN = ("ERIK LINDQVIST", "MARIA DE LA TORRE", "SEAN O'NEILL", "JEAN-LUC PICARD", "NGUYEN VAN AN")

_FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
# Kangxi's radicals, which some keyboards give for the characters.
_KANGXI = str.maketrans("山田龙马见青飞长风金竹文角", "⼭⽥⻰⻢⻅⾭⻜⻓⻛⾦⽵⽂⾓")

SPELLINGS: tuple[Callable[[str], str], ...] = (
    lambda name: f"  {name}\r\n",
    lambda name: f"\u202d{name}\u202c",
    lambda name: name.translate(_FULL_WIDTH).replace(" ", "\u3000"),
    lambda name: name.lower(),
    lambda name: name.title() if name.isascii() else name.translate(_KANGXI),
    lambda name: name.replace(" ", "  ").replace("·", " • ").replace("-", "\u2011"),
    lambda name: name.replace(" ", "\u00a0").replace("·", "．").replace("'", "\u2019"),
    "\ufeff".join,
    lambda name: f"{name[0]}\ufe0f{name[1:]}\u3164".replace("·", "‧"),
    lambda name: f"\x00{name}\u200b".replace("·", "・"),
)
PASTINGS: tuple[Callable[[str], str], ...] = (
    lambda number: f"'{number}",
    lambda number: f"\u202a{number}\u202c",
    lambda number: number.translate(_FULL_WIDTH),
    lambda number: f"{number[:6]}-{number[6:14]}-{number[14:]}",
    lambda number: f"{number[:6]} {number[6:14]}\u00a0{number[14:]}",
    lambda number: number.lower(),
    "\u200b".join,
    lambda number: f"{number[:6]}\u2013{number[6:14]}\u2500{number[14:]}\t",
    lambda number: number.replace("X", "\u00d7"),
    lambda number: f"\u201c{number}\ufe0f\u201d",
)


def numbers() -> Iterator[str]:
    """Of people born in 1970, every second one with an X at the end."""
    for sequence in itertools.count(101):
        first = f"41120219700301{sequence:03d}"
        if (check_digit(first) == "X") == bool(sequence % 2):
            yield first + check_digit(first)


@pytest.fixture
def people(town: Town) -> dict[str, str]:
    """name → number, all insured here."""
    known = dict(zip((*CHINESE, *DOTTED, *LATIN), numbers(), strict=False))
    for place, (name, number) in enumerate(known.items()):
        insured = {"type": "390", "psn_type": "1501", "status": "1", "area": "411202", "since": "2010-01-01"}
        town.sandbox.put_person(
            psn_no=f"4112000000000000000009{place:04d}", name=name, cert_type="01", certno=number, gender="1",
            born="1970-03-01", phone="", insurances=[insured],
        )  # fmt: skip
    return known


def test_200_spellings_and_200_pastings_find_whom_they_mean(town: Town, people: dict[str, str]) -> None:
    draw = random.Random(2026)
    tried: list[tuple[str, str, str]] = []
    for name, number in people.items():
        pastings = draw.sample(PASTINGS, len(PASTINGS))
        tried += [(name, spell(name), paste(number)) for spell, paste in zip(SPELLINGS, pastings, strict=True)]
    assert len(tried) == 200
    missed = []
    for place, (name, typed, pasted) in enumerate(tried):
        # A family's own account asks about thirty people a day at most.
        user = account(f"1380000{place // 20:04d}")
        try:
            found = check_person(
                user=user, name=name_as_written(typed), id_number=pasted, plan_year=town.plan_year, now=clock.now()
            )
        except DomainError as error:
            missed.append((typed, pasted, error.code))
            continue
        if (found.name, found.id_number) != (name, people[name]):
            missed.append((typed, pasted, found.name))
    assert missed == []
    assert Person.objects.count() == len(people)  # nobody twice
