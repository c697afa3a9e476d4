"""How large the city is. Apart from everything that needs Django."""

from __future__ import annotations

from dataclasses import dataclass

# Nine, eight and seven families of ten take part in the three years of cover; of the second city, a fifth, in one.
YEARS_OF_A_PERSON = 0.8 * (0.9 + 0.8 + 0.7) + 0.2 * 0.9


@dataclass(frozen=True)
class Sizes:
    """How many rows the city has, from the number of policies and claims that were asked for."""

    policies: int
    claims: int

    @property
    def employees(self) -> int:
        return self.policies // 10

    @property
    def big_families(self) -> int:
        return max(1, self.policies // 30_000)

    @property
    def in_families(self) -> int:
        left = self.policies - self.employees - 30 * self.big_families
        return max(10, int(left / YEARS_OF_A_PERSON) // 10 * 10)

    @property
    def people(self) -> int:
        return self.in_families + 30 * self.big_families + self.employees
