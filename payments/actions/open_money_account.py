"""Give a scheme an account of its own at a channel, or end one. By whoever sets up the machine and its credentials."""

from __future__ import annotations

import re
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core.actors import Actor
from core.errors import Conflict, DomainError
from parties.models import Scheme
from payments import channels
from payments.channels.protocol import PaymentChannel
from payments.models import MoneyAccount
from payments.models.money_account import Direction

PERMISSION = "payments.open_account"


def open_money_account(
    *,
    code: str,
    name: str,
    scheme: str,
    channel: str,
    reference: str,
    valid_from: date,
    actor: Actor,
) -> MoneyAccount:
    """From valid_from on, money of the scheme goes through it. Needs payments.open_account, which no role holds.

    scheme: its code. Raises DomainError("channel_unknown" | "reference_unfit" | "scheme_unknown"),
    Conflict("account_stands") when the code or the credentials are taken, or the scheme has another account of the
    channel on some of these days.
    """
    actor.require(PERMISSION)
    found = channels.CHANNELS.find(channel)
    if found is None:
        raise DomainError("channel_unknown", _("There is no channel of this name."))
    if not re.fullmatch(rf"{found.reference}(_[0-9]+)?", reference):
        raise DomainError("reference_unfit", _("Credentials of this channel are named by its own prefix and a number."))
    if not Scheme.objects.filter(pk=scheme).exists():
        raise DomainError("scheme_unknown", _("There is no scheme of this code."))
    try:
        with transaction.atomic():
            return MoneyAccount.objects.create(
                code=code,
                name=name,
                scheme_id=scheme,
                channel=channel,
                direction=Direction.IN if isinstance(found, PaymentChannel) else Direction.OUT,
                reference=reference,
                valid_from=valid_from,
            )
    except IntegrityError as error:
        raise Conflict("account_stands", _("Another account stands in the way of this one.")) from error


def close_money_account(*, code: str, valid_to: date, actor: Actor) -> MoneyAccount:
    """Nothing new goes through it from valid_to on. Raises Conflict("account_stands") when that is before it begins."""
    actor.require(PERMISSION)
    with transaction.atomic():
        account = MoneyAccount.objects.select_for_update(of=("self",)).get(code=code)
        if valid_to <= account.valid_from:
            raise Conflict("account_stands", _("An account ends after it begins."))
        account.valid_to = valid_to
        account.save(update_fields=["valid_to"])
    return account
