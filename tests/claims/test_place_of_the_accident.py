"""Where an accident happened is asked after an accident alone, and lies in the database as ciphertext."""

from __future__ import annotations

from claims.models import Incident
from tests.claims.people import LI_HIP, Family
from tests.stored import stored

PLACE = "三门峡市湖滨区黄河路与六峰路口"


def test_it_is_asked_after_an_accident_alone_and_sealed(family: Family) -> None:
    claim = family.starts(LI_HIP)
    family.says(claim, cause="traffic", third_party="no", accident_place=f"  {PLACE} ")
    assert Incident.objects.get().accident_place == PLACE
    assert "黄河路" not in stored("claims_incident")
    family.says(claim, cause="illness")
    assert Incident.objects.get().accident_place == ""
