"""What waits in each lane, and how fast it goes; changed while everything runs.

manage.py lanes
manage.py lanes campaign --per-second 100
manage.py lanes campaign --pause
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Count, Min, Q

from core import clock
from work import lanes
from work.lanes import Lane
from work.models import LaneSetting, OutboxMessage


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("lane", nargs="?", choices=[str(lane) for lane in Lane])
        parser.add_argument("--per-second", type=int, help="rows a second over all workers; 0 for as fast as it can")
        paused = parser.add_mutually_exclusive_group()
        paused.add_argument("--pause", action="store_true", help="nothing of this lane is claimed any more")
        paused.add_argument("--resume", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["lane"]:
            self._set(options["lane"], options)
        for lane in Lane:
            self.stdout.write(self._line(lane))

    def _set(self, lane: str, options: dict[str, Any]) -> None:
        setting, _created = LaneSetting.objects.get_or_create(lane=lane)
        if options["per_second"] is not None:
            setting.per_second = options["per_second"] or None
        if options["pause"] or options["resume"]:
            setting.is_paused = options["pause"]
        setting.save()
        lanes.forget_beliefs()

    def _line(self, lane: Lane) -> str:
        now = clock.now()
        open_rows = OutboxMessage.objects.filter(lane=lane, next_attempt_at__isnull=False)
        found = open_rows.aggregate(
            due=Count("pk", filter=Q(next_attempt_at__lte=now)),
            later=Count("pk", filter=Q(next_attempt_at__gt=now)),
            oldest=Min("created_at"),
        )
        setting = LaneSetting.objects.filter(lane=lane).first()
        speed = f"{setting.per_second} a second" if setting and setting.per_second else "as fast as it can"
        state = "PAUSED" if setting and setting.is_paused else speed
        age = f", oldest {(now - found['oldest']).total_seconds():.0f} s" if found["oldest"] else ""
        return f"{lane:10} {state:20} messages due {found['due']}, later {found['later']}{age}"
