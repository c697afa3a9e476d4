"""`manage.py up`: everything up under one supervisor."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.services import up


class Command(BaseCommand):
    help = "Database, broker, sandbox, web, worker and beat under one supervisor; Ctrl-C stops it all."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", default=str(up.WEB_PORT))

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(up.main(["--host", options["host"], "--port", options["port"]]))
