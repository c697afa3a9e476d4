"""Make a staff account from the command line: the first two access officers, who give all other roles in the admin."""

from __future__ import annotations

import getpass
import os
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction

from accounts.actions import install_officer
from accounts.actions.install_officer import PERMISSION
from accounts.models import User
from core import clock
from core.actors import Actor
from core.errors import DomainError
from core.identifiers import check_id_number


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="small letters, digits, dot, hyphen or underscore")
        parser.add_argument("--name", default="", help="the person's name")
        parser.add_argument("--officer", action="store_true", help="one of the first two access officers")

    def handle(self, *args: Any, **options: Any) -> None:
        """The password comes from STAFF_PASSWORD or is asked for, never from the command line: others can read it.

        STAFF_ID_NUMBER, if given, is kept as a fingerprint: so that she never decides a claim of her own family.
        """
        id_number = os.environ.get("STAFF_ID_NUMBER", "")
        password = os.environ.get("STAFF_PASSWORD") or getpass.getpass("Password: ")
        installer = Actor.system("create_staff", PERMISSION)
        try:
            password_validation.validate_password(password, User(username=options["username"]))
            with transaction.atomic():
                user = User.objects.create_staff(
                    username=options["username"], password=password, display_name=options["name"]
                )
                if id_number:
                    user.record_identity(check_id_number(id_number, today=clock.today()).number)
                    user.save(update_fields=["identity_digest"])
                if options["officer"]:
                    install_officer(user=user, actor=installer, now=clock.now())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except IntegrityError as error:
            raise CommandError(f"There is a staff member called {options['username']} already.") from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{user.username} can sign in at /admin/ and sets up the second step there.")
