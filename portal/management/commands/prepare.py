"""`manage.py prepare`: what a new version needs before it serves. Run with DATABASE_URL naming the owner's role."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from portal.services.translations import compile_catalogues


class Command(BaseCommand):
    # `make lint` runs them; a start should not wait.
    requires_system_checks = []
    help = "Migrations, the application role's rights, compiled translations, collected static files."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        call_command("grant_app_role", verbosity=0)
        compile_catalogues()
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)
