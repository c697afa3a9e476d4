"""The people of these tests. Li Xiulan files claims for herself and for her mother Wang Guiying; both were enrolled for
2026. Zhou Min reviews, Wang Lei approves. Stays and amounts come from the sandbox's national platform.
"""

from __future__ import annotations

import hashlib
import uuid
from datetime import date, datetime
from itertools import product

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from claims import actions, questions, selectors, shown
from claims.checklist import ClaimType, DocumentKind
from claims.documents.quarantine import Quarantined, clean_name, quarantine_folder
from claims.models import Claim, ClaimDocument, ClaimPayee, ClaimReport, Decision, FactFinding
from claims.models.incident import Cause, OtherInsurance
from claims.questions import QUESTIONS, Question
from claims.stays import StayNumbers
from core import clock
from core.actors import Actor
from demo.plan_years import create_demo_plan_years
from enrollment.models import Order, OrderLine, Policy, Policyholder
from nhsa import InsuredPerson
from people.answers import remember
from people.models import Person
from products.models import PlanYear
from tests.accounts.people import resident, staff
from tests.claims import paper_files
from tests.people.answers import insured
from tests.people.proofs import proved_kin, stands_for
from work import sweeps
from work.lifecycle import transition

# Settled at 三门峡市中心医院, 2 to 19 March 2026: 86,200.00 in all, of which Li paid 40,280.00 herself.
LI_HIP = "S2026031900000002"
# The same stay, settled wrongly first and taken back by the hospital.
LI_TAKEN_BACK = "S2026031900000001"
# Her mother: pneumonia in May (42,500.00), and an outpatient bill of 680.00 for a long-term illness in August.
WANG_PNEUMONIA = "S2026052400000003"
WANG_DIABETES = "S2026081200000004"
# Her husband: two stays in June that overlap, in two hospitals.
ZHANG_STENT, ZHANG_STOMACH = "S2026062000000005", "S2026061600000006"

# The visit each was settled for: the platform wants both numbers.
VISITS = {
    LI_HIP: "M2026030200000001",
    LI_TAKEN_BACK: "M2026030200000001",
    WANG_PNEUMONIA: "M2026051100000003",
    WANG_DIABETES: "M2026081200000004",
    ZHANG_STENT: "M2026061000000005",
    ZHANG_STOMACH: "M2026061400000006",
}

CARD = "6217002510001000009"
CARDS = {"李秀兰": CARD, "王桂英": "6217002510001000017", "张建国": "6217002510001000025"}
CARD_OF_ICBC = {"account_no": CARD, "bank_code": "102"}
CLOSED_CARD = "6228480710002000044"

# A later stay of Li's, added by a test: 20,000.00, of which the basic fund paid 10,000.00 and she the rest.
LI_SECOND = "S2026070900000077"
LI_SECOND_STAY = {
    "setl_id": LI_SECOND,
    "mdtrt_id": "M2026070100000077",
    "psn_no": "41120000000000000000001001",
    "hospital": "H41120200012",
    "med_type": "21",
    "begin": "2026-07-01",
    "end": "2026-07-09",
    "total": "20000.00",
    "deductible": "900.00",
    "pool_prop": "0.7",
    "funds": {"hifp_pay": "10000.00"},
    "diagnoses": [{"code": "M17.900", "name": "膝关节病"}],
    "lines": [
        {
            "code": "003315000110000-331506001",
            "name": "手术费",
            "list_type": 201,
            "item_type": "08",
            "lv": "01",
            "cnt": 1,
            "pric": 20000,
        }
    ],
}

VISITS[LI_SECOND] = str(LI_SECOND_STAY["mdtrt_id"])

_PEOPLE = {
    "李秀兰": ("41120000000000000000001001", "411202196803154264", date(1968, 3, 15), "F", "employee"),
    "王桂英": ("41120000000000000000001002", "411202194309023286", date(1943, 9, 2), "F", "resident"),
    "张建国": ("41120000000000000000001003", "411202196611204175", date(1966, 11, 20), "M", "employee"),
}


# Her husband and her mother inherit, 60 % and 40 %.
HEIRS = [
    actions.PayeeGiven("张建国", CARDS["张建国"], "102", "heir", 600_000),
    actions.PayeeGiven("王桂英", CARDS["王桂英"], "102", "heir", 400_000),
]

RELATIONS = {"李秀兰": "self", "王桂英": "parent", "张建国": "spouse"}


class Family:
    """Li Xiulan, her mother and her husband with policies for 2026; the desk; and what they do, in sentences."""

    def __init__(self) -> None:
        self.year, _next_year = create_demo_plan_years()
        self.li = resident("13900001001", "李秀兰")
        self.zhao = resident("13900001005", "赵国强")
        self.zhou = staff("zhoumin", Role.CLAIMS_REVIEWER, name="周敏")
        self.wang = staff("wanglei", Role.CLAIMS_APPROVER, name="王蕾")
        self.people = {name: self._person(name) for name in _PEOPLE}
        for name in ("王桂英", "张建国"):
            proved_kin(self.people["李秀兰"], self.people[name], RELATIONS[name], self.year)
        self.policies = {
            name: insure(person, self.year, self.li, relation=RELATIONS[name]) for name, person in self.people.items()
        }

    def _person(self, name: str) -> Person:
        psn_no, id_number, born, sex, insurance = _PEOPLE[name]
        running = insured(type=insurance, since="2016-01-01")
        answer = InsuredPerson(psn_no, name, "resident_id", id_number, sex, born, (running,), ())
        person = remember(answer, now=clock.now())
        return stands_for(self.li, person) if name == "李秀兰" else person

    # Li Xiulan

    def starts(self, *settlements: str, of: str = "李秀兰", by: User | None = None) -> Claim:
        """Her hip, when nothing else is said."""
        actor = (by or self.li).actor()
        chosen = [stay(settlement_no) for settlement_no in settlements or (LI_HIP,)]
        common = {"policy": self.policies[of], "stays": chosen, "actor": actor, "now": clock.now()}
        claim = actions.start_claim(**common, wait=True)
        assert claim is not None
        return claim

    def adds(self, claim: Claim, kind: str, content: bytes | None = None, name: str = "照片.jpg") -> ClaimDocument:
        content = content if content is not None else paper_files.photo(f"{DocumentKind(kind).label} {claim.number}")
        upload = quarantined(content, name)
        document = actions.add_document(claim=claim, kind=kind, upload=upload, actor=self.li.actor(), now=clock.now())
        self.worker_checks()
        document.refresh_from_db()
        return document

    @staticmethod
    def worker_checks() -> None:
        """What the worker does within seconds: every paper that waits is written anew."""
        while sweeps.drain("papers"):
            pass

    def says(self, claim: Claim, *, by: User | None = None, **answers: str) -> Claim:
        """That it was an illness, when nothing else is said and anything is asked."""
        answers = {"other_insurance": OtherInsurance.NO, **(answers or {"cause": Cause.ILLNESS})}
        asked = {question.name for question in questions.asked(claim, answers)}
        answers = {name: value for name, value in answers.items() if name in asked}
        actor = (by or self.li).actor()
        return actions.answer_questions(claim=claim, answers=answers, actor=actor, now=clock.now())

    def says_everything(self, claim: Claim) -> Claim:
        """Something else than an illness, with an answer to every question there is."""
        [place] = [question for question in QUESTIONS if question.name == "accident_place"]
        return self.says(claim, **answers_with(place))

    def names_account(
        self,
        claim: Claim,
        *,
        name: str = "",
        account_no: str | None = None,
        bank_code: str = "102",
        by: User | None = None,
    ) -> Claim:
        """The insured's own account, when nothing else is said."""
        name = name or claim.insured.name
        account_no = CARDS[claim.insured.name] if account_no is None else account_no
        return actions.set_payee(
            claim=claim,
            seen=own_page(claim),
            payee_name=name,
            account_no=account_no,
            bank_code=bank_code,
            actor=(by or self.li).actor(),
            now=clock.now(),
        )

    def prepares(self, *settlements: str, of: str = "李秀兰") -> Claim:
        """A claim with everything in it, not handed in yet."""
        return self.completes(self.starts(*settlements, of=of))

    def completes(self, claim: Claim, *, by: User | None = None) -> Claim:
        self.says(claim, by=by)
        self.adds(claim, DocumentKind.INVOICE)
        self.adds(claim, DocumentKind.BANK_CARD)
        self.names_account(claim, by=by)
        return self.again(claim)

    def hands_in(self, *settlements: str, of: str = "李秀兰", now: datetime | None = None) -> Claim:
        return self.submits(self.prepares(*settlements, of=of), now=now)

    def submits(self, claim: Claim, *, by: User | None = None, now: datetime | None = None) -> Claim:
        actor = (by or self.li).actor()
        return actions.submit_claim(claim=claim, seen=own_page(claim), actor=actor, now=now or clock.now())

    # The desk

    def is_told(self, *, of: str = "王桂英", way: str = "agency", by: User | None = None) -> ClaimReport:
        """Her neighbour Chen Mei tells the desk."""
        return actions.report_claim(
            policy=self.policies[of],
            began_on=date(2026, 5, 11),
            way=way,
            reported_by="邻居陈梅",
            contact="13900001099",
            what_happened="因肺炎住院，已出院",
            actor=(by or self.zhou).actor(),
            now=clock.now(),
        )

    def registers(self, report: ClaimReport, *settlements: str, by: User | None = None) -> Claim:
        chosen = [stay(settlement_no) for settlement_no in settlements or (WANG_PNEUMONIA,)]
        actor = (by or self.zhou).actor()
        claim = actions.register_claim(report=report, stays=chosen, actor=actor, now=clock.now(), wait=True)
        assert claim is not None
        return claim

    def takes(self, claim: Claim, by: User | None = None) -> Claim:
        return actions.take_claim(claim=claim, seen=desk_page(claim), actor=(by or self.zhou).actor(), now=clock.now())

    def finds(self, claim: Claim, fact: str, found: str, **where: int) -> FactFinding:
        """Zhou Min, from the papers."""
        about = {"fact": fact, "found": found, "reason": "Read in the papers.", **where}
        return actions.record_finding(
            claim=claim, **about, seen=desk_page(claim), actor=self.zhou.actor(), now=clock.now()
        )

    def proposes(self, claim: Claim, by: User | None = None) -> Decision:
        actor = (by or self.zhou).actor()
        return actions.propose_decision(claim=claim, seen=desk_page(claim), actor=actor, now=clock.now())

    def approves(self, claim: Claim, decision: Decision, by: User | None = None) -> Decision:
        """What she approves is the page that showed this decision."""
        actor = (by or self.wang).actor()
        live = Claim.objects.get(pk=claim.pk).decisions.filter(superseded_at=None).first()
        seen = desk_page(claim) if live == decision and live.approved_at is None else "a page of before"
        return actions.approve_decision(claim=claim, seen=seen, actor=actor, now=clock.now())

    def pays_again(self, claim: Claim) -> Claim:
        """Zhou Min proposes the new account, Wang Lei confirms it."""
        actions.propose_payout(claim=claim, seen=desk_page(claim), actor=self.zhou.actor(), now=clock.now())
        return actions.confirm_payout(claim=claim, seen=desk_page(claim), actor=self.wang.actor(), now=clock.now())

    def is_proposed(self, *settlements: str, of: str = "李秀兰") -> tuple[Claim, Decision]:
        claim = self.hands_in(*settlements, of=of)
        self.takes(claim)
        decision = self.proposes(self.again(claim))
        return self.again(claim), decision

    def is_approved(self, *settlements: str, of: str = "李秀兰") -> Claim:
        claim, decision = self.is_proposed(*settlements, of=of)
        self.approves(claim, decision)
        return self.again(claim)

    @staticmethod
    def again(claim: Claim) -> Claim:
        """The claim as the database has it now."""
        return Claim.objects.get(pk=claim.pk)


def answers_with(question: Question) -> dict[str, str]:
    """Answers to everything that a stay is asked when it is asked this: found by trying."""
    of_a_stay = Claim(claim_type=ClaimType.INPATIENT)
    possible = [[value for value, _label in each.choices] or [f"something about {each.name}"] for each in QUESTIONS]
    for values in product(*possible):
        answers = dict(zip((each.name for each in QUESTIONS), values, strict=True))
        names = {each.name for each in questions.asked(of_a_stay, answers)}
        if question.name in names:
            return {name: value for name, value in answers.items() if name in names}
    raise AssertionError(f"nobody is ever asked {question.name}")


def stay(settlement_no: str) -> StayNumbers:
    return StayNumbers(VISITS[settlement_no], settlement_no)


def desk_page(claim: Claim) -> str:
    """The version that the claim's page at the desk carries now."""
    return shown.desk_version(Claim.objects.get(pk=claim.pk))


def another_account_past_the_actions(claim: Claim, account_no: str) -> None:
    """Somebody with SQL puts another account in the place of the one that was named."""
    now = clock.now()
    [old] = selectors.payees_of(claim)
    same = {name: getattr(old, name) for name in ("claim", "position", "name", "bank_code", "relation")}
    ClaimPayee.objects.filter(pk=old.pk).update(until=now)
    ClaimPayee.objects.create(**same, account=account_no, account_tail=account_no[-4:], named_at=now, since=now)


def own_page(claim: Claim) -> str:
    """The version that the claim's pages carry now for who filed it."""
    return shown.own_version(Claim.objects.get(pk=claim.pk))


def quarantined(content: bytes, name: str) -> Quarantined:
    """A file as it lies in quarantine after it was streamed there."""
    path = quarantine_folder() / str(uuid.uuid4())
    path.write_bytes(content)
    return Quarantined(clean_name(name), path, len(content), hashlib.sha256(content).hexdigest())


def insure(person: Person, year: PlanYear, buyer: User, *, relation: str = "self") -> Policy:
    """An issued policy. Buying one is tested in tests/enrollment."""
    now = clock.midnight(date(year.cover_from.year - 1, 11, 20))
    payer = Person.objects.filter(user=buyer).first() or person
    holder, _known = Policyholder.objects.get_or_create(person=payer, defaults={"created_at": now})
    order, _created = Order.objects.get_or_create(
        plan_year=year,
        policyholder=holder,
        defaults={
            "number": f"OR-{buyer.pk}-{year.code}",
            "placed_by": buyer,
            "created_at": now,
            "expires_at": now,
        },
    )
    line = OrderLine.objects.create(order=order, insured=person, relation=relation, premium_fen=year.premium_fen)
    policy = Policy.objects.create(
        number=f"HM-{year.cover_from.year}-{person.pk:07d}",
        plan_year=year,
        insured=person,
        policyholder=holder,
        order_line=line,
        premium_fen=year.premium_fen,
        cover_from=year.cover_from,
        cover_to=year.cover_to,
        created_at=now,
    )
    with transaction.atomic():
        return transition(policy, "issued", actor=Actor.system("test"), now=now, issued_at=now)
