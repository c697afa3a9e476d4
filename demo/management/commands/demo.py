"""The demonstration's data (`manage.py demo`) and its sign-in sheet (`manage.py demo --show`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from core import clock
from demo.people import lines


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--show", action="store_true", help="only print who there is and how they sign in")
        parser.add_argument("--sheet", type=Path, help="a file to write that into, once the data is there")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("made-up people are only for a demonstration: set PORTAL_DEMO=1")
        with translation.override("en"):
            sheet = "\n".join(lines(portal_url=settings.PUBLIC_URL, sandbox_url=settings.SANDBOX_URL)) + "\n"
        if options["show"]:
            self.stdout.write(sheet)
            return
        from demo.build import DemoIncomplete, build

        try:
            build(now=clock.now())
        except DemoIncomplete as reason:
            raise CommandError(str(reason)) from reason
        if options["sheet"]:
            options["sheet"].write_text(sheet)
