"""Merchants and bank accounts of schemes: `list`, `open`, `close`. Who has one scheme needs none of this."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.actors import Actor
from core.errors import DomainError
from payments.actions import close_money_account, open_money_account
from payments.actions.open_money_account import PERMISSION
from payments.models import MoneyAccount


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list")
        opening = verbs.add_parser("open")
        opening.add_argument("code")
        opening.add_argument("--name", default="")
        opening.add_argument("--scheme", required=True, help="whose money it is")
        opening.add_argument("--channel", required=True, help="as its folder is called")
        opening.add_argument("--reference", required=True, help="prefix of its variables, numbered")
        opening.add_argument("--from", dest="valid_from", type=date.fromisoformat, required=True)
        closing = verbs.add_parser("close")
        closing.add_argument("code")
        closing.add_argument("--on", dest="valid_to", type=date.fromisoformat, required=True)

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        installer = Actor.system("money_account", PERMISSION)
        try:
            if verb == "open":
                names = ("code", "name", "scheme", "reference", "valid_from")
                given = {name: options[name] for name in names}
                open_money_account(**given, channel=options["channel"].upper(), actor=installer)
            elif verb == "close":
                close_money_account(code=options["code"], valid_to=options["valid_to"], actor=installer)
        except MoneyAccount.DoesNotExist:
            raise CommandError(f"There is no money account {options['code']}.") from None
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        for one in MoneyAccount.objects.order_by("scheme", "channel", "valid_from"):
            until = f" until {one.valid_to}" if one.valid_to else ""
            self.stdout.write(f"{one.code}: {one.channel} of {one.scheme_id}, {one.reference}, {one.valid_from}{until}")
