"""What became of a scheme, a plan year, a list: who changed what when, on a page of its own in the admin."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from core.actors import Actor, Grant
from demo.plan_years import create_demo_plan_years
from parties.models import Scheme
from privacy.register import NotPersonal, declaration_of, is_personal
from products.models import ListVersion, PlanYear
from tests.accounts.people import signed_in, staff
from work.audit import acting
from work.history import HistoryAdmin

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> PlanYear:
    return create_demo_plan_years()[1]


@pytest.fixture
def desk(year: PlanYear) -> Client:
    return signed_in(staff("wangdian", Role.OPERATOR))


def test_the_service_line_that_a_scheme_had_before_is_on_its_history(desk: Client, year: PlanYear) -> None:
    with acting("staff:wangdian"):
        Scheme.objects.filter(pk="smx").update(hotline="0398-111-1111")
    page = desk.get("/admin/parties/scheme/smx/history/").content.decode()
    for words in ("0398-000-0000", "staff:wangdian"):
        assert words in page
    assert "0398-111-1111" not in page, "how it is now stands in the row"


def test_a_schemes_areas_belong_to_its_story(desk: Client, year: PlanYear) -> None:
    area = Scheme.objects.get(pk="smx").areas.get()
    type(area).objects.filter(pk=area.pk).update(area="4198")
    page = desk.get("/admin/parties/scheme/smx/history/").content.decode()
    assert "4112" in page


@pytest.mark.parametrize("address", ["products/planyear", "products/listversion", "products/filedlist"])
def test_plan_years_and_lists_have_theirs(desk: Client, address: str) -> None:
    rows = {"products/planyear": PlanYear, "products/listversion": ListVersion}
    model = rows.get(address) or ListVersion._meta.get_field("filed_list").related_model
    row = model.objects.first()
    assert row is not None
    assert desk.get(f"/admin/{address}/{row.pk}/history/").status_code == 200
    assert desk.get(f"/admin/{address}/{row.pk}/change/").status_code == 200
    assert desk.get(f"/admin/{address}/").status_code == 200


def test_whoever_may_not_see_the_row_does_not_see_what_it_was(year: PlanYear) -> None:
    reviewer = signed_in(staff("zhoumin", Role.CLAIMS_REVIEWER))
    assert reviewer.get("/admin/parties/scheme/smx/history/").status_code == 403


def test_whoever_is_narrowed_to_another_scheme_finds_no_row(
    year: PlanYear, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def narrowed(self: User) -> Actor:
        within = {"scheme": frozenset({"zz"})}
        return Actor(self.pk, "staff:narrowed", (Grant(frozenset({"parties.view_scheme"}), within),))

    monkeypatch.setattr(User, "actor", narrowed)
    assert desk.get("/admin/parties/scheme/smx/history/").status_code == 404


def test_no_table_with_personal_fields_shows_its_history_so() -> None:
    """Every column stands there as it was."""
    for model, page in admin.site._registry.items():
        if isinstance(page, HistoryAdmin):
            shown = [model, *(getattr(model, name).rel.related_model for name in page.history_of)]
            personal = [(one, field.name) for one in shown for field in one._meta.fields if is_personal(field)]
            assert [named for named in personal if not isinstance(declaration_of(*named), NotPersonal)] == []
