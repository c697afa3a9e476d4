"""What of claims a person may take with her: her own, and a relative's as far as her pages show them (PIPL 45)."""

from __future__ import annotations

from claims.my_data import section
from people.models import Kinship
from tests.accounts.people import resident
from tests.claims.people import CARD, LI_HIP, WANG_PNEUMONIA, Family
from tests.people.proofs import stands_for


def test_the_mother_has_her_claim_and_not_the_account_that_her_daughter_named(family: Family) -> None:
    wang = stands_for(resident("13900001002", "王桂英"), family.people["王桂英"]).user
    family.hands_in(WANG_PNEUMONIA, of="王桂英")
    [hers] = section(wang.pk)
    assert hers["insured"] == "王桂英"
    [bill], [account] = hers["bills"], hers["accounts"]
    assert bill["total_fen"] == 4_250_000
    assert (hers["filed_by_me"], account["ends_in"]) == (False, "0017")
    assert "account_number" not in account
    [filed] = section(family.li.pk)
    assert (filed["filed_by_me"], filed["accounts"][0]["account_number"]) == (True, "6217002510001000017")


def test_a_relative_who_is_none_any_more_is_in_nobodys_copy(family: Family) -> None:
    family.hands_in(WANG_PNEUMONIA, of="王桂英")
    Kinship.objects.all().delete()
    assert section(family.li.pk) == []


def test_a_stranger_has_nothing_and_a_draft_is_hers(family: Family) -> None:
    family.starts(LI_HIP)
    assert section(family.zhao.pk) == []
    [draft] = section(family.li.pk)
    assert (draft["state"], draft["papers"], draft["payouts"]) == ("DRAFT", [], [])
    assert CARD not in str(draft)
