"""Fails on a migration that would break or lock the running portal (django-migration-linter), against a real database.

What is a warning here: a table rewritten or locked for long. Silence one migration, with the reason beside it, by
`django_migration_linter.operations.IgnoreMigration()`.
"""

import os
import sys

import django
from django.conf import settings

from launch import keeper
from launch.places import CHECKOUT

FOLDER = CHECKOUT / "var" / "test"


def main() -> int:
    servers, _lease = keeper.lease(FOLDER)
    os.environ["DATABASE_URL"] = f"{servers.owner_url}/portal"
    django.setup()
    from django_migration_linter import MigrationLinter  # needs the apps

    rooms = [app for app in settings.INSTALLED_APPS if (CHECKOUT / app / "migrations").is_dir()]
    linter = MigrationLinter(
        path=str(CHECKOUT), include_apps=rooms, no_cache=True, quiet=["ok", "ignore"], warnings_as_errors_tests=None
    )
    linter.lint_all_migrations()
    linter.print_summary()
    return 1 if linter.has_errors else 0


if __name__ == "__main__":
    sys.exit(main())
