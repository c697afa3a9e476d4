"""The admin's lists answer to their declared filters alone. `?password__startswith=a` would let a secret be guessed
letter by letter: whatever of a row is not declared is refused, so that no answer depends on a secret.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.test import Client, RequestFactory
from django.urls import reverse
from unfold.admin import ModelAdmin

from accounts.models import User
from accounts.roles import STAFF_ROLES
from core.admin import StaffAdmin
from core.checks import every_admin_page_is_closed_by_default
from privacy.fields import BlindIndexField, EncryptedTextField
from tests.accounts.people import resident, signed_in, staff

PAGES = sorted(admin.site._registry.items(), key=lambda item: item[0]._meta.label)
LOOKUPS = (
    "", "__exact", "__iexact", "__startswith", "__istartswith", "__contains", "__endswith", "__regex", "__gt", "__lte",
    "__in", "__isnull", "__range", "__md5__startswith", "__length",
)  # fmt: skip
SECRET_NAMES = {"password", "identity_digest", "verify_token", "cashier_url"}


def is_secret(field: models.Field) -> bool:
    return isinstance(field, (EncryptedTextField, BlindIndexField)) or field.name in SECRET_NAMES


def secrets_of(model: type[models.Model], *, deep: int = 2, before: str = "") -> Iterator[str]:
    """Paths to secret fields, also through foreign keys and back."""
    for field in model._meta.get_fields():
        if field.is_relation:
            if deep and field.related_model is not None:
                yield from secrets_of(field.related_model, deep=deep - 1, before=f"{before}{field.name}__")
        elif is_secret(field):
            yield f"{before}{field.name}"


def declared_columns(page: StaffAdmin) -> set[str]:
    return {item if isinstance(item, str) else item[0] for item in page.list_filter if not isinstance(item, type)}


def refuses(page: StaffAdmin, lookup: str) -> bool:
    request = RequestFactory().get("/", {lookup: "a"})
    return not page.lookup_allowed(lookup, "a", request)


@pytest.mark.parametrize(("model", "page"), PAGES, ids=[model._meta.label for model, _page in PAGES])
class TestEveryPage:
    def test_refuses_every_lookup_into_a_secret(self, model: type[models.Model], page: StaffAdmin):
        paths = list(secrets_of(model))
        answered = [path + lookup for path in paths for lookup in LOOKUPS if not refuses(page, path + lookup)]
        assert answered == []

    def test_declares_no_secret(self, model: type[models.Model], page: StaffAdmin):
        for name in declared_columns(page) | {name.strip("=^@").split("__exact")[0] for name in page.search_fields}:
            field, owner = None, model
            for part in name.split("__"):
                field = owner._meta.get_field(part)
                owner = getattr(field, "related_model", None) or owner
            assert field is not None and not is_secret(field), name
        for column in page.list_display:
            try:
                field = model._meta.get_field(column)
            except (FieldDoesNotExist, TypeError):
                continue
            assert not is_secret(field), column

    def test_refuses_parts_of_what_it_declares(self, model: type[models.Model], page: StaffAdmin):
        for column in declared_columns(page):
            assert refuses(page, f"{column}__startswith") and refuses(page, f"{column}__regex")

    def test_names_rows_by_their_key_alone(self, model: type[models.Model], page: StaffAdmin):
        request = RequestFactory().get("/")
        assert [f.name for f in model._meta.fields if page.to_field_allowed(request, f.name)] == [model._meta.pk.name]


def test_every_page_has_the_base_that_is_closed():
    assert every_admin_page_is_closed_by_default(None) == []


def test_the_check_finds_a_page_of_another_base(monkeypatch: pytest.MonkeyPatch):
    """The control."""
    monkeypatch.setitem(admin.site._registry, User, ModelAdmin(User, admin.site))
    assert [error.id for error in every_admin_page_is_closed_by_default(None)] == ["core.E001"]


def test_djangos_own_base_would_answer():
    """The control: what this closes is open in Django."""
    assert ModelAdmin(User, admin.site).lookup_allowed("password__startswith", "a", RequestFactory().get("/"))


def readers() -> list[Client]:
    return [signed_in(staff(f"reader-{number}", role)) for number, role in enumerate(sorted(STAFF_ROLES))]


@pytest.mark.django_db
def test_over_http_no_answer_depends_on_a_secret():
    """Every page, as every role: the right first letters and wrong ones get the same answer, which is no list."""
    resident("13900001001", "李秀兰")
    clients = readers()
    pages = 0
    for model, _page in PAGES:
        listing = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        openers = [client for client in clients if client.get(listing).status_code == 200]
        assert openers, f"nobody reads {listing}"
        client = openers[0]
        for path in list(secrets_of(model, deep=1))[:12]:
            for query in ({f"{path}__startswith": "p"}, {f"{path}__startswith": "~"}, {f"{path}__gt": "m"}):
                assert client.get(listing, query).status_code == 400, (listing, query)
                pages += 1
        for query in ({"o": "99"}, {"_to_field": "uuid"}, {"e": "1"}, {"_popup": "1"}):
            assert "13900001001" not in client.get(listing, query).content.decode()
    assert pages > 60


@pytest.mark.django_db
def test_rows_are_suggested_to_nobody():
    """Django's autocomplete answers for any foreign key of any model whose page can be searched."""
    for client in readers():
        for app, model, field in (("payments", "refund", "payment"), ("accounts", "roleassignment", "user")):
            query = {"app_label": app, "model_name": model, "field_name": field, "term": ""}
            assert client.get("/admin/autocomplete/", query).status_code == 404


@pytest.mark.django_db
def test_declared_filters_still_answer():
    wu = signed_in(staff("anquan", "security"))
    li = resident("13900001001")
    people = reverse("admin:accounts_user_changelist")
    for query, count in (
        ({"kind__exact": "RESIDENT"}, 1),
        ({"kind__exact": "STAFF"}, 3),
        ({"is_active__exact": "0"}, 0),
    ):
        found: ChangeList = wu.get(people, query).context["cl"]
        assert found.result_count == count
    readings = reverse("admin:accounts_identityreveal_changelist")
    assert (
        wu.get(readings, {"at__gte": "2026-11-20 00:00:00+08:00", "at__lt": "2026-11-21 00:00:00+08:00"}).status_code
        == 200
    )
    assert wu.get(reverse("admin:accounts_user_change", args=[li.pk])).status_code == 200
    assert wu.get(reverse("admin:accounts_user_history", args=[li.pk])).status_code == 200
