"""Nobody decides a claim of her own or of her family; another insurer's claim is not found. Who may do what at the
desk, cell by cell: tests/portal/matrix.
"""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from claims.models import Claim, ClaimReport
from core.errors import DomainError
from people.models import Kinship
from tests.accounts.people import give, signed_in, staff
from tests.claims.desk_verbs import act, ready_for
from tests.claims.people import LI_HIP, WANG_PNEUMONIA, Family

REVIEWER, APPROVER = Role.CLAIMS_REVIEWER, Role.CLAIMS_APPROVER


def member(name: str, *held: tuple[str, str]) -> User:
    user = staff(name)
    for role, insurer in held:
        give(user, role, within={"insurer": [insurer]} if insurer else {})
    return User.objects.get(pk=user.pk)


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

    @pytest.mark.parametrize("whose", ["王桂英", "李秀兰"])
    def test_nor_does_she_write_down_or_register_her_familys_or_her_own(self, family: Family, whose: str) -> None:
        """Zhou Min is Wang Guiying: her daughter Li telephones, or she tells herself what she had in May."""
        report = family.is_told(of=whose, by=staff("colleague", REVIEWER))
        self.is_known_as(family.zhou, family.people["王桂英"].id_number)
        for call in (lambda: family.is_told(of=whose), lambda: family.registers(report, WANG_PNEUMONIA)):
            with pytest.raises(DomainError) as refusal:
                call()
            assert refusal.value.code == "own_claim"
        assert ClaimReport.objects.count() == 1
        assert not Claim.objects.exists()

    def test_a_stranger_to_the_family_does(self, family: Family) -> None:
        """The control."""
        claim, _decision = family.is_proposed(LI_HIP)
        self.is_known_as(family.wang, "411202199506082464")
        assert act(claim, "approve", family.wang.actor()).approved_by_id == family.wang.pk

    def test_the_fingerprint_is_that_of_the_insured_persons_index(self, family: Family) -> None:
        person = family.people["李秀兰"]
        self.is_known_as(family.wang, f" {person.id_number.lower()} ")
        assert family.wang.identity_digest == person.documents.get().number_index
