"""Every component in every state, for the eye and for the visual and accessibility tests. Demo and debug only.

The sample people, numbers and amounts are made up; the texts are what a resident would read and are therefore
written in Chinese here, not translated.
"""

from __future__ import annotations

from typing import Any

import segno
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from core.access import public
from look.components import BillPart, FileRow, KeyValue, ReceiptLine, Task, TimelineEvent
from look.pdf import render_pdf

RELATIONS = [("spouse", "配偶"), ("parent", "父母"), ("child", "子女"), ("other", "其他人")]
RELATION_HINTS = {"parent": "可以用您的医保个人账户付", "other": "请用别的方式付，不能用您的个人账户"}

BILL = [
    BillPart("基本医保", 4_138_000, "basic"),
    BillPart("大病保险", 946_000, "critical"),
    BillPart("惠民保", 1_864_000, "huiminbao"),
    BillPart("您自己", 1_672_000, "self"),
]
BILL_OF_ALL_PAYERS = [
    BillPart("基本医保", 8_215_043, "basic"),
    BillPart("大病保险", 2_100_000, "critical"),
    BillPart("医疗救助", 865_000, "assistance"),
    BillPart("公务员补助等", 312_000, "other"),
    BillPart("惠民保", 1_931_957, "huiminbao"),
    BillPart("您自己", 480, "self"),
]
RECEIPT = [
    ReceiptLine("目录内自付", 3_130_000),
    ReceiptLine("今年起付线 15,000，已用 8,000，还剩", 700_000, operator="−"),
    ReceiptLine("可以赔的部分", 2_430_000, total=True),
    ReceiptLine("报销比例 70%，连续两年没理赔 +5%", text="75%", operator="×", clause="保险责任第三条第 2 款"),
    ReceiptLine("应赔", 1_822_500, total=True),
]
RECEIPT_BEYOND = [
    ReceiptLine("目录外、在合理自费清单里", 2_083_000),
    ReceiptLine("起付线", 2_000_000, operator="−"),
    ReceiptLine("报销比例", text="50%", operator="×"),
    ReceiptLine("应赔", 41_500, total=True),
]
FACTS = [
    KeyValue("最高保障", "300 万元", "strong"),
    KeyValue("起付线", "15,000 元", "strong"),
    KeyValue("怎么付", "医保个人账户 · 手机支付"),
]
ANSWERS = [
    KeyValue("被保人", "王桂英", url="#", url_label="改"),
    KeyValue("身份证", "411202********0024", url="#", url_label="改"),
    KeyValue("关系", "母亲", url="#", url_label="改"),
    KeyValue("您要付", "100.00 元", "stop"),
]
TASKS = [
    Task("选谁住的院", "已完成", "done", "#"),
    Task("核对住院费用", "已完成", "done", "#", "医保平台上的结算单，不用您填金额"),
    Task("拍发票和银行卡", "还差 1 张", "look", "#"),
    Task("看一遍再提交", "还不能开始"),
]
EVENTS = [
    TimelineEvent("您提交了申请", "11月10日 09:12", "done"),
    TimelineEvent("材料齐全", "11月11日", "done", "发票 2 张、银行卡 1 张"),
    TimelineEvent("正在审核", "最晚 11月24日告诉您结果", "now", "从材料齐全算起 10 个工作日"),
    TimelineEvent("赔款到账", "结果出来后 10 天以内"),
]
FILES = [
    FileRow("住院发票 第1页.jpg", 1_843_200, "#", "已收到", "done", remove_url="#"),
    FileRow("IMG_20261102_093015_很长很长的文件名_银行卡正面.png", 402_100, "#", "查毒中", "plain", remove_url="#"),
    FileRow(
        "费用清单.pdf",
        0,
        state="没收下",
        kind="stop",
        error="这个文件其实不是 PDF，可能传的时候坏了。请重新拍照再传一次。",
        remove_url="#",
    ),
]


class SampleForm(forms.Form):
    """One field of every sort. Its errors are written as real ones would be."""

    name = forms.CharField(label="姓名", help_text="和身份证上一样")
    identity = forms.CharField(label="身份证号码")
    phone = forms.CharField(label="手机号")
    code = forms.CharField(label="短信验证码")
    amount = forms.CharField(label="发票金额", required=False)
    hospital = forms.ChoiceField(
        label="医院", choices=[("", "请选择"), ("1", "示例市中心医院"), ("2", "示例市第二医院")]
    )
    reason = forms.CharField(label="还有什么要说明的", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    photo = forms.FileField(label="发票照片")
    relation = forms.ChoiceField(label="他/她是您的什么人？", choices=RELATIONS, widget=forms.RadioSelect)
    people = forms.MultipleChoiceField(
        label="给谁参保？",
        choices=[("1", "李秀兰（您自己）"), ("2", "王桂英（母亲）")],
        widget=forms.CheckboxSelectMultiple,
    )
    agree = forms.BooleanField(label="我看过了“不赔什么”，都明白")

    def clean_identity(self) -> str:
        raise forms.ValidationError("身份证最后一位不对，请对照证件再看一眼。")


def sample_forms() -> dict[str, forms.Form]:
    filled = {"name": "王桂英", "relation": "parent", "people": ["1", "2"], "agree": True, "amount": "1280.50"}
    return {
        "blank": SampleForm(prefix="a", initial={}),
        "filled": SampleForm(prefix="b", initial=filled),
        "refused": SampleForm({"c-name": "王桂英", "c-identity": "411202195203040023", "c-people": []}, prefix="c"),
    }


def sample_context() -> dict[str, Any]:
    bars = {"bill": BILL, "bill_all": BILL_OF_ALL_PAYERS, "bill_unpaid": [BillPart("您自己", 128_050, "self")]}
    receipts = {"receipt_lines": RECEIPT, "receipt_beyond": RECEIPT_BEYOND}
    lists = {"facts": FACTS, "answers": ANSWERS, "tasks": TASKS, "events": EVENTS, "files": FILES}
    page = {"relation_hints": RELATION_HINTS, "product_name": "示例市惠民保", "hotline": "400-000-0000"}
    insurers = {
        "insurers": (
            "甲财险（示例）",
            "乙人寿（示例）",
            "丙健康险（示例）",
            "丁养老险（示例）",
            "戊财险（示例）",
        )
    }
    return {**bars, **receipts, **lists, **page, **insurers, **sample_forms(), "payable_fen": 1_864_000}


# What may follow /styleguide/<name>/: whole pages put together from the components, as a resident sees them.
PAGES = {
    "components": "styleguide/components.html",
    "home": "styleguide/home.html",
    "claim": "styleguide/claim.html",
    "question": "styleguide/question.html",
    "desk": "styleguide/desk.html",
    "error": "errors/busy.html",
}


@public
def styleguide(request: HttpRequest, name: str = "components") -> HttpResponse:
    """GET /styleguide/[<name>/]?theme=dark&text=large. Unknown names answer 404."""
    template = PAGES.get(name)
    if template is None:
        return render(request, "404.html", status=404)
    modes = {"look_theme": request.GET.get("theme", ""), "look_text": request.GET.get("text", "")}
    return render(request, template, {**sample_context(), **modes})


PAPERS = {"policy": "styleguide/policy_pdf.html", "letter": "styleguide/letter_pdf.html"}


def sample_pdf(name: str, lang: str = "zh-CN") -> bytes:
    """The sample policy or decision letter. Raises KeyError for another name."""
    code = segno.make("https://example.invalid/verify/SP-2026-7K3M", error="m")
    picture = mark_safe(code.svg_inline(border=0, dark="#16211d", omitsize=True))  # noqa: S308  (drawn by us)
    return render_pdf(PAPERS[name], {**sample_context(), "qr": picture}, lang=lang)


@public
def styleguide_pdf(request: HttpRequest, name: str) -> HttpResponse:
    """GET /styleguide/pdf/policy/ and /styleguide/pdf/letter/."""
    if name not in PAPERS:
        return render(request, "404.html", status=404)
    return HttpResponse(sample_pdf(name), content_type="application/pdf")
