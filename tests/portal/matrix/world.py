"""One of everything that staff act upon, all of it of Sanmenxia, beside a second city of which nobody has anything.

A row's name here is what the declarations call it; BELONGS says where it belongs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from axes.models import AccessAttempt
from django.db import models, transaction

from accounts.actions import grant_role, request_name_correction
from accounts.models import (
    Authenticator,
    Consent,
    DataRequest,
    FailedSignIn,
    IdentityReveal,
    RoleAssignment,
    User,
)
from claims import selectors
from claims.models import Claim, ClaimEvent, PayeeChange, PayoutProposal
from core import clock
from core.actors import Actor
from demo.plan_years import create_second_city
from enrollment.actions import keep_sales_page
from enrollment.models import Order, Policy, SalesPage, SalesStep
from ledger.actions import Line, post
from ledger.models import Account
from messaging.models import SmsMessage
from nhsa import InsuredPerson
from parties.models import Designation, Institution, Insurer, Organisation, Scheme, WaitingRule
from payments.channels import payment_channel
from payments.models import Notification, Payment, Refund, Transfer
from payments.money_accounts import account_for
from people.actions import confirm_residence
from people.answers import remember
from people.models import Kinship, Person, Residence
from products.actions import generate_city_year, start_comparison, start_terms_draft
from products.models import CityYear, Comparison, Dossier, ListVersion, PlanDocument, PlanYear, TermsDraft
from tests.accounts.people import give, officers, resident, staff
from tests.claims.people import LI_HIP, WANG_PNEUMONIA, Family
from tests.people.answers import insured
from tests.people.proofs import stands_for
from tests.portal.matrix.scopes import HERE, THERE, Held
from work.leases import open_human_task
from work.lifecycle import transition
from work.models import HumanTask
from work.sweeps import drain

SOMEBODY = Actor.system("test")


def _here(*dimensions: str) -> Mapping[str, str]:
    return {name: HERE[name] for name in dimensions}


# Where each thing belongs. {}: nowhere, so that only who is not narrowed reaches it. None: a register that all share.
BELONGS: dict[str, Mapping[str, str] | None] = {
    "claim": _here("scheme", "insurer", "area", "institution"),
    "claim to be": _here("scheme", "insurer", "area"),
    "report": _here("scheme", "insurer", "area"),
    "person": _here("scheme", "area"),
    "new citizen": _here("scheme"),  # her area is another city's, which has no scheme here
    "kinship": _here("scheme", "area"),
    "order": _here("scheme", "area"),
    "policy": _here("scheme", "area"),
    "sales step": _here("scheme", "area"),
    "plan year": _here("scheme"),
    "next year": _here("scheme"),
    "plan document": _here("scheme"),
    "filed list": _here("scheme"),
    "list version": _here("scheme"),
    "terms draft": _here("scheme"),
    "city year": _here("scheme"),
    "comparison": _here("scheme"),
    "dossier": _here("scheme"),
    "scheme": _here("scheme"),
    "insurer": None,
    "institution": None,
    "register of institutions": {},  # read by all, written for all
    "organisation": _here("organisation", "scheme", "area"),
    "payment": _here("scheme"),
    "refund": _here("scheme"),
    "transfer": _here("scheme"),
    "notification": _here("scheme"),
    "money account": _here("scheme"),
    "ledger account": None,
    "booking": _here("scheme"),
    "task": _here("scheme"),
    "alarm": {},
    "name request": _here("scheme"),
    "text message": _here("scheme"),
    "colleague": {},
    "role": {},
    "role proposed": {},
    "reading": {},
    "failed sign-in": {},
    "consent": {},
    "account": {},
}


def from_elsewhere(name: str, id_number: str) -> Person:
    """Insured in a city that has no scheme here."""
    born = date(int(id_number[6:10]), int(id_number[10:12]), int(id_number[12:14]))
    answer = InsuredPerson(f"4105{id_number}", name, "resident_id", id_number, "F", born, (insured(area="410500"),), ())
    return remember(answer, now=clock.now())


class World:
    """`rows` by their names in BELONGS. Li Xiulan has enrolled herself and her mother, and filed a claim for each; her
    mother's kinship is proved; Zhao is a stranger to both.
    """

    def __init__(self) -> None:
        now = clock.now()
        create_second_city()
        self.family = Family()
        self.li, self.year = self.family.li, self.family.year
        self.zhao = self.family.zhao
        self.mother = resident("13900001002", "王桂英")
        stands_for(self.mother, self.family.people["王桂英"])
        self.colleague = staff("zhangwei", "operator")
        self.newcomer = staff("xinren")
        # What the database asks of who gives roles, it asks of her.
        self.officer = staff("wugang", "security")
        self.proposed = grant_role(user=self.newcomer, role="finance", actor=officers()[0], now=now)
        self.claim = self.family.hands_in(LI_HIP)
        self.paper = selectors.documents_of(self.claim)[0]
        self.mothers_claim = self.family.hands_in(WANG_PNEUMONIA, of="王桂英")
        self.mothers_paper = selectors.documents_of(self.mothers_claim)[0]
        self.mothers_policy = self.family.policies["王桂英"]
        self.report = self.family.is_told(of="李秀兰")
        self.newcomer_to_town = from_elsewhere("周敏", "410102199010052230")
        self.rows: dict[str, models.Model] = {
            **self._parties(),
            **self._money(),
            **self._sale(),
            **self._office(),
            **self._workshop(),
            "claim": self.claim,
            "report": self.report,
            "person": self.family.people["李秀兰"],
            "new citizen": self._new_citizen(),
            "kinship": Kinship.objects.get(relative=self.family.people["王桂英"]),
            "colleague": self.colleague,
            "role": RoleAssignment.objects.get(user=self.colleague),
            "role proposed": self.proposed,
            "account": self.li,
        }

    def _parties(self) -> dict[str, models.Model]:
        since = date(2025, 1, 1)
        for place, city in ((HERE, "三门峡"), (THERE, "郑州")):
            # The demonstration's own is among them.
            Institution.objects.get_or_create(
                code=place["institution"],
                defaults={
                    "kind": "hospital", "name_zh": f"{city}市中心医院", "area": place["area"], "from_on": since,
                },
            )  # fmt: skip
            Organisation.objects.create(
                code=place["organisation"], name_zh=f"{city}某厂", area=place["area"], from_on=since
            )
        version = ListVersion.objects.filter(filed_list__scheme=HERE["scheme"]).earliest("pk")
        return {
            "filed list": version.filed_list,
            "list version": version,
            "scheme": Scheme.objects.get(pk=HERE["scheme"]),
            "insurer": Insurer.objects.get(pk=HERE["insurer"]),
            "institution": Institution.objects.get(pk=HERE["institution"]),
            "organisation": Organisation.objects.get(pk=HERE["organisation"]),
            "plan year": self.year,
            "next year": PlanYear.objects.get(code="smx-2027"),
            "plan document": PlanDocument.objects.filter(plan_year=self.year).latest("pk"),
        }

    def _money(self) -> dict[str, models.Model]:
        now, account = clock.now(), account_for(payment_channel("WECHAT"), scheme=HERE["scheme"], now=clock.now())
        common = {"plan_year": self.year.code, "created_at": now, "next_attempt_at": now}
        payment = Payment.objects.create(
            number="PY-1", purpose="enrollment.order", purpose_ref="OR-1", channel="WECHAT", account=account,
            amount_fen=10_000, subject="x", details={}, payable_until=now, close_at=now, payer=self.li, **common,
        )  # fmt: skip
        with transaction.atomic():
            transition(payment, "SENDING", actor=SOMEBODY, now=now)
            transition(
                payment, "PAID", actor=SOMEBODY, now=now, channel_transaction_no="W1", paid_at=now, covered=False
            )
        refund = Refund.objects.create(
            number="RF-1", payment=payment, account=account, amount_fen=10_000, reason="x", created_at=now,
            next_attempt_at=now,
        )  # fmt: skip
        transfer = Transfer.objects.create(
            number="TR-1", purpose="claims.payout", purpose_ref="PO-1", channel="BANK", account=account,
            amount_fen=10_000, payee_name="李秀兰", account_no="6217", narrative="x", **common,
        )  # fmt: skip
        notification = Notification.objects.create(
            channel="WECHAT", account=account, notification_id="N1", event_type="x", body="{}", signed_at=now,
            received_at=now, payment=payment,
        )  # fmt: skip
        booking = post(
            kind="test",
            reference="T1",
            lines=[
                Line("asset.clearing", 100, HERE["scheme"], money_account=account.code),
                Line("liability.premium", -100, HERE["scheme"], plan_year=self.year.code),
            ],
            now=now,
        )
        return {
            "payment": payment, "refund": refund, "transfer": transfer, "notification": notification,
            "money account": account, "booking": booking, "ledger account": Account.objects.earliest("pk"),
        }  # fmt: skip

    def _sale(self) -> dict[str, models.Model]:
        order, now = Order.objects.get(placed_by=self.li), clock.now()
        keep_sales_page(order=order, kind="terms_accepted", body="<p>条款</p>", language="zh-hans", now=now)
        step = SalesStep.objects.create(
            order=order,
            kind="terms_accepted",
            page=SalesPage.objects.latest("pk"),
            user=self.li,
            actor_label="x",
            at=now,
        )
        policy = Policy.objects.get(insured=self.family.people["李秀兰"])
        return {"order": order, "policy": policy, "sales step": step}

    def _office(self) -> dict[str, models.Model]:
        now = clock.now()
        scheme = Scheme.objects.get(pk=HERE["scheme"])
        request = request_name_correction(user=self.li, name="李秀蘭", scheme=scheme, actor=self.li.actor(), now=now)
        reading = IdentityReveal.objects.create(
            subject_type="people.person", subject_key="1", field="name", reason="calls back", actor_label="x", at=now
        )
        AccessAttempt.objects.create(username="zhangwei", ip_address="127.0.0.1", failures_since_start=1)
        return {
            "name request": request,
            "task": open_human_task(
                kind="payments.transfer", key="TR-1", reason="silent", now=now, scope=_here("scheme")
            ),
            "alarm": open_human_task(kind="accounts.many_reveals", key="8:x", reason="many", now=now),
            "text message": SmsMessage.objects.create(
                key="k",
                scheme=scheme,
                template="login_code",
                to_phone="13900001001",
                text="",
                segments=1,
                created_at=now,
            ),
            "reading": reading,
            "failed sign-in": FailedSignIn.objects.get(),
            "consent": Consent.objects.create(
                user=self.li, purpose="account", notice_version="2026-12", notice_sha256="x", granted=True, at=now
            ),
        }  # fmt: skip

    def _workshop(self) -> dict[str, models.Model]:
        now, draws_up = clock.now(), Actor.system("test", "enrollment.operate")
        draft = start_terms_draft(plan_year=self.year, title="x", actor=draws_up, now=now)
        city_year = generate_city_year(
            scheme=self.year.scheme, title="x", people=10, seed=1, year=2027, shape={}, actor=draws_up, now=now
        )
        # Of another one: a draft has its dossier when it has become a plan year.
        filed = start_terms_draft(plan_year=self.year, title="y", actor=draws_up, now=now)
        dossier = Dossier.write(b"{}", plan_year=self.year, draft=filed, form="json", created_at=now)
        dossier.save()
        return {
            "terms draft": draft,
            "city year": city_year,
            "comparison": start_comparison(city_year=city_year, terms=[self.year], actor=draws_up, now=now),
            "dossier": dossier,
        }

    def computes(self) -> None:
        """The comparison has figures."""
        drain("comparisons")

    def _new_citizen(self) -> Person:
        """Of the same place as Zhou Min, and it was read already that she works here."""
        person = from_elsewhere("马敏", "411203198802145150")
        clerk = staff("wangdian", "operator")
        confirm_residence(person=person, **self.papers_of_work(), actor=clerk.actor(), now=clock.now())
        return person

    @staticmethod
    def papers_of_work() -> dict[str, Any]:
        today = clock.today()
        return {
            "scheme": Scheme.objects.get(pk=HERE["scheme"]), "ground": "work", "from_on": today,
            "to_on": today + timedelta(days=300), "found": "contract of work",
        }  # fmt: skip

    def card_of_newcomer(self) -> dict[str, str]:
        return {"name": self.newcomer_to_town.name, "id_number": self.newcomer_to_town.id_number}

    def decides_on_mothers_claim(self) -> None:
        claim = self.family.again(self.mothers_claim)
        self.family.takes(claim)
        self.family.approves(self.family.again(claim), self.family.proposes(self.family.again(claim)))

    def fingerprint(self) -> list[Any]:
        """Changes with whatever one of the declared actions does."""
        watched: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = (
            (RoleAssignment, ("pk", "state")),
            (User, ("pk", "is_active")),
            (Authenticator, ("pk",)),
            (DataRequest, ("pk", "state")),
            (HumanTask, ("pk", "resolved_at")),
            (Payment, ("pk", "next_attempt_at")),
            (Refund, ("pk", "next_attempt_at")),
            (Transfer, ("pk", "next_attempt_at")),
            (Residence, ("pk",)),
            (Institution, ("pk",)),
            (Designation, ("pk",)),
            (WaitingRule, ("pk",)),
            (Claim, ("pk", "state")),
            (ClaimEvent, ("pk",)),
            (PayoutProposal, ("pk", "confirmed_at", "dropped_at")),
            (PayeeChange, ("pk", "confirmed_at", "dropped_at")),
            (PlanYear, ("pk", "state", "benefits_sha256")),
            (TermsDraft, ("pk", "state", "revision")),
            (CityYear, ("pk",)),
            (Comparison, ("pk", "state")),
        )
        return [list(model._base_manager.order_by("pk").values_list(*names)) for model, names in watched]

    @staticmethod
    def person_of_staff(username: str, *held: Held) -> User:
        user = staff(username)
        for one in held:
            give(user, one.role, within=one.scope.within)
        return User.objects.get(pk=user.pk)
