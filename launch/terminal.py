"""What the person at the terminal reads: a line a step with its time, the sheet of addresses, afterwards only problems.

Everything else goes to files in var/log.
"""

import contextlib
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

NAME_WIDTH = 34
SAME_PROBLEM_SECONDS = 60.0
PROBLEMS_A_MINUTE = 3
LONGEST_PROBLEM = 200
# Two lines that differ only in these (a task's id, a port, an amount) tell of one trouble.
NUMBERS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d+")


class Step:
    """A step that is going on; `note()` is shown behind its time."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        self.notes.append(text)


class Terminal:
    """Standard output, as long as somebody is there."""

    def __init__(self) -> None:
        self._is_there = True
        self._unfinished = ""
        self._problems: list[tuple[float, str, str]] = []

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """One line: the name when it begins, the time when it is done."""
        began, step = time.monotonic(), Step()
        head = f"  {name + ' ':.<{NAME_WIDTH}} "
        self._unfinished = head
        self._write(head)
        try:
            yield step
        except BaseException:
            self._write(("" if self._unfinished else head) + "not finished\n")
            raise
        else:
            notes = f"  {'; '.join(step.notes)}" if step.notes else ""
            self._write(f"{'' if self._unfinished else head}{time.monotonic() - began:5.1f} s{notes}\n")
        finally:
            self._unfinished = ""

    def say(self, text: str = "") -> None:
        """Whole lines, such as the sheet."""
        if self._unfinished:
            self._unfinished = ""
            text = f"\n{text}"
        self._write(f"{text}\n")

    def problem(self, text: str) -> None:
        """What somebody should look at."""
        self.say(f"!! {text if len(text) <= LONGEST_PROBLEM else text[:LONGEST_PROBLEM] + ' …'}")

    def problem_of(self, name: str, text: str, log: Path) -> None:
        """A problem that a service has written to its log: each kind once a minute, PROBLEMS_A_MINUTE in all."""
        now, kind = time.monotonic(), NUMBERS.sub("#", text)
        self._problems = [told for told in self._problems if now - told[0] < SAME_PROBLEM_SECONDS]
        mine = [told for told in self._problems if told[1] == name]
        if any(told[2] == kind for told in mine) or len(mine) > PROBLEMS_A_MINUTE:
            return
        self._problems.append((now, name, kind))
        if len(mine) == PROBLEMS_A_MINUTE:
            text = "more problems, no longer shown here"
        self.problem(f"{name}: {text}  ({shown(log)})")

    def _write(self, text: str) -> None:
        if not self._is_there:
            return
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except OSError:
            # The terminal was closed; stopping in order matters more than telling it.
            self._is_there = False


def shown(path: Path) -> str:
    """A path as the person would type it: relative to where she is, if it lies beneath."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log, indented for quoting."""
    try:
        with path.open("rb") as log:
            log.seek(max(0, path.stat().st_size - 16384))
            text = log.read().decode(errors="replace").rstrip()
    except FileNotFoundError:
        return "    (it has written nothing)"
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:]) or "    (it has written nothing)"
