"""Who may do what at the desk: a role counts for the insurer that it is held for, through the action and in the admin;
and nobody decides a claim of her own or of her family.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.actions import grant_role
from accounts.models import User
from accounts.roles import Role
from claims import actions, selectors
from claims.models import Claim
from core import clock
from core.actors import Actor
from core.errors import DomainError
from payments.lifecycle import TransferState
from people.models import Kinship
from tests.accounts.people import ROOT, signed_in, staff
from tests.claims.people import CARDS, HEIRS, LI_HIP, WANG_PNEUMONIA, Family, desk_page
from work.lifecycle import transition

TWO_HEIRS = {
    "payee_name": ["张建国", "王桂英"],
    "account_no": [CARDS["张建国"], CARDS["王桂英"]],
    "bank_code": ["102", "102"],
    "relation": ["heir", "heir"],
    "share": ["60", "40"],
}
REVIEWER, APPROVER = Role.CLAIMS_REVIEWER, Role.CLAIMS_APPROVER
# Verb of the desk -> (the roles that may, what is sent with it). Asking for papers: a supervisor may too.
VERBS: dict[str, tuple[set[str], dict[str, Any]]] = {
    "take": ({REVIEWER}, {}),
    "propose": ({REVIEWER}, {}),
    "materials": ({REVIEWER, APPROVER}, {"items": ["ID_CARD"], "message": "请补身份证"}),
    "approve": ({APPROVER}, {}),
    "send_back": ({APPROVER}, {"reason": "请再看发票"}),
    "decline": ({APPROVER}, {"reason": "由第三方负责"}),
    # After the bank sent the money back.
    "propose_payout": ({REVIEWER, APPROVER}, {}),
    "confirm_payout": ({APPROVER}, {}),
    "propose_payees": ({REVIEWER}, {"reason": "两位继承人", **TWO_HEIRS}),
    "confirm_payees": ({APPROVER}, {}),
    "refuse_payees": ({APPROVER}, {"reason": "公证书不全"}),
}


def act(claim: Claim, verb: str, actor: Any) -> Any:
    """The action behind a verb, as the desk would call it now."""
    sent, now = VERBS[verb][1], clock.now()
    calls: dict[str, Callable[[], Any]] = {
        "take": lambda: actions.take_claim(claim=claim, seen=desk_page(claim), actor=actor, now=now),
        "propose": lambda: actions.propose_decision(claim=claim, seen=desk_page(claim), actor=actor, now=now),
        "materials": lambda: actions.request_materials(
            claim=claim, seen=desk_page(claim), actor=actor, now=now, **sent
        ),
        "approve": lambda: actions.approve_decision(claim=claim, seen=desk_page(claim), actor=actor, now=now),
        "send_back": lambda: actions.send_back(claim=claim, seen=desk_page(claim), actor=actor, now=now, **sent),
        "propose_payout": lambda: actions.propose_payout(claim=claim, seen=desk_page(claim), actor=actor, now=now),
        "confirm_payout": lambda: actions.confirm_payout(claim=claim, seen=desk_page(claim), actor=actor, now=now),
        "propose_payees": lambda: actions.propose_payees(
            claim=claim, seen=desk_page(claim), payees=HEIRS, reason=sent["reason"], actor=actor, now=now
        ),
        "confirm_payees": lambda: actions.confirm_payees(claim=claim, seen=desk_page(claim), actor=actor, now=now),
        "refuse_payees": lambda: actions.refuse_payees(
            claim=claim, seen=desk_page(claim), actor=actor, now=now, **sent
        ),
        "decline": lambda: actions.decline_claim(claim=claim, seen=desk_page(claim), actor=actor, now=now, **sent),
    }
    return calls[verb]()


def press(browser: Client, claim: Claim, verb: str) -> int:
    """The button in the admin, with the version that the page of somebody entitled would carry."""
    sent = {**VERBS[verb][1], "seen": desk_page(claim)}
    return browser.post(reverse("admin:claims_claim_do", args=[claim.pk, verb]), sent).status_code


def ready_for(family: Family, verb: str, who: User) -> Claim:
    """Li's claim in the state in which the verb is the next thing to do, by this very person where it must be hers."""
    if "payout" in verb:
        claim = came_back(family)
        if verb == "confirm_payout":
            actions.propose_payout(claim=claim, seen=desk_page(claim), actor=family.zhou.actor(), now=clock.now())
        return family.again(claim)
    claim = family.hands_in(LI_HIP)
    if verb in ("propose", "materials"):
        family.takes(claim)
        Claim.objects.filter(pk=claim.pk).update(reviewer=who)
    elif "payees" in verb:
        family.takes(claim)
        if verb != "propose_payees":
            act(family.again(claim), "propose_payees", family.zhou.actor())
    elif verb != "take":
        family.takes(claim)
        family.proposes(family.again(claim))
    return family.again(claim)


def came_back(family: Family) -> Claim:
    """Approved and instructed, refused by the payee's bank; Li has named another account."""
    claim = family.is_approved(LI_HIP)
    [transfer] = selectors.transfers_of(claim)
    for state in (TransferState.SENDING, TransferState.REJECTED):
        transition(transfer, state, actor=Actor.system("test"), now=clock.now())
    actions.payout_failed(transfer, now=clock.now())
    return family.names_account(family.again(claim))


def member(name: str, *held: tuple[str, str]) -> User:
    user = staff(name)
    for role, insurer_code in held:
        grant_role(user=user, role=role, insurer_code=insurer_code, actor=ROOT, now=clock.now())
    return User.objects.get(pk=user.pk)


def staff_of_every_kind() -> dict[User, set[str]]:
    """Who -> the roles that count for a claim of Xiaoshan."""
    here, there = "xiaoshan", "dahe"
    return {
        member("r-here", (REVIEWER, here)): {REVIEWER},
        member("a-here", (APPROVER, here)): {APPROVER},
        member("r-all", (REVIEWER, "")): {REVIEWER},
        member("a-all", (APPROVER, "")): {APPROVER},
        member("r-there", (REVIEWER, there)): set(),
        member("a-there", (APPROVER, there)): set(),
        # What was possible before: reads here, approves there, and so approved here.
        member("r-here-a-there", (REVIEWER, here), (APPROVER, there)): {REVIEWER},
        member("a-here-r-there", (APPROVER, here), (REVIEWER, there)): {APPROVER},
        member("finance", (Role.FINANCE, "")): set(),
        member("operator", (Role.OPERATOR, "")): set(),
        member("security", (Role.SECURITY, "")): set(),
        member("bureau", (Role.BUREAU, "")): set(),
    }


class Undone(Exception):
    pass


@pytest.mark.parametrize("verb", VERBS)
def test_a_role_counts_only_for_the_insurer_it_is_held_for(family: Family, verb: str) -> None:
    people = staff_of_every_kind()
    claim = ready_for(family, verb, family.zhou)
    assert claim.insurer_id == "xiaoshan"
    by_action: dict[str, object] = {}
    by_page: dict[str, object] = {}
    expected: dict[str, object] = {}
    for who, roles in people.items():
        if verb in ("propose", "materials"):
            Claim.objects.filter(pk=claim.pk).update(reviewer=who)
        expected[who.username] = bool(VERBS[verb][0] & roles)
        for outcomes, attempt in (
            (by_action, lambda who=who: bool(act(family.again(claim), verb, who.actor()))),
            (by_page, lambda who=who: press(signed_in(who), family.again(claim), verb) == 302),
        ):
            try:
                with transaction.atomic():
                    outcomes[who.username] = attempt()
                    raise Undone
            except Undone:
                pass
            except DomainError as error:
                outcomes[who.username] = False if error.code == "not_allowed" else error.code
    assert by_action == expected
    assert by_page == expected


def test_another_insurers_claim_is_not_found(family: Family) -> None:
    claim = family.hands_in(LI_HIP)
    stranger = signed_in(member("r-there", (REVIEWER, "dahe"), (APPROVER, "dahe")))
    assert stranger.get(reverse("admin:claims_claim_change", args=[claim.pk])).status_code == 404
    assert claim.number not in stranger.get("/admin/claims/claim/?queue=all").content.decode()


def test_the_list_to_be_approved_shows_what_one_may_approve(family: Family) -> None:
    claim, _decision = family.is_proposed(LI_HIP)
    reads_here = signed_in(member("r-here-a-there", (REVIEWER, "xiaoshan"), (APPROVER, "dahe")))
    assert claim.number in reads_here.get("/admin/claims/claim/").content.decode()
    assert claim.number not in reads_here.get("/admin/claims/claim/?queue=approve").content.decode()
    assert claim.number in signed_in(family.wang).get("/admin/claims/claim/?queue=approve").content.decode()


class TestOnesOwnClaim:
    def refused(self, claim: Claim, verb: str, who: User) -> str:
        with pytest.raises(DomainError) as refusal:
            act(claim, verb, User.objects.get(pk=who.pk).actor())
        return refusal.value.code

    def is_known_as(self, who: User, id_number: str) -> None:
        who.record_identity(id_number)
        who.save()

    @pytest.mark.parametrize("verb", ["approve", "send_back", "decline"])
    def test_an_approver_who_is_the_insured_decides_nothing(self, family: Family, verb: str) -> None:
        claim, _decision = family.is_proposed(LI_HIP)
        self.is_known_as(family.wang, family.people["李秀兰"].id_number)
        assert self.refused(claim, verb, family.wang) == "own_claim"

    @pytest.mark.parametrize("verb", ["take", "propose", "materials"])
    def test_nor_a_reviewer(self, family: Family, verb: str) -> None:
        claim = ready_for(family, verb, family.zhou)
        self.is_known_as(family.zhou, family.people["李秀兰"].id_number)
        assert self.refused(claim, verb, family.zhou) == "own_claim"

    def test_nor_who_filed_it(self, family: Family) -> None:
        """Li files for her mother; as an approver she would decide about money that she asked for."""
        claim, _decision = family.is_proposed(WANG_PNEUMONIA, of="王桂英")
        self.is_known_as(family.wang, family.people["李秀兰"].id_number)
        assert self.refused(claim, "approve", family.wang) == "own_claim"

    def test_nor_a_relative_of_the_insured(self, family: Family) -> None:
        claim, _decision = family.is_proposed(LI_HIP)
        husband = family.people["张建国"]
        assert Kinship.objects.filter(payer=family.people["李秀兰"], relative=husband).exists()
        self.is_known_as(family.wang, husband.id_number)
        assert self.refused(claim, "approve", family.wang) == "own_claim"

    def test_a_stranger_to_the_family_does(self, family: Family) -> None:
        """The control."""
        claim, _decision = family.is_proposed(LI_HIP)
        self.is_known_as(family.wang, "411202199506082464")
        assert act(claim, "approve", family.wang.actor()).approved_by_id == family.wang.pk

    def test_the_fingerprint_is_that_of_the_insured_persons_index(self, family: Family) -> None:
        person = family.people["李秀兰"]
        self.is_known_as(family.wang, f" {person.id_number.lower()} ")
        assert family.wang.identity_digest == person.documents.get().number_index
