"""`manage.py up`: everything up under one supervisor."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from launch import up


class Command(BaseCommand):
    help = "Database, broker, sandbox, web and workers under one supervisor; Ctrl-C stops it all."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host")
        parser.add_argument("--port")

    def handle(self, *args: Any, **options: Any) -> None:
        given = ((f"--{name}", options[name]) for name in ("host", "port"))
        sys.exit(up.main([part for name, value in given if value for part in (name, value)]))
