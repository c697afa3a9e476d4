"""Where an accident happened is asked after an accident alone, and lies in the database as ciphertext."""

from __future__ import annotations

from django.db import connection

from claims.models import Incident
from tests.claims.people import LI_HIP, Family

PLACE = "三门峡市湖滨区黄河路与六峰路口"


def test_it_is_asked_after_an_accident_alone_and_sealed(family: Family) -> None:
    claim = family.starts(LI_HIP)
    family.says(claim, cause="traffic", third_party="no", accident_place=f"  {PLACE} ")
    assert Incident.objects.get().accident_place == PLACE
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(i)::text FROM claims_incident i")
        (row,) = cursor.fetchone() or ("",)
    assert "黄河路" not in row
    family.says(claim, cause="illness")
    assert Incident.objects.get().accident_place == ""
