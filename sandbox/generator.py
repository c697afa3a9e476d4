"""A deterministic series of synthetic people: person i of a seed is always the same, whatever n was asked for.

Ages 1-94, 30 % employee-insured (310, with an account) and 70 % resident-insured (390), all active in Sanmenxia.
Families: numbers 4k, 4k+1, 4k+2, 4k+3 are an employed payer, the spouse, a parent and a child; the payer's civil
register entry (`kin`) says so, and HZ04 grants authorisations for them.
"""

from __future__ import annotations

import hashlib
from typing import Any

from sandbox.idnumbers import identity_number

AREAS = ("411202", "411203", "411221", "411224", "411281", "411282")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "建国秀英桂兰志强丽华明伟芳军敏静文杰海燕玉梅国平春晓红雪"
CHILDHOOD, PARENTHOOD = (1, 17), (60, 94)


def people(n: int, *, seed: int = 1, first: int = 0) -> list[dict[str, Any]]:
    """n people from position `first` of the series. 0 ≤ n ≤ 20,000 a call."""
    if not 0 <= n <= 20_000:
        raise ValueError("n must be between 0 and 20,000")
    return [person(index, seed=seed) for index in range(first, first + n)]


def person(index: int, *, seed: int = 1) -> dict[str, Any]:
    role = index % 4  # 0 payer, 1 spouse, 2 parent, 3 child
    roll = _Roll(f"{seed}:{index}")
    employed = role == 0 or (role == 1 and roll.below(10) < 2)
    low, high = PARENTHOOD if role == 2 else CHILDHOOD if role == 3 else (25, 55)
    age = low + roll.below(high - low + 1)
    # Serial, day and area count up with the index, so that two people of a series (84,000 long) never share a number.
    born = f"{2026 - age}-{1 + roll.below(12):02d}-{1 + index // 500 % 28:02d}"
    male = roll.below(2) == 0
    serial = (index * 2 + (1 if male else 0)) % 1000
    area = AREAS[index // 14_000 % len(AREAS)]
    insurance = {"type": "390", "psn_type": "1501", "since": "2016-01-01"}
    if employed:
        employer = f"三门峡示例企业{index % 97:02d}"
        insurance = {"type": "310", "psn_type": "1101", "since": "2012-07-01", "employer": employer}
    relatives = ((1, "10"), (2, "50"), (3, "20")) if role == 0 else ()
    return {
        "psn_no": _number(seed, index),
        "name": SURNAMES[roll.below(len(SURNAMES))] + "".join(GIVEN[roll.below(len(GIVEN))] for _ in range(2)),
        "gender": "1" if male else "2",
        "born": born,
        "cert_type": "01",
        "certno": identity_number(area, born, serial),
        "phone": f"139{(seed * 1_000_003 + index) % 10**8:08d}",
        "balance_fen": roll.below(800_000) if employed else 0,
        "insurances": [{**insurance, "status": "1", "area": "411200"}],
        "kin": {_number(seed, index + step): code for step, code in relatives},
    }


def _number(seed: int, index: int) -> str:
    return f"4112009{seed % 1000:03d}{index:016d}"


class _Roll:
    """Reproducible small numbers from a hash: independent of Python's random module and its versions."""

    def __init__(self, key: str) -> None:
        self._key, self._count = key, 0

    def below(self, bound: int) -> int:
        self._count += 1
        digest = hashlib.sha256(f"{self._key}:{self._count}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % bound
