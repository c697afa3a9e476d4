"""The demo's clock: real while enrolment is open, else set into the window, the same at every start."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
WINDOW_MONTHS = (10, 11, 12)


def in_window(moment: datetime) -> bool:
    """[1 October 00:00, 1 January 00:00) in Shanghai."""
    return moment.astimezone(SHANGHAI).month in WINDOW_MONTHS


def shift_into_window(now: datetime) -> str:
    """PORTAL_CLOCK for this moment: "" inside the window, else seconds back to 20 November 10:00 of the year before."""
    if in_window(now):
        return ""
    begin = datetime(now.astimezone(SHANGHAI).year - 1, 11, 20, 10, tzinfo=SHANGHAI)
    return f"-{int((now - begin).total_seconds())}s"


def shifted_moment(now: datetime, shift: str) -> datetime:
    """The moment that a shift written by shift_into_window() shows."""
    return now + timedelta(seconds=int(shift[:-1])) if shift else now


def remembered_shift(path: Path, now: datetime | None = None) -> str:
    """The shift this data began with, so that time never runs backwards for it; a new one once it leaves the window."""
    now = now or datetime.now(UTC)
    if path.exists() and in_window(shifted_moment(now, shift := path.read_text().strip())):
        return shift
    shift = shift_into_window(now)
    path.write_text(shift + "\n")
    return shift
