"""`manage.py prepare`: what a new version needs before it serves. Run with DATABASE_URL naming the owner's role."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from launch.translations import compile_catalogues

COMPRESSIBLE = ["css", "html", "js", "json", "map", "svg", "ttf", "txt", "xml"]


class Command(BaseCommand):
    # `make lint` runs them; a start should not wait.
    requires_system_checks = []
    help = "Migrations, the application role's rights, compiled translations, collected static files."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--quick", action="store_true", help="no compressed copies of static files (for a demo)")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        call_command("grant_app_role", verbosity=0)
        compile_catalogues()
        if options["quick"]:
            # Half a minute of squeezing serves a phone on a slow network, not a browser on this machine.
            settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = COMPRESSIBLE
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)
