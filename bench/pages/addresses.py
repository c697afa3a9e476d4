"""Which pages there are. Residents' by name; staff's as the admin itself has them: every list with its filters, its
search and its last page, and a row of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.urls import reverse

from bench.pages import visitors
from bench.pages.visitors import Visitor, signed_in
from claims.lifecycle import ClaimState
from claims.models import Claim
from demo.schemes import SANMENXIA
from ledger.models import Account
from people.models import Kinship

RESIDENT, STAFF = "resident", "staff"
# Lists that add up what they show: read by few, seldom.
REPORTS: frozenset[str] = frozenset()
CHOICES_PER_FILTER = 8


@dataclass(frozen=True)
class Page:
    name: str
    path: str
    visitor: Visitor
    kind: str
    is_report: bool = False


def residents() -> Iterator[Page]:
    yield from _anybody()
    user, policy = visitors.family_of_four()
    family = signed_in(user)
    order = policy.order_line.order if policy.order_line else None
    kinship = Kinship.objects.filter(payer__user=user).first()
    assert order is not None and kinship is not None
    for name, path in (
        ("home, signed in", reverse("portal:home")),
        ("family", reverse("enrollment:family")),
        ("add a relative", reverse("people:add_relative")),
        ("a relative", reverse("people:kinship", args=[kinship.pk])),
        ("who I am", reverse("people:link")),
        ("my policies", reverse("enrollment:policies")),
        ("a policy", reverse("enrollment:policy", args=[policy.number])),
        ("give it back", reverse("enrollment:surrender", args=[policy.number])),
        ("an order", reverse("enrollment:done", args=[order.number])),
        ("a payment", reverse("payments:payment", args=[order.payment_number])),
        ("my data", reverse("accounts:my_data")),
        ("correct my name", reverse("accounts:correct_name")),
        ("leave", reverse("accounts:leave")),
        ("new claim", reverse("claims:choose_policy")),
        ("a certificate is genuine", reverse("enrollment:verify", args=[policy.verify_token])),
    ):
        yield Page(name, path, family, RESIDENT)
    many = signed_in(visitors.insurer_of_thirty())
    for name, path in (
        ("family of thirty", reverse("enrollment:family")),
        ("thirty policies", reverse("enrollment:policies")),
        ("new claim, thirty policies", reverse("claims:choose_policy")),
        ("my data, thirty policies", reverse("accounts:my_data")),
    ):
        yield Page(name, path, many, RESIDENT)
    yield from _order_under_way()
    for state in ClaimState:
        if Claim.objects.filter(state=state).exists():
            yield from _claim(state)


def _anybody() -> Iterator[Page]:
    nobody = Visitor("nobody")
    for name, path in (
        ("home", reverse("portal:home")),
        ("home of the other city", "/zz/"),
        ("plan", reverse("products:plan", args=["smx-2027"])),
        ("clauses", reverse("products:document", args=["smx-2027", "clauses"])),
        ("sign in", reverse("accounts:sign_in")),
        ("privacy", reverse("accounts:privacy")),
        ("staff sign in", reverse("admin:login")),
    ):
        yield Page(name, path, nobody, RESIDENT)


def _order_under_way() -> Iterator[Page]:
    user, order = visitors.draft_order()
    visitor = signed_in(user)
    for step in ("exclusions", "terms", "check", "pay"):
        yield Page(f"order: {step}", reverse(f"enrollment:{step}", args=[order.number]), visitor, RESIDENT)


def _claim(state: ClaimState) -> Iterator[Page]:
    claim = visitors.claimant(state)
    user = claim.filed_by
    assert user is not None
    visitor = signed_in(user)
    yield Page(f"my claims ({state})", reverse("claims:index"), visitor, RESIDENT)
    yield Page(f"claim {state}", reverse("claims:claim", args=[claim.number]), visitor, RESIDENT)
    if claim.is_editable:
        for step in ("papers", "payee", "check"):
            yield Page(f"claim: {step} ({state})", reverse(f"claims:{step}", args=[claim.number]), visitor, RESIDENT)
    if state == ClaimState.SUBMITTED:
        yield Page("claim: handover slip", reverse("claims:handover", args=[claim.number]), visitor, RESIDENT)


# staff ------------------------------------------------------------------------------------------------------


def desks() -> Iterator[Page]:
    people = visitors.staff()
    browsers = {name: signed_in(user) for name, user in people.items()}
    for name, browser in browsers.items():
        yield Page(f"admin, as {name}", reverse("admin:index"), browser, STAFF)
    for model, page in admin.site._registry.items():
        permission = f"{model._meta.app_label}.view_{model._meta.model_name}"
        reader = next((name for name, user in people.items() if user.has_perm(permission)), None)
        if reader is not None:
            yield from _lists(page, browsers[reader])


def _lists(page: ModelAdmin[Any], reader: Visitor) -> Iterator[Page]:
    """The list asks itself what it offers: so a new filter is measured without a line here."""
    label = page.opts.label_lower
    is_report = label in REPORTS
    path = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
    yield Page(label, path, reader, STAFF, is_report)
    shown = reader.client.get(path)
    assert shown.context_data is not None, "the admin answers with a TemplateResponse"
    changes = shown.context_data.get("cl")
    if changes is None:  # a page of its own in the list's place: the trial balance, which leads to statements
        for account in Account.objects.filter(is_group=False):
            statement = reverse("admin:ledger_account_change", args=[account.pk])
            yield Page(f"statement of {account}", f"{statement}?scheme={SANMENXIA.code}", reader, STAFF, is_report)
        return
    last = changes.paginator.num_pages
    if last > 1:
        yield Page(f"{label}, page {last}", f"{path}?p={last}", reader, STAFF, is_report)
    for spec in changes.filter_specs:
        for choice in list(spec.choices(changes))[1 : 1 + CHOICES_PER_FILTER]:
            if "query_string" in choice:
                title = f"{label}, {spec.title}: {choice['display']}"
                yield Page(title, f"{path}{choice['query_string']}", reader, STAFF, is_report)
    for number in range(1, len(changes.list_display)):
        if changes.get_ordering_field(changes.list_display[number]) and changes.sortable_by:
            yield Page(f"{label}, sorted by column {number}", f"{path}?o=-{number}", reader, STAFF, is_report)
    if changes.search_fields:
        for term in _terms(page):
            yield Page(f"{label}, search {term}", f"{path}?{urlencode({'q': term})}", reader, STAFF, is_report)
    row = next(iter(changes.result_list), None)
    if row is not None:
        change = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_change", args=[row.pk])
        yield Page(f"{label}, one", change, reader, STAFF, is_report)


def _terms(page: ModelAdmin[Any]) -> Iterator[str]:
    """Something that is there, by the first thing that can be searched for, and something that is not."""
    name = page.search_fields[0].lstrip("=^@").removesuffix("__exact")
    found = page.model._default_manager.order_by("-pk").values_list(name, flat=True).first()
    if found:
        yield str(found)
    yield "CL-2026-9999999"
