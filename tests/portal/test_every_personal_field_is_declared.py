"""No model holds a personal field that nobody has thought about: shown, exported, corrected, kept (privacy.register).

What the register says is tried: masks, the paths of the copy, the code that corrects and erases.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string

from accounts.actions import close_account, request_name_correction, reveal_identity
from accounts.models import DataRequest, User
from accounts.personal import WITH_ACCOUNT
from claims.actions import close_report
from claims.models import MaterialsRequest
from core import clock
from payments.channels import payment_channel
from payments.models import Payment
from payments.money_accounts import account_for
from people.models import PersonClass
from privacy import register
from privacy.register import NO_END_YET, Exported, NotExported, Personal, Shown
from tests.accounts.people import resident, signed_in
from tests.claims.people import Family
from tests.outside import connect

MODELS = [model for model in apps.get_models() if model._meta.app_label not in ("parcels", "contenttypes")]
DECLARED = {name: found for name, found in register.fields.items() if isinstance(found, Personal)}
EXPORTED = {name: found.exported.path for name, found in DECLARED.items() if isinstance(found.exported, Exported)}


def test_no_personal_field_is_undeclared() -> None:
    """Declare it in the room's personal.py; or, where it holds nothing about anybody, say so there."""
    assert register.undeclared(MODELS) == []


def test_the_walk_finds_encrypted_columns_names_and_files() -> None:
    parcels = apps.get_app_config("parcels").get_models()
    found = register.undeclared(parcels)
    assert {"parcels.parcel.recipient", "parcels.parcel.route", "parcels.waybill.key"} <= set(found)
    assert register.is_personal(models.CharField(name="insured_name"))
    assert register.is_personal(models.DateField(name="birth_date"))
    assert not register.is_personal(models.IntegerField(name="name"))


def test_nothing_is_declared_that_is_gone() -> None:
    known = set()
    for model in apps.get_models():
        names = {field.name for field in model._meta.get_fields()}
        known |= {f"{place}.{name}" for place in register._places(model) for name in names}
    assert sorted(set(register.fields) - known) == []


@pytest.mark.parametrize("name", DECLARED)
def test_a_masked_field_has_a_mask_and_no_other_can_be_read_in_full(name: str) -> None:
    label, field = name.rsplit(".", 1)
    if label.count(".") == 1 and label in {model._meta.label_lower for model in MODELS}:
        model = apps.get_model(label)
        revealable = getattr(model, "REVEALABLE_FIELDS", {})
        assert (field in revealable) == (DECLARED[name].shown is Shown.MASKED)


def test_what_is_masked_or_never_shown_is_not_a_plain_column_of_the_admin() -> None:
    hidden = {name for name, found in DECLARED.items() if found.shown in (Shown.MASKED, Shown.NEVER, Shown.TO_HER)}
    plain = set()
    for model, page in admin.site._registry.items():
        columns = [*page.list_display, *(page.fields or ())]
        plain |= {f"{model._meta.label_lower}.{column}" for column in columns if isinstance(column, str)}
        plain -= {f"{model._meta.label_lower}.{column}" for column in columns if hasattr(page, str(column))}
    assert sorted(hidden & plain) == []


@pytest.mark.parametrize("name", DECLARED)
def test_the_code_that_corrects_and_erases_is_there(name: str) -> None:
    found = DECLARED[name]
    for way in (found.corrected, found.kept):
        assert way.words
        assert not way.by or callable(import_string(way.by))
    if isinstance(found.exported, NotExported):
        assert found.exported.why


def test_what_residents_give_us_has_an_end() -> None:
    """Without one are only our own records of work, staff's, digests, and messages that were sent."""
    endless = {name.rsplit(".", 1)[0] for name, found in DECLARED.items() if found.kept == NO_END_YET}
    ours = {"work.lifecycleevent", "work.change", "work.humantask", "admin.logentry", "accounts.identityreveal"}
    staff = {"accounts.user", "accounts.roleassignment", "accounts.failedsignin"}
    staff |= {"axes.accessattempt", "axes.accessfailurelog", "axes.accesslog"}
    known = {"messaging.smsmessage", "messaging.optout", "people.personcheck", "people.householdcheck"}
    known |= {"people.residence"}
    assert endless - ours - staff - known == {"accounts.datarequest"}


# The copy -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def copy(db: None, settings: Any, sandbox: Any, tmp_path: Any) -> dict[str, Any]:
    """Of Li, who has been through everything once: a claim paid, an order of her own, a correction asked for."""
    connect(settings, sandbox)
    settings.MEDIA_ROOT, settings.QUARANTINE_DIR = tmp_path / "files", tmp_path / "quarantine"
    sandbox.clock(settings.PORTAL_CLOCK)
    family = Family()
    told = family.is_told(of="李秀兰")
    close_report(report=told, because="她自己在网上申请", actor=family.zhou.actor(), now=clock.now())
    claim = family.submits(family.says_everything(family.prepares()))
    family.takes(claim)
    family.finds(claim, "bill.place", "local", bill=1)
    family.approves(claim, family.proposes(claim))
    claim.policy.insured.mobile = "13900001001"
    claim.policy.insured.save()
    PersonClass.objects.create(
        person=claim.policy.insured, code="301", name="特困", from_on=clock.today(), asked_at=clock.now()
    )
    MaterialsRequest.objects.create(
        claim=claim,
        sequence=1,
        items=["INVOICE"],
        message="发票缺一页",
        requested_by=family.zhou,
        requested_at=clock.now(),
        answered_at=clock.now(),
    )
    a_payment_of(family.li)
    asks_for_another_name(family.li)
    return copy_of(signed_in(family.li))


def a_payment_of(user: User) -> None:
    now = clock.now()
    Payment.objects.create(
        number="PY-2026-0000900",
        purpose="enrollment.order",
        purpose_ref="OR-1",
        plan_year="2027",
        channel="WECHAT",
        account=account_for(payment_channel("WECHAT"), scheme="smx", now=now),
        amount_fen=10_000,
        payer=user,
        subject="惠民保",
        created_at=now,
        payable_until=now,
        close_at=now,
    )


def asks_for_another_name(user: User) -> None:
    request_name_correction(user=user, name="李秀蘭", actor=user.actor(), now=clock.now())
    reveal_identity(actor=user.actor(), subject=user, field="phone", reason="my own number", now=clock.now())


def copy_of(browser: Client) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(browser.post(reverse("accounts:my_data_copy")).content)
    return found


def at(path: str, copy: Any) -> list[Any]:
    """Everything that stands at a path of the register. Raises KeyError where the copy has no such key."""
    found = [copy]
    for step in path.split("."):
        key, is_list = step.removesuffix("[]"), step.endswith("[]")
        found = [value[key] for value in found]
        found = [item for value in found for item in value] if is_list else found
    return found


# What may be empty even for somebody who has been through everything.
MAY_BE_EMPTY = {
    "claims[].payouts[].what_the_bank_said", "claims[].decisions[].superseded_because", "requests[].answer",
}  # fmt: skip


@pytest.mark.django_db
def test_every_path_that_the_register_names_is_in_the_copy(copy: dict[str, Any]) -> None:
    assert len(EXPORTED) > 30
    for name, path in EXPORTED.items():
        values = at(path, copy)
        assert values, f"{name}: {path} leads to nothing"
        assert path in MAY_BE_EMPTY or any(values), f"{name}: {path} is empty"


@pytest.mark.django_db
def test_the_copy_says_what_was_paid_in_and_out(copy: dict[str, Any]) -> None:
    [claim] = copy["claims"]
    [bill] = claim["bills"]
    assert bill["total_fen"] == 8_620_000
    assert bill["diagnoses"]
    assert [paper["name"] for paper in claim["papers"]] == ["照片.jpg", "照片.jpg"]
    [payout] = claim["payouts"]
    assert (payout["amount_fen"], payout["payee_name"]) == (906_000, "李秀兰")
    assert [payment["amount_fen"] for payment in copy["payments"]] == [10_000]


@pytest.mark.django_db
def test_nothing_is_left_of_what_goes_with_the_account() -> None:
    li = resident()
    asks_for_another_name(li)
    close_account(user=li, actor=li.actor(), now=clock.now())
    for name, found in DECLARED.items():
        label, field = name.rsplit(".", 1)
        if found.kept == WITH_ACCOUNT:
            assert {getattr(row, field) for row in apps.get_model(label).objects.all()} <= {""}, name
    assert DataRequest.objects.exists(), "that she asked, and what for, is a record"
