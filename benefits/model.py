"""What goes in and what comes out: people, bills, the year so far, decisions. All amounts are integer fen.

Bills speak English domain words and know no field codes of any platform: where an amount stands in a national
settlement record is a mapping of `nhsa`. Which amounts a bill has is declared once, at the fields of `Bill`
(`BILL_AMOUNTS`): who stores, checks or shows the amounts of a bill asks there and writes no list of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

NOTHING: Mapping[str, int] = MappingProxyType({})

ENCOUNTER_TYPES = (
    "inpatient",
    "deemed_inpatient",
    "outpatient",
    "chronic_outpatient",
    "major_disease_outpatient",
    "outpatient_drug",
    "emergency",
    "pharmacy",
    "injury",
    "maternity",
    "other",
)
INSURED_TYPES = ("employee", "resident", "new_citizen")
LINE_KINDS = ("drug", "material", "service", "examination", "other")
CATALOGUES = ("A", "B", "C")
PLACES = ("local", "elsewhere_referred", "elsewhere", "overseas")


@dataclass(frozen=True, slots=True)
class DatedCode:
    """Something known of a person from before: a diagnosis (ICD-10 code) or a benefit (layer key), and its day."""

    code: str
    on: date


@dataclass(frozen=True, slots=True)
class EarlierCover:
    """A cover before this year's, half-open, and what the product paid in it."""

    begins_on: date
    ends_on: date
    paid_fen: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Facts about an insured person that terms may depend on.

    `preexisting`: the stated status; None lets the plan's own rule decide from `known_diagnoses` / `earlier_benefits`.
    `continuous_years`: consecutive years insured in this product, this year included (1 = first year).
    `claim_free_years`: insured years directly before this one, in the same unbroken row, without any payout.
    `earlier_covers`: covers before this year's, from which a plan with `continuity:` counts the two above; None: not
    known, and what is stated stands. `bought_on`: the day this year's cover was bought.
    `cover_from`, `cover_to`: this year's cover, half-open; `first_cover_from`: where an unbroken row of years began.
    `in_waiting_period`: the basic insurance does not yet pay (待遇等待期); `large_amount_cover`: an employee has it.
    `assistance`: assistance classes in the local words (特困, 低保, 低边, 返贫致贫 …). `tags`: anything local a plan
    asks for.
    """

    id: str
    birth_date: date | None = None
    age: int | None = None
    insured_type: str = "resident"
    assistance: frozenset[str] = frozenset()
    preexisting: bool | None = None
    known_diagnoses: tuple[DatedCode, ...] = ()
    earlier_benefits: tuple[DatedCode, ...] = ()
    continuous_years: int = 1
    claim_free_years: int = 0
    family_id: str | None = None
    family_enrolment: bool = False
    in_waiting_period: bool = False
    large_amount_cover: bool = True
    cover_from: date | None = None
    cover_to: date | None = None
    first_cover_from: date | None = None
    tags: frozenset[str] = frozenset()
    earlier_covers: tuple[EarlierCover, ...] | None = None
    bought_on: date | None = None


@dataclass(frozen=True, slots=True)
class BillLine:
    """One fee line. `amount_fen` is the line's total; `out_of_catalogue_fen` its fully self-paid part.

    `kind`: drug, material, service, examination, other. `catalogue`: A, B or C (C = out of catalogue).
    `code` is matched against a plan's filed lists; `tags` carry local labels (surgery_material, gene_test …).
    """

    amount_fen: int
    code: str = ""
    name: str = ""
    kind: str = "other"
    catalogue: str = "C"
    out_of_catalogue_fen: int | None = None
    quantity: int = 1
    tags: frozenset[str] = frozenset()

    @property
    def self_paid_fen(self) -> int:
        """The line's out-of-catalogue amount: as stated, else the whole of a class-C line, else nothing."""
        if self.out_of_catalogue_fen is not None:
            return self.out_of_catalogue_fen
        return self.amount_fen if self.catalogue == "C" else 0


@dataclass(frozen=True, slots=True)
class BillAmount:
    """One amount of a bill, all in fen. name: without "_fen". zh, en: what it is called wherever it is shown.

    role: total; part (all parts sum to the total); layer (what a fund before the product paid); hospital (what the
    hospital bears); person (what the person paid, by where it came from); within (inside a part); other (in no sum).
    national: the name in a national settlement, "" where that record does not have it.
    """

    name: str
    role: str
    zh: str
    en: str
    national: str = ""

    @property
    def field(self) -> str:
        return f"{self.name}_fen"


def _amount(role: str, zh: str, en: str, national: str = "", *, stated: bool = True) -> Any:
    """A field of `Bill` that is an amount. stated=False: the record may lack it, which is not the same as nothing."""
    return field(default=0 if stated else None, metadata={"amount": (role, zh, en, national)})


@dataclass(frozen=True, slots=True)
class Bill:
    """One settled visit or purchase.

    `special_drug_fen` is counted apart from `out_of_catalogue_fen` (a purchase settled as such); special drugs that sit
    inside `out_of_catalogue_fen` are given as `lines`. `total_fen=None` means: the sum of the parts.
    `above_fund_cap_fen`: the part of `in_scope_fen` above the funds' yearly caps, where the record tells it.
    `other_insurers_paid_fen`: paid by other commercial insurers; it never lowers a base but limits the compensation.
    `other_amounts_fen`: further amounts a plan names under `amounts:` (proton therapy, dietary treatment …).
    """

    id: str = ""
    total_fen: int | None = _amount("total", "医疗总费用", "total medical fee", "医疗费总额", stated=False)
    in_scope_fen: int = _amount("part", "医保政策范围内费用", "cost within the insurance catalogue", "符合政策范围金额")
    class_b_first_fen: int = _amount("part", "乙类先行自付", "class-B first part", "先行自付金额")
    over_limit_fen: int = _amount("part", "超过限价的部分", "part above price limits", "超限价自费费用")
    out_of_catalogue_fen: int = _amount("part", "医保目录外自费", "cost outside the catalogue", "全自费金额")
    special_drug_fen: int = _amount("part", "目录外特药费用", "special drugs outside the catalogue")
    above_fund_cap_fen: int = _amount("within", "医保基金封顶线以上费用", "cost above the fund's yearly cap")
    deductible_fen: int = _amount("within", "医保起付线以下自付", "basic insurance deductible", "实际支付起付线")
    basic_fund_paid_fen: int = _amount("layer", "基本医疗保险", "basic medical insurance", "基本医疗保险统筹基金支出")
    critical_illness_paid_fen: int = _amount("layer", "大病保险", "critical illness insurance", "居民大病保险资金支出")
    large_amount_paid_fen: int = _amount(
        "layer", "职工大额医疗费用补助", "employees' large-amount subsidy", "职工大额医疗费用补助基金支出"
    )
    civil_servant_paid_fen: int = _amount("layer", "公务员医疗补助", "civil-servant subsidy", "公务员医疗补助资金支出")
    assistance_paid_fen: int = _amount("layer", "医疗救助", "medical assistance", "医疗救助基金支出")
    other_paid_fen: int = _amount("layer", "其他补充", "other supplements", "企业补充 + 其他支出")
    other_insurers_paid_fen: int = _amount("other", "其他商业保险已赔付", "paid by other commercial insurers")
    hospital_borne_fen: int = _amount("hospital", "医院负担", "borne by the hospital", "医院负担金额")
    account_paid_fen: int | None = _amount(
        "person", "个人账户支付", "paid from the personal account", "个人账户支出", stated=False
    )
    cash_paid_fen: int | None = _amount("person", "个人现金支付", "paid in cash", "个人现金支出", stated=False)
    encounter_type: str = "inpatient"
    hospital_level: str = ""
    hospital_kind: str = ""
    place: str = "local"
    designated: bool = True
    settled_by_basic: bool = True
    diagnoses: tuple[str, ...] = ()
    admitted_on: date | None = None
    discharged_on: date | None = None
    lines: tuple[BillLine, ...] = ()
    tags: frozenset[str] = frozenset()
    other_amounts_fen: Mapping[str, int] = field(default_factory=lambda: NOTHING)


BILL_AMOUNTS = tuple(
    BillAmount(one.name.removesuffix("_fen"), *one.metadata["amount"])
    for one in fields(Bill)
    if "amount" in one.metadata
)
"""In the order of the bill."""


def amounts_of_role(*roles: str) -> tuple[BillAmount, ...]:
    return tuple(amount for amount in BILL_AMOUNTS if amount.role in roles)


LAYERS = tuple(amount.name.removesuffix("_paid") for amount in amounts_of_role("layer"))
"""The waterfall before the product, in order of payment. A bill's `<layer>_paid_fen` is what that layer really paid."""


@dataclass(frozen=True, slots=True)
class Accumulator:
    """One running total of the insurance year: eligible amount, deductible used, paid.

    Only the eligible amount may be known (a published "accumulated before this claim"); with None for the others the
    rules infer what the plan took and paid on it under the terms of the bill at hand.
    """

    base_fen: int = 0
    deductible_used_fen: int | None = 0
    paid_fen: int | None = 0


@dataclass(frozen=True, slots=True)
class YearSoFar:
    """A person's insurance year before a bill. Immutable: adjudication returns the year after.

    `running`: responsibility key → Accumulator (layers as "layer:<key>", per-drug ones as "<key>/<drug code>").
    `pools`: shared deductibles and caps → fen used. Pools shared by a family are the caller's to carry from one member
    to the next (`with_pools_of`). `counts`: items counted against a yearly number. `bills`: ids already inside.
    """

    running: Mapping[str, Accumulator] = field(default_factory=lambda: MappingProxyType({}))
    pools: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    counts: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    bills: tuple[str, ...] = ()

    @property
    def paid_fen(self) -> int:
        """What the product has paid this year, all responsibilities together."""
        return sum(
            a.paid_fen or 0 for key, a in self.running.items() if not key.startswith("layer:") and "/" not in key
        )

    @classmethod
    def prior(cls, bases_fen: Mapping[str, int]) -> YearSoFar:
        """A year of which only the accumulated eligible amounts are known (responsibility key → fen)."""
        return cls(running={key: Accumulator(base, None, None) for key, base in bases_fen.items()})

    def with_pools_of(self, pools: Mapping[str, int]) -> YearSoFar:
        """This year with some pools replaced by a family's: `year.with_pools_of(family_year.pools)`."""
        return YearSoFar(self.running, {**self.pools, **pools}, self.counts, self.bills)


class TraceStep(NamedTuple):
    """One explained amount. A named tuple: a decision has fifteen, and tuples are four times as quick to make.

    `zh` and `en` are whole sentences for the resident; the rest is for machines and auditors.

    `kind`: cover, waiting, exclusion, preexisting, layer, base, deductible, band, cap, limit, reward, tilt, adjustment,
    compensation, lump_sum, result. `rate` is an exact decimal string ("0.75"). `band` names the part of the running
    base the rate applied to. `result_fen` is the amount the step ends with.
    """

    kind: str
    subject: str
    clause: str
    zh: str
    en: str
    result_fen: int = 0
    base_fen: int | None = None
    deductible_fen: int | None = None
    band: str | None = None
    rate: str | None = None
    cap_fen: int | None = None
    reward: str | None = None
    rounding: str | None = None


class Doubt(NamedTuple):
    """Amounts of a bill that contradict each other. `code` is for machines; `zh`, `en` are whole sentences."""

    code: str
    zh: str
    en: str


class ReceiptLine(NamedTuple):
    """One line of a receipt: a name and an amount above nothing, in Chinese and English.

    `sign`: "-" taken off, "+" added, "=" how far one has come (part of no sum). `kind` and `subject` name what the line
    comes from: see `benefits.receipt`. `place`: of the fee line on the bill, from 0. `note_zh`, `note_en`: what is
    worth knowing beside it, or "". Of a deductible: what it is in all, how much was used up before, how much is still
    left. `adjustments`: places, in the terms of the subject, of the adjustments that made the amount what it is.
    """

    kind: str
    sign: str
    amount_fen: int
    subject: str
    zh: str
    en: str
    note_zh: str = ""
    note_en: str = ""
    place: int | None = None
    adjustments: tuple[int, ...] = ()
    yearly_fen: int | None = None
    before_fen: int | None = None
    left_fen: int | None = None


class Outlook(NamedTuple):
    """How a responsibility stands after this bill, for the next one: whole sentences."""

    subject: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """From what the person paid herself to what is paid: start − lines "-" + lines "+" = paid, to the fen."""

    start_fen: int = 0
    lines: tuple[ReceiptLine, ...] = ()
    paid_fen: int = 0
    ahead: tuple[Outlook, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerPayment:
    """What an earlier layer pays on this bill. `simulated`: computed as if it had paid (it did not really)."""

    key: str
    name_zh: str
    name_en: str
    paid_fen: int
    simulated: bool


@dataclass(frozen=True, slots=True)
class ResponsibilityResult:
    """One responsibility on this bill: eligible amount, deductible used by this bill, payable."""

    key: str
    name_zh: str
    name_en: str
    base_fen: int
    deductible_fen: int
    payable_fen: int
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome for one bill.

    `payable_fen` = sum of `responsibilities` payables. `personal_fen` = what the person really paid before this
    product; `remaining_fen` = personal_fen − payable_fen (lump sums left aside: they are benefits, not compensation),
    never below 0. `covered=False` with `refusals` (codes of exclusions, waiting …) when nothing of the bill is insured.
    `doubts`: amounts of the bill that contradict each other; the decision stands on what the bill holds.
    `receipt`: the same for a layman, each difference a line.
    """

    plan_id: str
    person_id: str
    bill_id: str
    payable_fen: int
    personal_fen: int
    remaining_fen: int
    responsibilities: tuple[ResponsibilityResult, ...]
    layers: tuple[LayerPayment, ...]
    year_after: YearSoFar
    trace: tuple[TraceStep, ...]
    covered: bool = True
    preexisting: bool = False
    refusals: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    receipt: Receipt = Receipt()

    def payable_of(self, responsibility: str) -> int:
        """Payable of one responsibility in fen. Raises KeyError when the plan has no such responsibility."""
        for result in self.responsibilities:
            if result.key == responsibility:
                return result.payable_fen
        raise KeyError(responsibility)


@dataclass(frozen=True, slots=True)
class BillDifference:
    """How one bill's decision changed when another bill was taken out of the year."""

    bill_id: str
    before_fen: int
    after_fen: int

    @property
    def difference_fen(self) -> int:
        return self.after_fen - self.before_fen


@dataclass(frozen=True, slots=True)
class Reversal:
    """A year re-run without one bill. `difference_fen` is negative when money is to be taken back."""

    reversed_bill_id: str
    differences: tuple[BillDifference, ...]
    decisions: tuple[Decision, ...]
    year_after: YearSoFar

    @property
    def difference_fen(self) -> int:
        return sum(d.difference_fen for d in self.differences)
