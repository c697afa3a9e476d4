"""Make a staff account from the command line: the first administrator, who then makes the others in the admin."""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from accounts.actions import grant_role
from accounts.models import User
from accounts.roles import STAFF_ROLES
from core import clock
from core.actors import Actor
from core.errors import DomainError
from core.identifiers import check_id_number


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="small letters, digits, dot, hyphen or underscore")
        parser.add_argument("--name", default="", help="the person's name")
        parser.add_argument("--role", action="append", default=[], choices=sorted(STAFF_ROLES), help="may be repeated")
        parser.add_argument("--insurer", default="", help="insurer code the roles are narrowed to")

    def handle(self, *args: Any, **options: Any) -> None:
        """The password comes from STAFF_PASSWORD or is asked for, never from the command line: others can read it.

        STAFF_ID_NUMBER, if given, is kept as a fingerprint: so that she never decides a claim of her own family.
        """
        id_number = os.environ.get("STAFF_ID_NUMBER", "")
        password = os.environ.get("STAFF_PASSWORD") or getpass.getpass("Password: ")
        installer = Actor.system("create_staff", "accounts.grant_role")
        try:
            password_validation.validate_password(password, User(username=options["username"]))
            with transaction.atomic():
                user = User.objects.create_staff(
                    username=options["username"], password=password, display_name=options["name"]
                )
                if id_number:
                    user.record_identity(check_id_number(id_number, today=clock.today()).number)
                    user.save(update_fields=["identity_digest"])
                for role in options["role"]:
                    grant_role(
                        user=user,
                        role=role,
                        insurer_code=options["insurer"],
                        actor=installer,
                        now=clock.now(),
                        reason="made on the command line",
                    )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except IntegrityError as error:
            raise CommandError(f"There is a staff member called {options['username']} already.") from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{user.username} can sign in at /admin/ and sets up the second step there.")
