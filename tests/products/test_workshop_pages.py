"""A product manager gets through the workshop by its pages alone, from a plan year to one in draft with its dossier."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from demo.plan_years import create_demo_plan_years, create_second_city
from products.lifecycle import PlanYearState
from products.models import CityYear, Comparison, Dossier, PlanYear, TermsDraft
from tests.accounts.people import give, signed_in, staff
from work import sweeps

pytestmark = pytest.mark.django_db


@pytest.fixture
def year() -> PlanYear:
    return create_demo_plan_years()[1]


@pytest.fixture
def desk(year: PlanYear) -> Client:
    """Of who draws up the terms of Sanmenxia alone."""
    return signed_in(staff("chanpin", "operator", within={"scheme": ["smx"]}))


def page(desk: Client, name: str, *args: object) -> str:
    answer = desk.get(reverse(f"admin:products_{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def send(desk: Client, name: str, *args: object, **sent: object) -> str:
    """Sent, done, and led on; the page that comes after."""
    answer = desk.post(reverse(f"admin:products_{name}", args=args), sent, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:4000]
    assert answer.redirect_chain
    return answer.content.decode()


def test_from_a_plan_year_to_a_draft_with_its_dossier(desk: Client, year: PlanYear) -> None:
    assert reverse("admin:products_planyear_workshop", args=[year.pk]) in page(desk, "planyear_change", year.pk)
    assert "制作副本" in page(desk, "planyear_workshop", year.pk)
    send(desk, "planyear_copy", year.pk, title="起付线一万二")
    draft = TermsDraft.objects.get()
    shown = send(desk, "termsdraft_figures", draft.pk, revision=1, **{"figure-compliant_self_pay.deductible": "12000"})
    assert "12,000元" in shown
    assert "12,000元" in page(desk, "termsdraft_changes", draft.pk)

    send(desk, "comparison_generate", **_city())
    city = CityYear.objects.get()
    send(desk, "comparison_new", city_year=city.pk, first=f"year:{year.pk}", others=[f"draft:{draft.pk}"])
    comparison = Comparison.objects.get()
    assert "1,000人中已算0人" in page(desk, "comparison_change", comparison.pk)
    sweeps.drain("comparisons")
    shown = page(desk, "comparison_change", comparison.pk)
    assert "赔付率" in shown and "<svg" in shown and "比smx-2027少赔" not in shown.split("<h2>")[0]
    assert "第五年" in page(desk, "comparison_projection", comparison.pk)

    made = send(desk, "termsdraft_file", draft.pk, revision=2, comparison=comparison.pk, **_year_of_2028())
    filed = PlanYear.objects.get(code="smx-2028")
    assert filed.state == PlanYearState.DRAFT
    pdf = Dossier.objects.get(form="pdf")
    assert reverse("admin:products_planyear_dossier", args=[pdf.pk]) in made
    got = desk.get(reverse("admin:products_planyear_dossier", args=[pdf.pk]))
    assert b"".join(got.streaming_content).startswith(b"%PDF")
    send(desk, "planyear_send", filed.pk)
    filed.refresh_from_db()
    assert filed.state == PlanYearState.EXPERT_REVIEW


def _city() -> dict[str, object]:
    return {
        "scheme": "smx", "title": "试算城", "people": 1000, "seed": 1, "year": 2028, "older": 100, "employees": 31,
        "assisted": 6, "stays": 100, "costs": 300, "skew": 100, "out_of_catalogue": 100, "basic_deductible_yuan": 600,
        "basic_rate": 65, "illness_deductible_yuan": 11000, "illness_rate": 60,
    }  # fmt: skip


def _year_of_2028() -> dict[str, str]:
    return {
        "into": "new", "code": "smx-2028", "name_zh": "三门峡惠民保", "name_en": "Sanmenxia Huiminbao",
        "opens_on": "2027-10-01", "closes_on": "2028-01-01", "cover_from": "2028-01-01", "cover_to": "2029-01-01",
    }  # fmt: skip


def test_what_is_wrong_stands_at_its_figure_and_what_was_typed_is_still_there(desk: Client, year: PlanYear) -> None:
    send(desk, "planyear_copy", year.pk, title="x")
    draft = TermsDraft.objects.get()
    address = reverse("admin:products_termsdraft_figures", args=[draft.pk])
    answer = desk.post(address, {"revision": 1, "figure-compliant_self_pay.rate": "七成五"})
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert re.search(r'value="七成五"[^>]*aria-invalid="true"', shown)
    assert "请填写数字" in shown and "figure_unreadable" in shown


def test_the_words_of_the_boxes_match_the_plan(desk: Client, year: PlanYear) -> None:
    """合规自付's deductible, in yuan, beside the sentence of the clauses that says it."""
    shown = page(desk, "planyear_workshop", year.pk)
    own = shown[shown.index('id="section-compliant_self_pay"') :]
    own = own[: own.index("</details>")]
    assert "起付线" in own and "15000 元" in own and "15,000元" in own
    assert "核对没有发现问题" in shown


def test_a_file_with_names_is_refused_and_a_bad_line_is_named(desk: Client, year: PlanYear) -> None:
    address = reverse("admin:products_comparison_upload")

    def uploaded(text: str) -> tuple[int, str]:
        file = SimpleUploadedFile("city.csv", text.encode())
        answer = desk.post(address, {"scheme": "smx", "title": "2026年", "file": file})
        return answer.status_code, answer.content.decode()

    status, shown = uploaded("人员序号,年龄,姓名\n1,30,李秀兰\n")
    assert status == 400 and "“姓名”一列会暴露个人身份" in shown
    status, shown = uploaded("人员序号,年龄,医保政策范围内费用\n1,三十,100\n")
    assert status == 400 and "周岁，0到120" in shown
    assert uploaded("人员序号,年龄,医保政策范围内费用\n1,30,90000\n2,40,\n")[0] == 302
    assert CityYear.objects.get().people == 2
    head = desk.get(reverse("admin:products_comparison_columns")).content.decode("utf-8-sig")
    assert head.startswith("人员序号,年龄,参保类型")


def test_the_figures_come_as_csv_and_nothing_in_it_is_a_formula(desk: Client, year: PlanYear) -> None:
    send(desk, "planyear_copy", year.pk, title='=HYPERLINK("x")')
    draft = TermsDraft.objects.get()
    send(desk, "comparison_generate", **_city())
    send(desk, "comparison_new", city_year=CityYear.objects.get().pk, first=f"draft:{draft.pk}")
    comparison = Comparison.objects.get()
    early = desk.get(reverse("admin:products_comparison_figures", args=[comparison.pk]))
    assert early.status_code == 404
    sweeps.drain("comparisons")
    text = desk.get(reverse("admin:products_comparison_figures", args=[comparison.pk])).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {row["terms"] for row in rows} == {"", '\'=HYPERLINK("x")'}
    [paid] = [
        row["value"] for row in rows if (row["section"], row["group"], row["figure"]) == ("summary", "", "paid_fen")
    ]
    assert int(paid) == comparison.terms.get().figures["paid_fen"]
    query = {"price_rise": "10", "covered": "50"}
    answer = desk.get(reverse("admin:products_comparison_projection_csv", args=[comparison.pk]), query)
    years = [row for row in csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))) if row["year"].isdigit()]
    assert [row["price_fen"] for row in years[:3]] == ["10000", "11000", "12100"]


def test_who_draws_up_sanmenxias_terms_sees_nothing_of_zhengzhou(desk: Client, year: PlanYear) -> None:
    other = create_second_city()
    for name in ("planyear_workshop", "planyear_copy"):
        address = reverse(f"admin:products_{name}", args=[other.pk])
        answer = desk.post(address, {"title": "x"}) if name == "planyear_copy" else desk.get(address)
        assert answer.status_code == 404
    assert "zz-2027" not in page(desk, "comparison_new")
    assert 'value="zz"' not in page(desk, "comparison_generate")


def test_who_only_reads_sees_the_terms_and_no_button(year: PlanYear) -> None:
    bureau = signed_in(staff("yibaoju", "bureau"))
    shown = page(bureau, "planyear_workshop", year.pk)
    assert "合规自付" in shown and "制作副本" not in shown
    copying = bureau.post(reverse("admin:products_planyear_copy", args=[year.pk]), {"title": "x"})
    assert copying.status_code == 403


def test_who_draws_up_another_citys_terms_copies_none_of_these(year: PlanYear) -> None:
    """Finance reads everywhere; she drafts for Zhengzhou alone."""
    create_second_city()
    somebody = staff("caiwu", "operator", within={"scheme": ["zz"]})
    give(somebody, "finance")
    assert "制作副本" not in page(signed_in(User.objects.get(pk=somebody.pk)), "planyear_workshop", year.pk)
