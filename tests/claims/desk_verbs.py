"""The verbs of the claims' desk: what each is as an action, what its button sends, and how a claim comes to where it is
the next thing to do. For tests of who may (tests/portal/matrix) and of what comes of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.models import User
from claims import actions, selectors
from claims.models import Claim
from core import clock
from core.actors import Actor
from payments.lifecycle import TransferState
from tests.claims.people import CARDS, HEIRS, LI_HIP, Family, desk_page
from work.lifecycle import transition

TWO_HEIRS = {
    "payee_name": ["张建国", "王桂英"],
    "account_no": [CARDS["张建国"], CARDS["王桂英"]],
    "bank_code": ["102", "102"],
    "relation": ["heir", "heir"],
    "share": ["60", "40"],
}
# Verb -> what its form carries.
SENT: dict[str, dict[str, Any]] = {
    "take": {},
    "propose": {},
    "materials": {"items": ["ID_CARD"], "message": "请补身份证"},
    "approve": {},
    "send_back": {"reason": "请再看发票"},
    "decline": {"reason": "由第三方负责"},
    # After the bank sent the money back.
    "propose_payout": {},
    "confirm_payout": {},
    "refuse_payout": {"reason": "请再看账户"},
    "propose_payees": {"reason": "两位继承人", **TWO_HEIRS},
    "confirm_payees": {},
    "refuse_payees": {"reason": "公证书不全"},
}
# The claim's own reviewer does these.
REVIEWERS_OWN = ("propose", "materials")


def act(claim: Claim, verb: str, actor: Actor, *, seen: str | None = None) -> Any:
    """The action behind a verb, as the desk would call it now. seen: of another page than the one that is there now."""
    seen = desk_page(claim) if seen is None else seen
    common: dict[str, Any] = {"claim": claim, "seen": seen, "actor": actor, "now": clock.now()}
    sent = SENT[verb]
    calls: dict[str, Callable[[], Any]] = {
        "take": lambda: actions.take_claim(**common),
        "propose": lambda: actions.propose_decision(**common),
        "materials": lambda: actions.request_materials(**common, **sent),
        "approve": lambda: actions.approve_decision(**common),
        "send_back": lambda: actions.send_back(**common, **sent),
        "decline": lambda: actions.decline_claim(**common, **sent),
        "propose_payout": lambda: actions.propose_payout(**common),
        "confirm_payout": lambda: actions.confirm_payout(**common),
        "refuse_payout": lambda: actions.refuse_payout(**common, **sent),
        "propose_payees": lambda: actions.propose_payees(**common, payees=HEIRS, reason=sent["reason"]),
        "confirm_payees": lambda: actions.confirm_payees(**common),
        "refuse_payees": lambda: actions.refuse_payees(**common, **sent),
    }
    return calls[verb]()


def bring(family: Family, claim: Claim, verb: str) -> Claim:
    """A claim that was handed in, to the state in which the verb is the next thing to do."""
    zhou = family.zhou.actor()
    if "payout" in verb:
        _comes_back(family, claim)
        if verb != "propose_payout":
            act(family.again(claim), "propose_payout", zhou)
    elif verb != "take":
        family.takes(family.again(claim))
        if verb in ("confirm_payees", "refuse_payees"):
            act(family.again(claim), "propose_payees", zhou)
        elif verb in ("approve", "send_back", "decline"):
            family.proposes(family.again(claim))
    return family.again(claim)


def ready_for(family: Family, verb: str, who: User) -> Claim:
    """Li's claim in the state in which the verb is the next thing to do, by this very person where it must be hers."""
    claim = bring(family, family.hands_in(LI_HIP), verb)
    if verb in REVIEWERS_OWN:
        Claim.objects.filter(pk=claim.pk).update(reviewer=who)
    return family.again(claim)


def _comes_back(family: Family, claim: Claim) -> None:
    """Approved and instructed, refused by the payee's bank; Li has named another account."""
    family.takes(family.again(claim))
    family.approves(family.again(claim), family.proposes(family.again(claim)))
    [transfer] = selectors.transfers_of(family.again(claim))
    for state in (TransferState.SENDING, TransferState.REJECTED):
        transition(transfer, state, actor=Actor.system("test"), now=clock.now())
    actions.payout_failed(transfer, now=clock.now())
    family.names_account(family.again(claim))
