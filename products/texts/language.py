"""How figures stand in the sentences of one language.

Binding texts are data in both languages: nothing here goes through the interface's translation, so a better translation
of a button never changes what somebody has agreed to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from benefits.terms import Text
from core.money import format_yuan

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True)
class Language:
    """code: for Django's translations. between: what stands between two sentences of a paragraph."""

    code: str
    between: str
    comma: str
    listing: str
    with_code: str
    day: Callable[[date], str]
    yuan: str
    points: str
    units: Mapping[str, str]
    per: Mapping[str, str]
    period: str
    cover: str
    window: str
    insurers: str
    without: str
    not_stated: str
    band: str
    last_band: str
    deductible: Mapping[str, str]
    no_deductible_here: str
    rate: str
    cap: str
    no_cap: str
    terms: str
    stay_cap: str
    lump_sum: str
    who: str
    not_covered: str
    covered: str
    instead: str
    below: str
    no_deductible: str
    at_most: str
    counts: str
    eligible: str
    payable: str
    count: str
    waiting: str
    within_years: str
    lifted_after: str
    break_forgiven: str
    late_renewal: str
    premium: str

    def of(self, text: Text) -> str:
        return text.zh if self is ZH else text.en

    def money(self, amount_fen: int) -> str:
        return self.yuan.format(format_yuan(amount_fen).removesuffix(".00"))

    def days(self, start: date, end: date) -> str:
        """Readers think in last days; the period itself is half-open."""
        return self.period.format(first=self.day(start), last=self.day(end - timedelta(days=1)))


ZH = Language(
    code="zh-hans",
    between="",
    comma="，",
    listing="、",
    with_code="{name}（{code}）",
    day=lambda day: f"{day.year}年{day.month}月{day.day}日",
    yuan="{}元",
    points="{}个百分点",
    units={
        "days": "{}天", "working_days": "{}个工作日", "years": "{}年", "age": "{}岁", "items": "{}项",
        "months": "{}个月",
    },
    per={
        "year": "一年", "stay": "一次住院", "drug": "一种药一年", "item": "一件", "month": "一个月",
        "quarter": "一个季度",
    },
    period="{first}至{last}",
    cover="保障期：{period}。",
    window="参保时间：{period}。",
    insurers="{names}。其中{lead}为主承保公司。",
    without="无",
    not_stated="方案未规定",
    band="{first}至{last}的部分{rate}",
    last_band="{first}以上的部分{rate}",
    deductible={"year": "起付线{}", "stay": "每次起付线{}", "drug": "每种药起付线{}"},
    no_deductible_here="没有起付线",
    rate="报销比例{}",
    cap="封顶线{}",
    no_cap="没有封顶线",
    terms="{name}：{what}",
    stay_cap="{name}：一次最多赔{amount}",
    lump_sum="一次给付{}",
    who="{name}，{who}：{what}",
    not_covered="不赔",
    covered="可以赔",
    instead="{new}（其他人{old}）",
    below="{name}：{per}累计{amount}以下的部分不赔",
    no_deductible="{name}：没有起付线",
    at_most="{name}：一年最多赔{amount}",
    counts="{name}：{what}按{rate}计入",
    eligible="{name}：{per}最多计入{amount}",
    payable="{name}：{per}最多赔{amount}",
    count="{name}：{per}最多{amount}",
    waiting="保障开始以后的前{}是等待期，等待期内的费用不赔",
    within_years="只看参保以前{}内的情况",
    lifted_after="连续参保满{}以后，不再按既往症计算",
    break_forgiven="两年保障之间最多隔{}，仍算连续参保",
    late_renewal="晚续保最多{}，仍算按时续保",
    premium="{who}：每人每年{amount}",
)  # fmt: skip
EN = Language(
    code="en",
    between=" ",
    comma=", ",
    listing=", ",
    with_code="{name} ({code})",
    day=lambda day: f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    yuan="{} yuan",
    points="{} percentage points",
    units={
        "days": "{} days", "working_days": "{} working days", "years": "{} years", "age": "{}", "items": "{} items",
        "months": "{} months",
    },
    per={"year": "a year", "stay": "a stay", "drug": "a drug and year", "item": "an item", "month": "a month",
         "quarter": "a quarter"},
    period="{first} to {last}",
    cover="Cover: {period}.",
    window="Enrolment: {period}.",
    insurers="{names}. {lead} leads the pool.",
    without="none",
    not_stated="not stated in the plan",
    band="{rate} of the part from {first} to {last}",
    last_band="{rate} of the part above {first}",
    deductible={"year": "deductible {}", "stay": "deductible {} a stay", "drug": "deductible {} a drug"},
    no_deductible_here="no deductible",
    rate="rate {}",
    cap="yearly limit {}",
    no_cap="no yearly limit",
    terms="{name}: {what}",
    stay_cap="{name}: at most {amount} a stay",
    lump_sum="{} at once",
    who="{name}, {who}: {what}",
    not_covered="not covered",
    covered="covered",
    instead="{new} (others {old})",
    below="{name}: nothing for what adds up to less than {amount} {per}",
    no_deductible="{name}: no deductible",
    at_most="{name}: at most {amount} a year",
    counts="{name}: {what} counts at {rate}",
    eligible="{name}: at most {amount} {per} count",
    payable="{name}: at most {amount} {per} are paid",
    count="{name}: at most {amount} {per}",
    waiting="The first {} of cover are a waiting period, in which nothing is paid",
    within_years="Only the {} before enrolment count",
    lifted_after="After {} insured without a break nothing counts as pre-existing any more",
    break_forgiven="At most {} between two years of cover still count as one row",
    late_renewal="A renewal up to {} late still counts as in time",
    premium="{who}: {amount} a person and year",
)  # fmt: skip
LANGUAGES: Mapping[str, Language] = {"zh": ZH, "en": EN}

# What a bill is for, by the words of `benefits.ENCOUNTER_TYPES`.
ENCOUNTERS: Mapping[str, Text] = {
    "inpatient": Text("住院", "inpatient care"),
    "deemed_inpatient": Text("视同住院", "care that counts as inpatient"),
    "outpatient": Text("普通门诊", "outpatient care"),
    "chronic_outpatient": Text("门诊重症慢性病", "chronic and serious outpatient diseases"),
    "major_disease_outpatient": Text("重特大疾病门诊", "outpatient care of listed major diseases"),
    "outpatient_drug": Text("门诊特定药品", "listed outpatient drugs"),
    "emergency": Text("急诊", "emergencies"),
    "pharmacy": Text("定点药店购药", "purchases at designated pharmacies"),
    "injury": Text("意外伤害", "injuries"),
    "maternity": Text("生育", "births"),
    "other": Text("其他医疗", "other care"),
}

# Classes of assisted people in the local words of plans; a word that is not here stands as it is.
CLASSES: Mapping[str, Text] = {
    "特困": Text("特困人员", "destitute people"),
    "低保": Text("低保对象", "people on the minimum living allowance"),
    "低边": Text("低保边缘家庭成员", "families at the margin of the allowance"),
    "返贫致贫": Text("返贫致贫人口", "people who fell into poverty"),
    "防止返贫监测": Text("防止返贫监测对象", "people watched against a return to poverty"),
}

# Groups of illnesses by the ranges that plans name; another range stands as its codes.
ILLNESSES: Mapping[str, Text] = {
    "C00-C97": Text("恶性肿瘤", "cancer"),
    "I60-I64": Text("脑卒中", "stroke"),
    "K72-K74": Text("肝衰竭和肝硬化", "liver failure and cirrhosis"),
    "N18": Text("慢性肾病", "chronic kidney disease"),
    "D60-D61": Text("再生障碍性贫血", "aplastic anaemia"),
    "I21-I22": Text("急性心肌梗死", "acute myocardial infarction"),
}
