"""Finding a red test for each guard: see audit.py, which puts this in the place of pytest's own loop."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from _pytest.runner import runtestprotocol

from launch.places import CHECKOUT
from tests.guards import red_list, switches, witness
from tests.guards.catalogue import Guard, all_guards
from tests.servers import LEASE

FOUND = CHECKOUT / "var" / "guards" / "found.jsonl"
TRIES_AT_MOST = 30


class Level:
    """Stands for the next test: only what lives as long as the session is kept."""

    def __init__(self, session: pytest.Session) -> None:
        self._session = session

    def listchain(self) -> list[Any]:
        return [self._session]


class Audit:
    def __init__(self, session: pytest.Session) -> None:
        self.session = session
        self.items = {item.nodeid: item for item in session.items}
        self.files = sorted({test.partition("::")[0] for test in self.items})
        self.next: Any = Level(session)
        self.lease = session.config.stash[LEASE]
        self.option = session.config.getoption

    def prepare(self) -> None:
        """The first test with a database makes it."""
        first = next(item for item in self.session.items if "test_every_guard" in item.nodeid)
        self.run(first)

    def run(self, item: pytest.Item) -> bool | None:
        """True: green. False: red. None: skipped, or it could not be set up."""
        reports = runtestprotocol(item, log=False, nextitem=self.next)
        call = next((report for report in reports if report.when == "call"), None)
        if call is None or call.skipped:
            return None
        return bool(call.passed)

    def guards(self) -> list[Guard]:
        with psycopg.connect(self.lease.owner_url(), autocommit=True) as owner:
            return all_guards(lambda query: owner.execute(query).fetchall())  # type: ignore[arg-type]

    def find_red_tests(self) -> None:
        guards, listed = self.guards(), self._listed()
        kept = _found()
        wanted = [guard for guard in guards if self._is_wanted(guard, listed) and str(guard) not in kept]
        self._say(f"{len(guards)} guards, {len(wanted)} to switch off; {len(self.items)} tests to ask")
        began = time.monotonic()
        for number, guard in enumerate(wanted, start=1):
            red = self._red_test(guard)
            self._say(f"{number:>4} {guard}: {red or 'NO TEST IS RED'}")
        found = listed | _found()
        without = [str(guard) for guard in guards if str(guard) not in found]
        red_list.write({guard: found[str(guard)] for guard in guards if str(guard) in found})
        self._say(f"{len(wanted)} asked in {time.monotonic() - began:.0f} s; without a red test: {len(without)}")
        for name in without:
            self._say(f"  {name}")
        self.session.testsfailed += len(without)
        if not without and not self.option("--guard"):
            FOUND.unlink(missing_ok=True)  # this audit is done; the next begins anew

    def _listed(self) -> dict[str, str]:
        """What the list says, where the test it names is still there."""

        def is_there(test: str) -> bool:
            return test in self.items if test.partition("::")[0] in self.files else red_list.stands_in_the_source(test)

        return {guard: test for guard, test in red_list.read().items() if is_there(test)}

    def _is_wanted(self, guard: Guard, listed: dict[str, str]) -> bool:
        parts = self.option("--guard") or [""]
        is_named = any(part in str(guard) for part in parts)
        return is_named and (self.option("--all-guards") or bool(self.option("--guard")) or str(guard) not in listed)

    def _say(self, line: str) -> None:
        with self.session.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            print(line, flush=True)

    def _red_test(self, guard: Guard) -> str | None:
        began = time.monotonic()
        for tries, item in enumerate(self._likely(guard), start=1):
            if tries > TRIES_AT_MOST and not self.option("--every-test-of-the-room"):
                return None
            with switches.off(guard, self.lease.owner_url()):
                is_red = self.run(item) is False
            if is_red and self.run(item) is True:
                line = {"guard": str(guard), "test": item.nodeid, "tries": tries}
                _keep(FOUND, {**line, "seconds": round(time.monotonic() - began, 2)})
                return str(item.nodeid)
        return None

    def _likely(self, guard: Guard) -> Iterator[pytest.Item]:
        """Each test once. First what was named on the command line or in the list, at last what is only of the room."""
        named = red_list.read().get(str(guard))
        cases = [test for test in self.items if f"[{guard.name}]" in test]
        room = [test for test in self.items if test.startswith(f"tests/{guard.room}/")]
        new = [test for test in room if test not in witness.watched() and "[" not in test]
        rest = room if self.option("--every-test-of-the-room") else []
        likely = [*cases, *self._naming(guard), *witness.tests_at(guard), *new, *rest]
        for test in dict.fromkeys([*self._wished(), *([named] if named else []), *likely]):
            if test in self.items:
                yield self.items[test]

    def _wished(self) -> list[str]:
        wishes = tuple(argument for argument in self.session.config.args if "::" in argument)
        return [test for test in self.items if wishes and test.startswith(wishes)]

    def _naming(self, guard: Guard) -> list[str]:
        """Tests that say the word which names the guard; of a switch, those of the file that switches it off.

        What switches it off itself is the control, which shows the fault: it comes last.
        """
        if guard.kind == "switch":
            files = [path for path in self.files if f'"{guard.name}"' in _source(path)]
            tests = [test for test in self.items if test.partition("::")[0] in files]
            return sorted(tests, key=lambda test: f'"{guard.name}"' in _text(test))
        word = guard.name.split()[1 if guard.kind == "asked" else 0].rpartition(".")[2]
        return [test for test in self.items if len(word) > 8 and word in _text(test)]


@cache
def _source(path: str) -> str:
    return (CHECKOUT / path).read_text(encoding="utf-8")


@cache
def _text(test: str) -> str:
    """The test's own lines."""
    path, *names = test.partition("[")[0].split("::")
    _before, _def, rest = _source(path).partition(f"def {names[-1]}(")
    return re.split(r"\n(?=\S)|\n    (?=def |@)", rest)[0]


def _keep(path: Path, line: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(line, ensure_ascii=False) + "\n")


def _found() -> dict[str, str]:
    """guard → test, of this audit and those before it."""
    if not FOUND.exists():
        return {}
    lines = [json.loads(line) for line in FOUND.read_text(encoding="utf-8").splitlines()]
    return {line["guard"]: line["test"] for line in lines}
