"""Instruct money out: write the intent. A worker sends it to the bank."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from core import clock
from core.actors import Actor
from core.errors import Conflict, DomainError
from payments import purposes
from payments.actions._hints import wake_after_commit
from payments.channels import paying_out
from payments.channels.protocol import TransferChannel
from payments.models import Transfer
from payments.money_accounts import account_for
from payments.steps import reach
from work.numbers import next_number

_ONE_LIVE = "one_live_transfer_per_obligation"


def create_transfer(
    *,
    purpose: str,
    purpose_ref: str,
    plan_year: str,
    amount_fen: int,
    payee_name: str,
    account_no: str,
    bank_code: str,
    narrative: str,
    scheme: str,
    insurer: str = "",
    actor: Actor,
    now: datetime,
) -> Transfer:
    """Write a transfer of amount_fen for (purpose, purpose_ref), joining the caller's transaction.

    scheme, insurer: codes of whose account it leaves and of who bears it. narrative: what the payee's statement shows;
    no diagnosis, no identity. While a transfer for the obligation is under way or paid, a second one is refused by the
    database: Conflict("already_instructed"). Raises DomainError("amount_not_positive" | "payee_missing"),
    Conflict("no_money_account"), LookupError for an unregistered purpose, or where no channel pays out.
    """
    purposes.get_transfer(purpose)
    channel = _way_out()
    if amount_fen <= 0:
        raise DomainError("amount_not_positive", _("There is nothing to pay out."))
    if not payee_name.strip() or not account_no.strip():
        raise DomainError("payee_missing", _("Name and account number of the payee are needed."), field="account_no")
    try:
        with transaction.atomic():
            transfer = Transfer.objects.create(
                number=next_number("TR", clock.civil_date(now).year),
                purpose=purpose,
                purpose_ref=purpose_ref,
                plan_year=plan_year,
                insurer_id=insurer or None,
                channel=channel.code,
                account=account_for(channel, scheme=scheme, now=now),
                amount_fen=amount_fen,
                payee_name=payee_name,
                account_no=account_no,
                bank_code=bank_code,
                narrative=narrative[:120],
                created_at=now,
                next_attempt_at=now,
            )
            transfer.events.create(
                old_state="", new_state=transfer.state, name="transfer.created", actor_id=actor.user_id,
                actor_label=actor.label, at=now,
            )  # fmt: skip
            wake_after_commit(step="transfer.created_committed")
            reach("transfer.created_uncommitted")
    except IntegrityError as error:
        if _ONE_LIVE not in str(error):
            raise
        raise Conflict("already_instructed", _("This is already being paid out, or has been.")) from None
    return transfer


def _way_out() -> TransferChannel:
    ways = paying_out()
    if not ways:
        raise LookupError("no channel pays out (CHANNELS_OFF)")
    return ways[0]
