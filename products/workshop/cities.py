"""City years as arrays, part by part: generated from a seed and a shape, or uploaded (`products.workshop.upload`)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields
from typing import Any, Protocol

from benefits.simulation.city import City, Part, Shape
from products.models import CityOrigin, CityYear
from products.workshop.upload import UploadedCity

# The smallest and the largest that may be set.
BOUNDS: dict[str, tuple[int, int]] = {
    "older": (0, 400),
    "employees": (0, 90),
    "assisted": (0, 60),
    "stays": (10, 400),
    "costs": (10, 500),
    "skew": (0, 200),
    "out_of_catalogue": (0, 300),
    "basic_deductible_yuan": (0, 10_000),
    "basic_rate": (0, 100),
    "illness_deductible_yuan": (0, 100_000),
    "illness_rate": (0, 100),
}
MOST_PEOPLE = 3_000_000


class Source(Protocol):
    """Where the people and bills of a city year come from."""

    @property
    def parts(self) -> int: ...
    @property
    def area_names(self) -> tuple[str, ...]: ...
    def people_in(self, number: int) -> int: ...
    def part(self, number: int) -> Part: ...


def city_of(city_year: CityYear) -> Source:
    """Raises FileLost, Busy files_away for an uploaded one whose file cannot be had."""
    if city_year.origin == CityOrigin.UPLOADED:
        return UploadedCity.read(city_year.file.read())
    return generated(city_year.people, city_year.made_from)


def generated(people: int, settings: dict[str, Any]) -> City:
    """settings: seed, year and what of the shape was set."""
    known = {field.name for field in fields(Shape)}
    shape = Shape(**{name: value for name, value in settings.items() if name in known})
    return City(people, settings["seed"], settings["year"], shape)


def settings_of(city: City) -> dict[str, int]:
    """What has to be kept of a generated city to make it again."""
    return {"seed": city.seed, "year": city.year, **asdict(city.shape)}


def digest_of(city: City) -> str:
    """Of what a generated city is made from."""
    text = json.dumps({"people": city.people, **settings_of(city)}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
