"""Claims of the demonstration, made by the same actions that people use: one waiting, one decided with nothing due.

Li Xiulan's own stay of March is left for whoever tries the portal. Idempotent; needs the sandbox.
"""

from __future__ import annotations

import hashlib
import io
import time
import uuid
from datetime import datetime

from PIL import Image, ImageDraw, ImageFont

from accounts.models import User
from claims import actions, questions, shown, stays
from claims.banks import BANKS
from claims.checklist import CHECKLISTS, ClaimType, DocumentKind
from claims.documents.quarantine import Quarantined, quarantine_folder
from claims.lifecycle import DocumentState
from claims.models import Claim
from claims.models.incident import Cause, OtherInsurance
from claims.stays import ListedStay
from core import clock
from core.money import format_yuan
from enrollment import selectors as enrollment
from enrollment.models import Policy
from look.fonts import font_path
from work import sweeps

# An account that the sandbox's bank knows under this very name.
CARD_NUMBERS = {"王桂英": "6217002510001000017", "张建国": "6217002510001000025"}


def create_demo_claims(*, filed_by: User, reviewer: User, approver: User, now: datetime) -> list[Claim]:
    """For the relatives whom the filer enrolled last year: the oldest stay is decided, a later one waits.

    Returns the claims that stand afterwards. Raises Busy platform_silent when the sandbox is not up.
    """
    for policy in enrollment.claimable_policies(filed_by.actor(), today=clock.civil_date(now)):
        if policy.insured.user_id == filed_by.pk or policy.claims.exists():
            continue
        listed = list(reversed(stays.claimable(stays.find_stays(policy, now=now), policy)))
        for number, stay in enumerate(listed[:2]):
            claim = _hand_in(policy, stay, filed_by, now)
            if number == 0:
                _decide(claim, reviewer, approver, now)
    return list(Claim.objects.filter(filed_by=filed_by))


def _hand_in(policy: Policy, stay: ListedStay, filed_by: User, now: datetime) -> Claim:
    actor = filed_by.actor()
    claim = actions.start_claim(policy=policy, stays=[stay.numbers], actor=actor, now=now, wait=True)
    assert claim is not None
    said = {"cause": Cause.ILLNESS, "other_insurance": OtherInsurance.NO}
    asked = {question.name for question in questions.asked(claim, said)}
    answers = {name: answer for name, answer in said.items() if name in asked}
    actions.answer_questions(claim=claim, answers=answers, actor=actor, now=now)
    name = policy.insured.name
    for requirement in CHECKLISTS[claim.claim_type]:
        words = _WORDS[requirement.kind].format(
            hospital=stay.hospital_name, name=name, total=format_yuan(stay.total_fen)
        )
        actions.add_document(claim=claim, kind=requirement.kind, upload=_picture(words), actor=actor, now=now)
    # No worker runs yet; with one running, whoever is first takes them.
    while claim.documents.filter(state=DocumentState.RECEIVED).exists():
        if not sweeps.drain("papers", now=now):
            time.sleep(0.2)
    actions.set_payee(
        claim=claim,
        seen=shown.own_version(claim),
        payee_name=name,
        account_no=CARD_NUMBERS[name],
        bank_code=next(iter(BANKS)),
        actor=actor,
        now=now,
    )
    return actions.submit_claim(claim=claim, seen=shown.own_version(_again(claim)), actor=actor, now=now)


def _again(claim: Claim) -> Claim:
    """The claim as it stands now, as a page would load it."""
    return Claim.objects.get(pk=claim.pk)


def _decide(claim: Claim, reviewer: User, approver: User, now: datetime) -> None:
    for act, who in (
        (actions.take_claim, reviewer),
        (actions.propose_decision, reviewer),
        (actions.approve_decision, approver),
    ):
        act(claim=claim, seen=shown.desk_version(_again(claim)), actor=who.actor(), now=now)


_WORDS = {
    DocumentKind.INVOICE: "河南省医疗住院收费票据（示例）\n{hospital}\n姓名 {name}\n金额合计 {total} 元",
    DocumentKind.BANK_CARD: "储蓄卡（示例）\n{name}",
    DocumentKind.PRESCRIPTION: "处方笺（示例）\n{hospital}\n姓名 {name}",
}
assert all(requirement.kind in _WORDS for kind in ClaimType for requirement in CHECKLISTS[kind])


def _picture(words: str) -> Quarantined:
    """A photograph as a resident might send it, in quarantine."""
    image = Image.new("RGB", (1280, 900), "#f7f4ea")
    draw = ImageDraw.Draw(image)
    draw.rectangle((48, 48, 1232, 852), outline="#b9b29a", width=4)
    draw.multiline_text(
        (110, 120), words, fill="#2b2b2b", font=ImageFont.truetype(str(font_path("bold")), 52), spacing=36
    )
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    content = out.getvalue()
    path = quarantine_folder() / str(uuid.uuid4())
    path.write_bytes(content)
    return Quarantined("照片.jpg", path, len(content), hashlib.sha256(content).hexdigest())
