"""The two schemes of the demonstration, side by side: other city, other terms, other window, other areas.

All insurers are invented: no real company is said to stand behind these products.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from benefits.files.load import find_plan
from core.actors import Actor
from core.clock import SHANGHAI
from parties.actions import register_institution, set_waiting_rule
from parties.models import BasicInsurance, Institution, InstitutionKind, Insurer, Scheme, SchemeArea, SchemeKind
from products.actions import Item, Share, WayIn
from products.models import ListKind, Way, WhoPays


@dataclass(frozen=True, slots=True)
class DemoList:
    """key: as the plan file names it."""

    key: str
    kind: ListKind
    name_zh: str
    name_en: str
    source: str
    items: tuple[Item, ...]


# Invented, like the codes: no real drug is said to be paid for.
SPECIAL_DRUGS = DemoList(
    key="special_drugs",
    kind=ListKind.SPECIAL_DRUGS,
    name_zh="目录外特药目录",
    name_en="Special drugs outside the catalogue",
    source="示例特药备案〔2025〕1号",
    items=(
        Item("示例特药甲", "T0001", "甲安（示例）", "片剂 80mg×30片", "示例：肺癌，一线治疗", 1_520_000),
        Item("示例特药乙", "T0002", "乙宁（示例）", "注射剂 100mg", "示例：淋巴瘤，复发或难治", 986_000),
        Item("示例特药丙", "T0003", "丙康（示例）", "胶囊 5mg×21粒", "示例：多发性骨髓瘤", 2_140_000),
        Item("示例细胞治疗产品", "T0004", "", "每次回输", "示例：大B细胞淋巴瘤，二线治疗后", 99_900_000),
    ),
)


# By the marks that plan files name (Shuozhou 四(二)). What costs what is invented, and so are the codes; ZF0001 to
# ZF0003 are the sandbox's.
EXCLUDED_COSTS = DemoList(
    key="excluded_costs",
    kind=ListKind.EXCLUDED,
    name_zh="不予支付费用清单",
    name_en="Costs that are not paid for",
    source="示例除外费用备案〔2025〕2号",
    items=tuple(
        Item(name, code, tag=tag, category=category)
        for tag, name, code, category in (
            ("registration", "挂号费", "", "registration"),
            ("outside_consultation", "院外会诊费", "", ""),
            ("medical_records", "病历工本费", "", ""),
            ("house_call", "出诊费", "", ""),
            ("urgent_handling", "检查治疗加急费", "", ""),
            ("named_surgeon", "点名手术附加费", "", ""),
            ("premium_price", "优质优价费", "", ""),
            ("private_nurse", "自请特别护士", "", ""),
            ("cosmetic", "美容治疗", "", ""),
            ("cosmetic", "非功能性整容", "", ""),
            ("body_shape", "减肥治疗", "", ""),
            ("check_up", "健康体检", "", ""),
            ("prevention", "预防保健诊疗", "", ""),
            ("assessment", "医疗鉴定", "", ""),
            ("pet", "正电子发射断层扫描（PET）", "002106000000000-210600001", ""),
            ("electron_beam_ct", "电子束CT检查", "", ""),
            ("excimer_laser", "眼科准分子激光治疗", "", ""),
            ("aids", "眼镜", "", ""),
            ("aids", "义齿", "", ""),
            ("aids", "义眼", "", ""),
            ("aids", "义肢", "", ""),
            ("aids", "助听器", "", ""),
            ("own_devices", "自用按摩器械", "", ""),
            ("not_chargeable", "不可单独收费的一次性材料", "", ""),
            ("organ_source", "器官源", "", ""),
            ("other_transplant", "肝脏移植", "", ""),
            ("myopia", "近视眼矫形术", "", ""),
            ("supporting_therapy", "音乐疗法", "", ""),
            ("supporting_therapy", "磁疗", "", ""),
            ("infertility", "不孕不育诊疗", "", ""),
            ("research", "科研性诊疗", "", ""),
            ("transport", "急救车费", "", ""),
            ("comforts", "空调费", "", ""),
            ("comforts", "电视费", "", ""),
            ("companion", "陪护费", "", ""),
            ("nursing", "护工费", "", ""),
            ("nursing", "护工服务费", "ZF0003", ""),
            ("herb_boiling", "门诊煎药费", "", ""),
            ("meals", "膳食费", "", ""),
            ("meals", "营养膳食", "ZF0002", ""),
            ("leisure", "文娱活动费", "", ""),
            ("special_service", "特需病房差价", "ZF0001", ""),
        )
    ),
)
# Class 8: what lies above the highest price of one. The hip's price is the platform's own limit as well.
HIGHEST_PRICES = DemoList(
    key="highest_prices",
    kind=ListKind.EXCLUDED,
    name_zh="最高单价清单",
    name_en="Highest prices",
    source="示例最高单价备案〔2025〕3号",
    items=(
        Item("药物洗脱冠状动脉支架", "C0200104010000322111", limit_price_fen=1_000_000, tag="over_price"),
        Item("人工髋关节假体（陶瓷对聚乙烯）", "C0301040010000512345", limit_price_fen=2_800_000, tag="over_price"),
    ),
)
THIRTY_DRUGS = DemoList(
    key="thirty_drugs",
    kind=ListKind.SPECIAL_DRUGS,
    name_zh="郑州特药目录",
    name_en="Zhengzhou's special drugs",
    source="示例郑州特药备案〔2025〕1号",
    items=(Item("示例郑州特药甲", "TZ001"), Item("示例郑州特药乙", "TZ002")),
)
RARE_DRUGS = DemoList(
    key="rare_drugs",
    kind=ListKind.SPECIAL_DRUGS,
    name_zh="郑州罕见病药目录",
    name_en="Zhengzhou's drugs for rare diseases",
    source="示例郑州特药备案〔2025〕2号",
    items=(Item("示例罕见病药", "TZ101"),),
)


@dataclass(frozen=True, slots=True)
class DemoScheme:
    """opens_on, cover_on: (month, day) of the window's beginning and of the first day of cover, a year apart from the
    next. The window closes on the first day of cover. platform, messages: the prefixes of its credentials."""

    code: str
    name_zh: str
    name_en: str
    city_zh: str
    city_en: str
    area: str
    hotline: str
    plan: str
    premium_fen: int
    opens_on: tuple[int, int]
    cover_on: tuple[int, int]
    shares: tuple[Share, ...]
    platform: str
    messages: str
    ways: tuple[WayIn, ...]
    lists: tuple[DemoList, ...] = ()
    opens_bare_address: bool = False

    @property
    def plan_text(self) -> str:
        """The plan file: of the rules' own plans, or of the demonstration's."""
        own = Path(__file__).parent / "plans" / f"{self.code}.yaml"
        return (own if own.exists() else find_plan(self.plan)).read_text("utf-8")

    def source(self, kind: str, language: str) -> str:
        """Of a published text (`products.texts.source`)."""
        return (Path(__file__).parent / "texts" / self.code / f"{kind}.{language}.md").read_text("utf-8")


SANMENXIA = DemoScheme(
    code="smx",
    name_zh="三门峡惠民保",
    name_en="Sanmenxia Huiminbao",
    city_zh="三门峡",
    city_en="Sanmenxia",
    area="4112",
    hotline="0398-000-0000",
    plan="sanmenxia/huiminbao",
    premium_fen=10_000,  # Sanmenxia 三(四): the first year at most 100 yuan
    opens_on=(10, 1),
    cover_on=(1, 1),
    shares=(
        Share("xiaoshan", 360_000, leads=True),
        Share("dahe", 240_000),
        Share("hangu", 160_000),
        Share("tiane", 140_000),
        Share("ganshan", 100_000),
    ),
    platform="NHSA",
    messages="SMS",
    ways=(
        WayIn(Way.RESIDENT),
        WayIn(Way.EMPLOYER, least_people=5, paid_by=WhoPays.BOTH),
        WayIn(Way.SCHOOL, least_people=10, paid_by=WhoPays.INSURED),
        WayIn(Way.COUNTER),
    ),
    lists=(SPECIAL_DRUGS, EXCLUDED_COSTS, HIGHEST_PRICES),
    opens_bare_address=True,
)
ZHENGZHOU = DemoScheme(
    code="zz",
    name_zh="郑州惠民保",
    name_en="Zhengzhou Huiminbao",
    city_zh="郑州",
    city_en="Zhengzhou",
    area="4101",
    hotline="0371-000-0000",
    plan="demo/zz",
    premium_fen=8_900,
    opens_on=(11, 1),
    cover_on=(2, 1),
    shares=(Share("songshan", 550_000, leads=True), Share("dahe", 450_000)),
    platform="NHSA_2",
    messages="SMS_2",
    ways=(WayIn(Way.RESIDENT), WayIn(Way.COUNTER)),
    lists=(EXCLUDED_COSTS, THIRTY_DRUGS, RARE_DRUGS),
)
INSURERS = {
    "xiaoshan": ("崤山财险（示例）", "Xiaoshan Property (demonstration)"),
    "dahe": ("大河人寿（示例）", "Dahe Life (demonstration)"),
    "hangu": ("函谷健康险（示例）", "Hangu Health (demonstration)"),
    "tiane": ("天鹅湖养老险（示例）", "Swan Lake Pension (demonstration)"),
    "ganshan": ("甘山财险（示例）", "Ganshan Property (demonstration)"),
    "songshan": ("嵩山财险（示例）", "Songshan Property (demonstration)"),
}
FOUNDED_ON = date(2025, 1, 1)
# Invented, like the documents that say so. The codes of hospitals are the sandbox's: (kind, name, area, level).
INSTITUTIONS = {
    "H41120200012": (InstitutionKind.HOSPITAL, "三门峡市中心医院", "411202", "3"),
    "H41128200021": (InstitutionKind.HOSPITAL, "灵宝市第一人民医院", "411282", "2"),
    "H41010200007": (InstitutionKind.HOSPITAL, "河南省示例医院", "410102", "3"),
    "P41120200033": (InstitutionKind.PHARMACY, "三门峡示例大药房", "411202", ""),
    "P41010200044": (InstitutionKind.PHARMACY, "郑州示例大药房", "410102", ""),
}
DESIGNATED_FROM = date(2020, 1, 1)
# Three months at first, two after a break of more than one.
WAITING = {"months_at_first": 3, "months_after_break": 2, "break_months": 1}
REGISTRAR = Actor.system("demo-registrar", "enrollment.operate")
_REGISTERED_AT = datetime(2025, 1, 1, tzinfo=SHANGHAI)


def create_demo_insurers() -> None:
    """Idempotent."""
    for code, (name_zh, name_en) in INSURERS.items():
        Insurer.objects.get_or_create(
            code=code, defaults={"name_zh": name_zh, "name_en": name_en, "from_on": FOUNDED_ON}
        )


def create_demo_institutions() -> None:
    """The hospitals of the sandbox, and a pharmacy in each city. Idempotent."""
    known = set(Institution.objects.filter(code__in=INSTITUTIONS).values_list("code", flat=True))
    for code in INSTITUTIONS.keys() - known:
        kind, name, area, level = INSTITUTIONS[code]
        register_institution(
            code=code,
            kind=kind,
            name_zh=name,
            area=area,
            level=level,
            from_on=DESIGNATED_FROM,
            source="示例定点名录〔2019〕",
            actor=REGISTRAR,
            now=_REGISTERED_AT,
        )


def _set_waiting_rules(scheme: Scheme) -> None:
    for insurance_type in BasicInsurance.values:
        set_waiting_rule(
            scheme=scheme,
            insurance_type=insurance_type,
            from_on=DESIGNATED_FROM,
            **WAITING,
            source="示例医保〔2019〕9号（等待期）",
            actor=REGISTRAR,
            now=_REGISTERED_AT,
        )


def create_demo_scheme(demo: DemoScheme) -> Scheme:
    """With its area, its city's waiting periods, its insurers and the institutions. Idempotent."""
    create_demo_insurers()
    create_demo_institutions()
    scheme, is_new = Scheme.objects.get_or_create(
        code=demo.code,
        defaults={
            "kind": SchemeKind.COMMERCIAL,
            "name_zh": demo.name_zh,
            "name_en": demo.name_en,
            "city_zh": demo.city_zh,
            "city_en": demo.city_en,
            "hotline": demo.hotline,
            "message_signature": demo.name_zh,
            "platform_credentials": demo.platform,
            "message_credentials": demo.messages,
            "opens_bare_address": demo.opens_bare_address,
            "from_on": FOUNDED_ON,
        },
    )
    if is_new:
        SchemeArea.objects.create(scheme=scheme, area=demo.area, from_on=FOUNDED_ON)
        _set_waiting_rules(scheme)
    return scheme
