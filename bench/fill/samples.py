"""The rows that are multiplied: the demonstration's, and one of each kind that the demonstration does not come to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts import session_store
from accounts.models import Consent, DataRequest, FailedSignIn, IdentityReveal, LoginCode, Session, User
from claims.lifecycle import ClaimState
from claims.models import Claim, Decision, Payout, YearAccount
from claims.purposes import PAYOUT
from core.actors import Actor
from demo.people import LI_XIULAN, MOTHER
from demo.plan_years import make_plan_year
from demo.schemes import SANMENXIA, ZHENGZHOU
from enrollment.models import Order, Policy, Policyholder
from messaging.models import SmsMessage
from parties.models import Organisation
from payments.actions import create_transfer
from payments.lifecycle import NotificationState, RefundState, TransferState
from payments.models import Notification, Payment, Refund, Transfer
from people.models import Kinship, Person
from products.models import PlanYear
from work.models import HumanTask, OutboxMessage

# The second city's terms begin with its first year.
YEARS_OF_COVER = {SANMENXIA: (2025, 2026, 2027), ZHENGZHOU: (2027,)}


@dataclass
class Samples:
    """now: of the demonstration's clock."""

    now: datetime

    def __post_init__(self) -> None:
        user = User.objects.with_phone(LI_XIULAN.phone)
        assert user is not None, "the demonstration is not there"
        self.user = user
        self.payer: Person = user.person
        self.kinship: Kinship = self.payer.relatives.select_related("relative").get(relative__user=None)
        self.relative = self.kinship.relative
        assert self.relative.name == MOTHER.name
        self.order: Order = Order.objects.get(policyholder__person=self.payer, state="paid")
        self.policy = Policy.objects.get(order_line__order=self.order, insured=self.payer)
        self.payment = Payment.objects.get(number=self.order.payment_number)
        self.decided = Claim.objects.get(insured=self.relative, state=ClaimState.NOTHING_DUE)
        self.waiting = Claim.objects.get(insured=self.relative, state=ClaimState.SUBMITTED)
        self.decision: Decision = self.decided.decisions.get()
        self.year_account = YearAccount.objects.get(policy=self.decided.policy)
        self.operator = User.objects.get(username="wangdian")
        self.reviewer = User.objects.get(username="zhoumin")

    @property
    def policyholder(self) -> Policyholder:
        return self.order.policyholder

    def plan_years(self) -> list[list[PlanYear]]:
        """Of each scheme, oldest first; those that the demonstration has not are made."""
        return [[make_plan_year(scheme, cover_year=year) for year in years] for scheme, years in YEARS_OF_COVER.items()]

    def session(self) -> Session:
        """A browser that is signed in."""
        store = session_store.SessionStore()
        store["_auth_user_id"] = str(self.user.pk)
        store["seen_at"] = self.now.timestamp()
        store.create()
        return Session.objects.get(session_key=store.session_key)

    def login_code(self) -> LoginCode:
        return LoginCode.objects.create(
            phone_index="0" * 64,
            ip_index="0" * 64,
            code_hash="0" * 64,
            created_at=self.now,
            expires_at=self.now + timedelta(minutes=5),
            attempts=1,
            used_at=self.now,
        )

    def consent(self) -> Consent:
        return Consent.objects.create(
            user=self.user, purpose="privacy", notice_version="1", notice_sha256="0" * 64, granted=True, at=self.now
        )

    def data_request(self) -> DataRequest:
        return DataRequest.objects.create(
            user=self.user, kind=DataRequest.Kind.CORRECT_NAME, state="DONE", wanted="李秀蘭", created_at=self.now,
            settled_at=self.now,
        )  # fmt: skip

    def reveal(self) -> IdentityReveal:
        return IdentityReveal.objects.create(
            subject_type="people.person", subject_key=str(self.relative.pk), field="id_number", reason="comparison",
            actor=self.reviewer, actor_label=self.reviewer.label, at=self.now,
        )  # fmt: skip

    def failed_sign_in(self) -> FailedSignIn:
        attempt: FailedSignIn = FailedSignIn.objects.create(
            username="zhoumin", ip_address="10.0.0.1", user_agent="a browser", attempt_time=self.now,
            failures_since_start=2, path_info="/account/", http_accept="text/html", get_data="", post_data="",
        )  # fmt: skip
        return attempt

    def task(self) -> HumanTask:
        return HumanTask.objects.create(
            kind="payment", key="a key", reason="No answer 12 times in a row.", url="/admin/", created_at=self.now
        )

    def done_message(self) -> OutboxMessage:
        return OutboxMessage.objects.create(
            topic="sms.send", lane="notices", key="bench", payload={"sms_id": 1}, created_at=self.now, done_at=self.now,
            attempts=1,
        )  # fmt: skip

    def sms(self) -> SmsMessage:
        return SmsMessage.objects.create(
            key="bench", template="policies_issued", to_phone=LI_XIULAN.phone, segments=2, state="SENT",
            text="【三门峡惠民保】已支付：200.00 元。2027 年度的 2 份保单已生成，请到“我的保单”查看。",
            created_at=self.now, settled_at=self.now, gateway_reference="bench",
        )  # fmt: skip

    def organisation(self) -> Policyholder:
        found = Organisation.objects.create(
            code="91411200MA00000000", name_zh="崤函铝业（示例）", area="411202", from_on=self.now.date()
        )
        return Policyholder.objects.create(organisation=found, created_at=self.now)

    def refund(self) -> Refund:
        refund = Refund.objects.create(
            number="RF-2026-0000001", payment=self.payment, account=self.payment.account, amount_fen=10_000,
            reason="surrender", state=RefundState.REFUNDED, created_at=self.now, channel_refund_no="bench",
            refunded_at=self.now,
        )  # fmt: skip
        refund.events.create(
            old_state="SENDING", new_state=refund.state, name="refund.refunded", actor_label="system", at=self.now
        )
        return refund

    def notification(self) -> Notification:
        return Notification.objects.create(
            channel=self.payment.channel, account=self.payment.account, notification_id="bench", signed_at=self.now,
            event_type="TRANSACTION.SUCCESS", body='{"id": "a body as long as a real one"}' * 20,
            received_at=self.now, state=NotificationState.PROCESSED, payment=self.payment,
        )  # fmt: skip

    def transfer(self) -> Transfer:
        """Money that arrived."""
        made = create_transfer(
            purpose=PAYOUT, purpose_ref="bench", amount_fen=123_400, payee_name=MOTHER.name,
            account_no="6217002510001000017", bank_code="ICBC", narrative="CL-2026-0000001",
            plan_year=self.decided.policy.plan_year.code, scheme=self.decided.policy.plan_year.scheme_id,
            actor=Actor.system("bench"), now=self.now,
        )  # fmt: skip
        Transfer.objects.filter(pk=made.pk).update(
            state=TransferState.PAID, next_attempt_at=None, bank_serial="bench", paid_at=self.now
        )
        return Transfer.objects.get(pk=made.pk)

    def payout(self) -> Payout:
        payout = Payout.objects.create(
            claim=self.decided, decision=self.decision, position=1, number="bench", amount_fen=123_400, state="PAID",
            payee=self.decided.payees.get(), created_at=self.now, paid_at=self.now,
        )  # fmt: skip
        for old, new in (("", "INSTRUCTED"), ("INSTRUCTED", "PAID")):
            payout.events.create(old_state=old, new_state=new, name="payout.paid", actor_label="system", at=self.now)
        return payout
