"""The rooms of the house, from the one place where they are listed: the contracts of pyproject.toml."""

import tomllib

from launch.places import CHECKOUT

# Beside the house: the outside world, and what starts the servers.
BESIDE = ("sandbox", "launch")


def rooms() -> tuple[str, ...]:
    """In the order of [tool.importlinter] root_packages, without what stands beside the house."""
    settings = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    packages: list[str] = settings["tool"]["importlinter"]["root_packages"]
    return tuple(package for package in packages if package not in BESIDE)
