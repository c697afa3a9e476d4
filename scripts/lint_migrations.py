"""Fails on a migration that would break or lock the running portal (django-migration-linter), against a real database.

What is a warning here: a table rewritten or locked for long. A migration is left out by its name, with the reason.
"""

import os
import sys

import django
from django.conf import settings

from launch import keeper
from launch.places import CHECKOUT

FOLDER = CHECKOUT / "var" / "test"
# No installation has rows yet, and the first release makes one first migration a room of all of them.
BEFORE_THE_FIRST_RELEASE = [
    "0002_indexes_that_pages_ask", "0002_scheme_names_its_credentials", "0003_account_of_a_scheme",
    "0003_bills_fetched_by_a_worker", "0003_ids_known_beforehand", "0004_dimensions", "0005_place_of_the_accident",
    "0006_claims_reported_to_the_desk", "0004_sources_of_texts",
    "0003_institutions_and_waiting_periods", "0005_lists_of_what_is_not_paid_for",
    "0005_roles_within_scopes_by_two_officers", "0008_facts_that_decide", "0009_other_insurance",
    "0004_tasks_belong_somewhere",
]  # fmt: skip


def main() -> int:
    servers, _lease = keeper.lease(FOLDER)
    os.environ["DATABASE_URL"] = f"{servers.owner_url}/portal"
    django.setup()
    from django_migration_linter import MigrationLinter  # needs the apps

    rooms = [app for app in settings.INSTALLED_APPS if (CHECKOUT / app / "migrations").is_dir()]
    linter = MigrationLinter(
        path=str(CHECKOUT),
        include_apps=rooms,
        ignore_name=BEFORE_THE_FIRST_RELEASE,
        no_cache=True,
        quiet=["ok", "ignore"],
        warnings_as_errors_tests=None,
    )
    linter.lint_all_migrations()
    linter.print_summary()
    return 1 if linter.has_errors else 0


if __name__ == "__main__":
    sys.exit(main())
