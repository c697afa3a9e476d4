"""What the matrix is made of. A new action of staff, page of the admin or route with something in its address is
declared here, in one entry; without it the matrix fails and names what is missing. See docs/testing.md, "The matrix".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts import actions as accounts
from accounts.models import DataRequest
from accounts.shown import role_version
from benefits.simulation.city import Shape
from claims import actions as claims
from claims.models import Claim
from core import clock
from core.actors import Actor
from parties.actions import designate, register_institution, set_waiting_rule
from payments.actions import ask_again
from payments.shown import money_version
from people.actions import check_household, confirm_residence
from products import actions as products
from products.admin.forms import SHAPE
from products.models import ListKind, TermsDraft
from products.shown import plan_year_version
from tests.portal.matrix.claims_desk import BUTTONS, ready_for, sent_with
from tests.portal.matrix.world import World
from work.human_tasks import settle_human_task, task_version

# Of somebody who may it is asked that one of these is so: all these permissions, held where this thing belongs.
Asked = tuple[frozenset[str], str]


def asked(permissions: str, of: str) -> Asked:
    return frozenset(permissions.split()), of


@dataclass(frozen=True)
class Button:
    """The same action through the admin. page: name of the route; row: whose key is in its address, "" for none; sent:
    what the form carries."""

    page: str
    row: str = ""
    sent: Callable[[World], Mapping[str, Any]] = lambda world: {}
    more: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Action:
    """asks: any of these is enough. call: the action, as somebody. ready: brings the world to where this is the next
    thing to do. concerns: nobody does it about herself or her family.
    """

    asks: tuple[Asked, ...]
    call: Callable[[World, Actor], Any]
    button: Button | None = None
    ready: Callable[[World], None] = lambda world: None
    concerns: bool = False


def _now(**more: Any) -> dict[str, Any]:
    return {"now": clock.now(), **more}


def _year(world: World) -> Any:
    return world.rows["next year"]


def _draft(world: World) -> Any:
    return TermsDraft.objects.get(pk=world.rows["terms draft"].pk)


def _desk(verb: str, *asks: Asked) -> Action:
    """A verb of the claims' desk: through its action, and through its button."""
    return Action(
        asks or (asked("claims.review", "claim"),),
        lambda world, actor: BUTTONS[verb](world, Claim.objects.get(pk=world.rows["claim"].pk), actor),
        # Not to pay to a new account is "send back" on the page.
        Button("claims_claim_do", "claim", lambda world: sent_with(world, verb), more=(BUTTON_OF.get(verb, verb),)),
        ready=lambda world: ready_for(world, verb),
        concerns=True,
    )


CLINIC = {
    "code": "H41120200077", "kind": "hospital", "name_zh": "x", "name_en": "", "area": "411202", "level": "2",
    "source": "x",
}  # fmt: skip
RULE = {
    "insurance_type": "resident", "months_at_first": 6, "months_after_break": 3, "break_months": 2, "source": "x"
}  # fmt: skip
TEXT = {"kind": "notice", "source_zh": "看一看。 {narrative}\n", "source_en": "Have a look. {narrative}\n"}
YEAR_OF_2031 = {
    "code": "smx-2031", "name_zh": "x", "name_en": "x", "opens_on": "2030-10-01", "closes_on": "2031-01-01",
    "cover_from": "2031-01-01", "cover_to": "2032-01-01",
}  # fmt: skip
CITY = {"title": "x", "people": 1, "seed": 1, "year": 2027, **{name: getattr(Shape(), name) for name in SHAPE}}
ONE_PERSON = "人员序号,年龄\n1,30\n".encode()
# A contract that the city's notice announces.
_ONE_MORE = {"starts_on": "2030-01-01", "source": "x"}

BUTTON_OF = {"refuse_payout": "send_back"}
APPROVES = asked("claims.approve", "claim")
REVIEWS = asked("claims.review", "claim")

ACTIONS: dict[str, Action] = {
    # accounts
    "grant_role": Action(
        (asked("accounts.grant_role", "colleague"),),
        lambda w, a: accounts.grant_role(user=w.newcomer, role="employer_clerk", actor=a, **_now()),
        Button("accounts_roleassignment_add", "", lambda w: {"user": w.newcomer.pk, "role": "employer_clerk"}),
    ),
    "confirm_role": Action(
        (asked("accounts.grant_role", "role proposed"),),
        lambda w, a: accounts.confirm_role(assignment=w.proposed, seen=role_version(w.proposed), actor=a, **_now()),
        Button(
            "accounts_roleassignment_change",
            "role proposed",
            lambda w: {"decision": "confirm", "seen": role_version(w.proposed)},
        ),
    ),
    "decline_role": Action(
        (asked("accounts.grant_role", "role proposed"),),
        lambda w, a: accounts.decline_role(assignment=w.proposed, actor=a, **_now()),
        Button(
            "accounts_roleassignment_change",
            "role proposed",
            lambda w: {"decision": "decline", "seen": role_version(w.proposed)},
        ),
    ),
    "revoke_role": Action(
        (asked("accounts.grant_role", "role"),),
        lambda w, a: accounts.revoke_role(assignment=w.rows["role"], actor=a, **_now()),
        Button("accounts_roleassignment_changelist", "", lambda w: pressed("take_back", w.rows["role"])),
    ),
    "set_active": Action(
        (asked("accounts.manage_staff", "colleague"),),
        lambda w, a: accounts.set_active(user=w.colleague, active=False, actor=a),
        Button("accounts_user_changelist", "", lambda w: pressed("block", w.colleague)),
    ),
    "reset_second_factor": Action(
        (asked("accounts.manage_staff", "colleague"),),
        lambda w, a: accounts.reset_second_factor(user=w.colleague, actor=a),
        Button("accounts_user_changelist", "", lambda w: pressed("reset_second_factor", w.colleague)),
    ),
    "settle_name_correction": Action(
        (asked("accounts.settle_data_request", "name request"),),
        lambda w, a: accounts.settle_name_correction(
            request=DataRequest.objects.get(pk=w.rows["name request"].pk), accept=True, answer="", actor=a, **_now()
        ),
        Button("accounts_datarequest_change", "name request", lambda w: {"decision": "accept"}),
    ),
    "reveal_identity": Action(
        (
            asked("identity.reveal enrollment.operate", "person"),
            asked("identity.reveal claims.read", "claim"),  # the insured of a claim at her desk
        ),
        lambda w, a: accounts.reveal_identity(
            subject=w.rows["person"], field="id_number", reason="calls back", actor=a, **_now()
        ),
    ),
    # the human queue
    "settle_human_task": Action(
        (asked("work.settle_task", "task"),),
        lambda w, a: settle_task(w, "task", a),
        Button("work_humantask_change", "task", lambda w: settling(w, "task")),
    ),
    "settle_human_task of an alarm": Action(
        (asked("accounts.read_audit", "alarm"),),
        lambda w, a: settle_task(w, "alarm", a),
        Button("work_humantask_change", "alarm", lambda w: settling(w, "alarm")),
    ),
    # money
    **{
        f"ask_again of a {what}": Action(
            (asked("payments.finance", what),),
            lambda w, a, what=what: ask_again(row=w.rows[what], seen=money_version(w.rows[what]), actor=a, **_now()),
            Button(
                f"payments_{what}_changelist",
                "",
                lambda w, what=what: {
                    **pressed("ask_the_channel_again", w.rows[what]),
                    f"seen-{w.rows[what].pk}": money_version(w.rows[what]),
                },
            ),
        )
        for what in ("payment", "refund", "transfer")
    },
    # people
    "check_household": Action(
        (asked("enrollment.confirm_kinship", "kinship"),),
        lambda w, a: check_household(kinship=w.rows["kinship"], shows_it=True, found="户口簿第3页", actor=a, **_now()),
        concerns=True,
    ),
    # Of somebody whom no scheme here has to do with: what she shows is for the scheme.
    "confirm_residence": Action(
        (asked("enrollment.confirm_residence", "scheme"),),
        lambda w, a: confirm_residence(person=w.newcomer_to_town, **w.papers_of_work(), actor=a, **_now()),
        Button("people_person_add", "", lambda w: {**w.papers_of_work(), **w.card_of_newcomer(), "scheme": "smx"}),
    ),
    # And once it was read, on her page.
    "confirm_residence again": Action(
        (asked("enrollment.confirm_residence", "new citizen"),),
        lambda w, a: confirm_residence(person=w.rows["new citizen"], **w.papers_of_work(), actor=a, **_now()),
        Button(
            "people_person_change",
            "new citizen",
            lambda w: {
                **w.papers_of_work(),
                **no_inlines("documents", "insurances", "classes", "residences"),
                "scheme": "smx",
            },
        ),
    ),
    # parties
    "register_institution": Action(
        (asked("enrollment.operate", "register of institutions"),),
        lambda w, a: register_institution(**CLINIC, from_on=clock.today(), actor=a, **_now()),
        Button("parties_institution_add", "", lambda w: {**CLINIC, **_ONE_MORE, **no_inlines("designations")}),
    ),
    "designate": Action(
        (asked("enrollment.operate", "register of institutions"),),
        lambda w, a: designate(
            institution=w.rows["institution"],
            is_designated=True,
            level="3",
            from_on=clock.today(),
            source="x",
            actor=a,
            **_now(),
        ),
        Button(
            "parties_institution_change",
            "institution",
            lambda w: {**_ONE_MORE, "level": "3", **no_inlines("designations")},
        ),
    ),
    "set_waiting_rule": Action(
        (asked("enrollment.operate", "scheme"),),
        lambda w, a: set_waiting_rule(scheme=w.rows["scheme"], **RULE, from_on=clock.today(), actor=a, **_now()),
        Button(
            "parties_scheme_change",
            "scheme",
            lambda w: {**RULE, "rule_from_on": str(clock.today()), **no_inlines("areas", "waiting_rules")},
        ),
    ),
    # products
    "draft_plan_year": Action(
        (asked("enrollment.operate", "scheme"),),
        lambda w, a: products.draft_plan_year(
            scheme=w.rows["scheme"],
            code="smx-2031",
            name_zh="x",
            name_en="x",
            premium_fen=1,
            benefits_plan=w.year.benefits_plan,
            benefits_text=w.year.benefits_text,
            cover_from=w.year.cover_from.replace(year=2031),
            cover_to=w.year.cover_to.replace(year=2032),
            opens_at=w.year.opens_at.replace(year=2030),
            closes_at=w.year.closes_at.replace(year=2031),
            actor=a,
            **_now(),
        ),
    ),
    "attach_document": Action(
        (asked("enrollment.operate", "next year"),),
        lambda w, a: products.attach_document(
            plan_year=_year(w), kind="notice", source_zh="x", source_en="x", actor=a, **_now()
        ),
    ),
    "set_shares": Action(
        (asked("enrollment.operate", "next year"),),
        lambda w, a: products.set_shares(plan_year=_year(w), shares=[], actor=a, **_now()),
    ),
    "open_ways": Action(
        (asked("enrollment.operate", "next year"),),
        lambda w, a: products.open_ways(plan_year=_year(w), ways=[], actor=a, **_now()),
    ),
    "define_list": Action(
        (asked("enrollment.operate", "scheme"),),
        lambda w, a: products.define_list(
            scheme=w.rows["scheme"], key="x", kind=ListKind.OTHER, name_zh="x", name_en="x", actor=a, **_now()
        ),
    ),
    "draft_list": Action(
        (asked("enrollment.operate", "filed list"),),
        lambda w, a: products.draft_list(
            filed_list=w.rows["filed list"], items=[], from_on=clock.today(), source="x", actor=a, **_now()
        ),
    ),
    "publish_list": Action(
        (asked("enrollment.operate", "list version"),),
        lambda w, a: products.publish_list(version=w.rows["list version"], actor=a, **_now()),
    ),
    # The button is on the page of the workshop; what it says of a plan year that is published is not asked here.
    "send_to_experts": Action(
        (asked("enrollment.operate", "next year"),),
        lambda w, a: products.send_to_experts(plan_year=_year(w), actor=a, **_now()),
    ),
    "publish_plan_year": Action(
        (asked("enrollment.operate", "next year"),),
        lambda w, a: products.publish_plan_year(
            plan_year=_year(w), seen=plan_year_version(_year(w)), actor=a, **_now()
        ),
    ),
    "close_plan_year": Action(
        (asked("enrollment.operate", "next year"),),
        lambda w, a: products.close_plan_year(plan_year=_year(w), actor=a, **_now()),
    ),
    "file_plan_year": Action(
        (asked("enrollment.file_plan", "next year"),),
        lambda w, a: products.file_plan_year(plan_year=_year(w), filing_number="1", actor=a, **_now()),
    ),
    # products: the plan workshop
    "start_terms_draft": Action(
        (asked("enrollment.operate", "plan year"),),
        lambda w, a: products.start_terms_draft(plan_year=w.year, title="y", actor=a, **_now()),
        Button("products_planyear_copy", "plan year", lambda w: {"title": "y"}),
    ),
    "change_terms": Action(
        (asked("enrollment.operate", "terms draft"),),
        lambda w, a: products.change_terms(draft=_draft(w), values={}, revision=1, actor=a, **_now()),
        Button("products_termsdraft_figures", "terms draft", lambda w: {"revision": 1}),
    ),
    "change_draft_text": Action(
        (asked("enrollment.operate", "terms draft"),),
        lambda w, a: products.change_draft_text(draft=_draft(w), **TEXT, revision=1, actor=a, **_now()),
        Button("products_termsdraft_text", "terms draft", lambda w: {**TEXT, "revision": 1}, more=("notice",)),
    ),
    "discard_terms_draft": Action(
        (asked("enrollment.operate", "terms draft"),),
        lambda w, a: products.discard_terms_draft(draft=_draft(w), revision=1, actor=a, **_now()),
        Button("products_termsdraft_discard", "terms draft", lambda w: {"revision": 1}),
    ),
    "file_terms_draft": Action(
        (asked("enrollment.operate", "terms draft"),),
        # Into one that stands already: that is said after the permission was asked.
        lambda w, a: products.file_terms_draft(
            draft=_draft(w), into=w.year, comparison=None, revision=1, actor=a, **_now()
        ),
        Button("products_termsdraft_file", "terms draft", lambda w: {**YEAR_OF_2031, "into": "new", "revision": 1}),
    ),
    "replace_terms": Action(
        (asked("enrollment.operate", "next year"),),
        lambda w, a: products.replace_terms(
            plan_year=_year(w), premium_fen=1, benefits_plan="x", benefits_text="x", actor=a, **_now()
        ),
    ),
    "generate_city_year": Action(
        (asked("enrollment.operate", "scheme"),),
        lambda w, a: products.generate_city_year(
            scheme=w.rows["scheme"], title="x", people=1, seed=1, year=2027, shape={}, actor=a, **_now()
        ),
        Button("products_comparison_generate", "", lambda w: {**CITY, "scheme": "smx"}),
    ),
    "upload_city_year": Action(
        (asked("enrollment.operate", "scheme"),),
        lambda w, a: products.upload_city_year(
            scheme=w.rows["scheme"], title="x", content=ONE_PERSON, actor=a, **_now()
        ),
        Button(
            "products_comparison_upload",
            "",
            lambda w: {"scheme": "smx", "title": "x", "file": SimpleUploadedFile("city.csv", ONE_PERSON)},
        ),
    ),
    "start_comparison": Action(
        (asked("enrollment.operate", "city year"),),
        lambda w, a: products.start_comparison(city_year=w.rows["city year"], terms=[w.year], actor=a, **_now()),
        Button(
            "products_comparison_new",
            "",
            lambda w: {"city_year": w.rows["city year"].pk, "first": f"year:{w.year.pk}"},
        ),
    ),
    "cancel_comparison": Action(
        (asked("enrollment.operate", "comparison"),),
        lambda w, a: products.cancel_comparison(comparison=w.rows["comparison"], actor=a, **_now()),
        Button("products_comparison_cancel", "comparison"),
    ),
    # the claims' desk
    "report_claim": Action(
        # Of a claim that is not written it is not known yet where its bills come from.
        (asked("claims.review", "claim to be"),),
        lambda w, a: claims.report_claim(
            policy=w.rows["policy"],
            began_on=w.report.began_on,
            way="counter",
            reported_by="x",
            contact="",
            what_happened="",
            actor=a,
            **_now(),
        ),
        concerns=True,
    ),
    "register_claim": Action(
        (asked("claims.review", "report"),),
        lambda w, a: claims.register_claim(report=w.report, stays=[], actor=a, **_now()),
        concerns=True,
    ),
    "close_report": Action(
        (asked("claims.review", "report"),),
        lambda w, a: claims.close_report(report=w.report, because="", actor=a, **_now()),
        concerns=True,
    ),
    # Residents look up their own; of which policies, enrollment.selectors.policy_for_claim says.
    "look_up_stays": Action(
        (asked("claims.review", "claim to be"),),
        lambda w, a: claims.look_up_stays(policy=w.rows["policy"], actor=a, **_now()),
    ),
    # For a claim that was approved and whose payout was never written; for people, as one who could approve it.
    "pay_claim": Action(
        (APPROVES,),
        lambda w, a: claims.pay_claim(claim=Claim.objects.get(pk=w.claim.pk), actor=a, **_now()),
        concerns=True,
    ),
    # Without a reason nothing is found; the refusal of that comes after the permission.
    "record_finding": Action(
        (REVIEWS,),
        lambda w, a: claims.record_finding(
            claim=Claim.objects.get(pk=w.claim.pk), fact="", found="", reason="", seen="", actor=a, **_now()
        ),
        concerns=True,
    ),
    "ask_platform": Action(
        (REVIEWS,),
        lambda w, a: claims.ask_platform(claim=Claim.objects.get(pk=w.claim.pk), actor=a, **_now()),
        concerns=True,
    ),
    "take_claim": _desk("take"),
    "propose_decision": _desk("propose"),
    # The claim's reviewer asks first; a supervisor asks again.
    "request_materials": _desk("materials", REVIEWS, asked("claims.supervise", "claim")),
    "approve_decision": _desk("approve", APPROVES),
    "send_back": _desk("send_back", APPROVES),
    "decline_claim": _desk("decline", APPROVES),
    "propose_payout": _desk("propose_payout", REVIEWS, APPROVES),
    "confirm_payout": _desk("confirm_payout", APPROVES),
    "refuse_payout": _desk("refuse_payout", APPROVES),
    "propose_payees": _desk("propose_payees"),
    "confirm_payees": _desk("confirm_payees", APPROVES),
    "refuse_payees": _desk("refuse_payees", APPROVES),
}


def no_inlines(*prefixes: str) -> dict[str, int]:
    """What a form of the admin carries of the rows below it that are only shown."""
    return {f"{prefix}-{name}": 0 for prefix in prefixes for name in ("TOTAL_FORMS", "INITIAL_FORMS")}


def pressed(action: str, row: Any) -> dict[str, Any]:
    """A button of a list, with this row ticked."""
    return {"action": action, "_selected_action": [row.pk]}


def settle_task(world: World, name: str, actor: Actor) -> Any:
    task: Any = world.rows[name]
    return settle_human_task(task=task, seen=task_version(task), resolution="asked the bank", actor=actor, **_now())


def settling(world: World, name: str) -> dict[str, Any]:
    task: Any = world.rows[name]
    return {"resolution": "asked the bank", "seen": task_version(task)}


# The pages of the admin: model -> the row of the world that they show. Who may is what the role table says of
# "app.view_model", where the row belongs. A task is seen by who settles it besides; a claim by who reads at the desk.
PAGES: dict[str, str] = {
    "accounts.user": "colleague",
    "accounts.roleassignment": "role",
    "accounts.identityreveal": "reading",
    "accounts.failedsignin": "failed sign-in",
    "accounts.consent": "consent",
    "accounts.datarequest": "name request",
    "claims.claim": "claim",
    "enrollment.order": "order",
    "enrollment.policy": "policy",
    "enrollment.salesstep": "sales step",
    "ledger.account": "ledger account",
    "ledger.transaction": "booking",
    "messaging.smsmessage": "text message",
    "parties.scheme": "scheme",
    "parties.insurer": "insurer",
    "parties.institution": "institution",
    "parties.organisation": "organisation",
    "payments.payment": "payment",
    "payments.refund": "refund",
    "payments.transfer": "transfer",
    "payments.moneyaccount": "money account",
    "payments.notification": "notification",
    "people.person": "person",
    "people.kinship": "kinship",
    "products.planyear": "plan year",
    "products.plandocument": "plan document",
    "products.filedlist": "filed list",
    "products.listversion": "list version",
    "products.termsdraft": "terms draft",
    "products.comparison": "comparison",
    "work.humantask": "task",
}
# Pages that open by another permission than "app.view_model".
OPENED_BY = {"ledger.account": "ledger.read", "ledger.transaction": "ledger.read"}
# What must be held besides "app.view_model", for the same row.
BESIDES = {"claims.claim": frozenset({"claims.read"}), "work.humantask": frozenset({"work.settle_task"})}
# What of a page is more than looking: who may add or change, asked of the page itself. Everything else nobody may.
CHANGES: dict[tuple[str, str], Asked] = {
    ("accounts.user", "add"): asked("accounts.add_user", "colleague"),
    ("accounts.roleassignment", "add"): asked("accounts.grant_role", "role"),
    ("accounts.roleassignment", "change"): asked("accounts.grant_role", "role proposed"),
    ("accounts.datarequest", "change"): asked("accounts.settle_data_request", "name request"),
    ("parties.institution", "add"): asked("enrollment.operate", "register of institutions"),
    ("parties.institution", "change"): asked("enrollment.operate", "register of institutions"),
    ("parties.scheme", "change"): asked("enrollment.operate", "scheme"),
    ("products.filedlist", "add"): asked("enrollment.operate", "filed list"),
    ("products.filedlist", "change"): asked("enrollment.operate", "filed list"),
    ("products.listversion", "change"): asked("enrollment.operate", "list version"),
    ("people.person", "add"): asked("enrollment.confirm_residence", "scheme"),
    ("people.person", "change"): asked("enrollment.confirm_residence", "person"),
    ("people.kinship", "change"): asked("enrollment.confirm_kinship", "kinship"),
    ("work.humantask", "change"): asked("work.settle_task", "task"),
}
# Further verbs of a page, each asked without a row: a button above its list.
LIST_BUTTONS: dict[tuple[str, str], str] = {
    ("accounts.user", "manage"): "accounts.manage_staff",
    ("accounts.roleassignment", "take_back"): "accounts.grant_role",
    ("accounts.failedsignin", "let_try_again"): "accounts.manage_staff",
    ("payments.payment", "ask"): "payments.finance",
    ("payments.refund", "ask"): "payments.finance",
    ("payments.transfer", "ask"): "payments.finance",
}

PDF = "application/pdf"
LI, MOTHER, ZHAO = "Li", "her mother", "Zhao"
EVERYBODY = frozenset({LI, MOTHER, ZHAO})


@dataclass(frozen=True)
class Route:
    """args: what stands in the address. of: whose it is; opens: to whom of the three; who does not get it gets "not
    found". Of Li's own her mother is family without a hand in it; of her mother's Li is family who acts for her, her
    kinship being proved; Zhao is a stranger. staff: who of the staff, where it is not enough to hold the permission
    that the route declares. ready: brings the world to where there is something to open. shows: what kind of thing it
    is then, where a page would not do. sent: what a form carries, of what is not read but done.
    """

    args: Callable[[World], Mapping[str, Any]]
    of: str = LI
    opens: frozenset[str] = frozenset({LI})
    staff: tuple[Asked, ...] = field(default=())
    ready: Callable[[World], None] = lambda world: None
    shows: str = ""
    sent: Mapping[str, str] | None = None

    def owner(self, who: str) -> str:
        """How the cell is called."""
        return "own" if who == self.of else "stranger" if who == ZHAO else "family"


def _mothers(args: Callable[[World], Mapping[str, Any]], **more: Any) -> Route:
    """Of what Li does for her mother, and her mother sees as well."""
    return Route(args, MOTHER, frozenset({LI, MOTHER}), **more)


def _claim(world: World) -> dict[str, Any]:
    return {"number": world.mothers_claim.number}


def _paper(world: World) -> dict[str, Any]:
    return {"document_id": world.mothers_paper.pk}


def _desk_paper(world: World) -> dict[str, Any]:
    return {"document_id": world.paper.pk}


def _order(world: World) -> dict[str, Any]:
    return {"number": world.rows["order"].number}  # type: ignore[attr-defined]


def _policy(world: World) -> dict[str, Any]:
    return {"number": world.mothers_policy.number}


def _payment(world: World) -> dict[str, Any]:
    return {"number": "PY-1"}


def _kinship(world: World) -> dict[str, Any]:
    return {"pk": world.rows["kinship"].pk}


def _report(world: World) -> dict[str, Any]:
    return {"pk": world.report.pk}


def _of(name: str) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {"pk": world.rows[name].pk}


def _draws_up(name: str) -> tuple[Asked, ...]:
    return (asked("enrollment.operate", name),)


def _figures(shows: str) -> Route:
    """Of a comparison that is done."""
    staff = (asked("products.view_comparison", "comparison"),)
    return Route(_of("comparison"), staff=staff, ready=World.computes, shows=shows)


_AT_THE_DESK = (asked("claims.read", "claim"),)
# Of one's own choice of bills; none of these people has chosen any.
_WHOSE_CHOICE = (asked("nobody's", "report"),)

# Routes with something in their address. The others are everybody's who holds the permission that they declare.
ROUTES: dict[str, Route] = {
    "accounts:change_consent": Route(lambda w: {"purpose": "reminders"}, opens=EVERYBODY, sent={"answer": "agree"}),
    "accounts:reveal": Route(
        lambda w: {"model": "people.person", "pk": w.rows["person"].pk, "field": "name"},
        staff=(
            asked("identity.reveal enrollment.operate", "person"),
            asked("identity.reveal claims.read", "claim"),
        ),
    ),
    "payments:payment": Route(_payment),
    "payments:cashier": Route(_payment),
    "people:answer_kinship": Route(_kinship, opens=frozenset({MOTHER})),  # whom it is about answers
    "people:kinship": Route(_kinship),
    "enrollment:exclusions": Route(_order),
    "enrollment:terms": Route(_order),
    "enrollment:check": Route(_order),
    "enrollment:pay": Route(_order),
    "enrollment:give_up": Route(_order, sent={}),
    "enrollment:cancel": Route(_order, sent={}),
    "enrollment:done": Route(_order),
    "enrollment:policy": _mothers(_policy),
    "enrollment:certificate": _mothers(_policy, shows=PDF),
    "enrollment:surrender": Route(_policy, sent={}),  # by whom it was bought, and not by whom it insures
    "claims:choose_stay": _mothers(lambda w: {"policy_number": w.mothers_policy.number}),
    "claims:fetching": _mothers(lambda w: {"policy_number": w.mothers_policy.number}),
    "claims:bills": _mothers(_claim),
    "claims:what_happened": _mothers(_claim),
    "claims:paper": _mothers(_paper),
    "claims:claim": _mothers(_claim),
    "claims:papers": _mothers(_claim),
    "claims:remove_paper": _mothers(lambda w: {**_claim(w), **_paper(w)}),
    "claims:payee": _mothers(_claim),
    "claims:check": _mothers(_claim),
    "claims:withdraw": _mothers(_claim),
    "claims:letter_pdf": _mothers(_claim, ready=World.decides_on_mothers_claim, shows=PDF),
    "claims:statement": _mothers(
        lambda w: {**_claim(w), "position": 1}, ready=World.decides_on_mothers_claim, shows="application/json"
    ),
    "claims:handover": _mothers(_claim),
    "claims:handover_pdf": _mothers(_claim, shows=PDF),
    "admin:ledger_statement": Route(
        lambda w: {"pk": w.rows["ledger account"].pk}, staff=(asked("ledger.read", "ledger account"),)
    ),
    # A verb that both may who read at the desk; what is then said of the claim's state is not asked here.
    "admin:claims_claim_do": Route(lambda w: {"pk": w.claim.pk, "verb": "propose_payout"}, staff=_AT_THE_DESK, sent={}),
    "admin:claims_claim_register_stays": Route(_report, staff=(asked("claims.review", "report"),)),
    "admin:claims_claim_bills": Route(lambda w: {"pk": w.claim.pk}, staff=_AT_THE_DESK),
    "admin:claims_claim_fetching": Route(lambda w: {"policy_number": w.report.policy.number}, staff=_WHOSE_CHOICE),
    "admin:claims_claim_add_papers": Route(lambda w: {"pk": w.claim.pk}, staff=_AT_THE_DESK),
    "admin:products_planyear_workshop": Route(_of("plan year"), staff=(asked("products.view_planyear", "plan year"),)),
    "admin:products_planyear_copy": Route(_of("plan year"), staff=_draws_up("plan year"), sent={}),
    "admin:products_planyear_send": Route(_of("plan year"), staff=_draws_up("plan year"), sent={}),
    "admin:products_planyear_dossier": Route(
        lambda w: {"dossier_id": w.rows["dossier"].pk},
        staff=(asked("products.view_planyear", "dossier"),),
        shows="application/json",
    ),
    "admin:products_termsdraft_figures": Route(_of("terms draft"), staff=_draws_up("terms draft"), sent={}),
    "admin:products_termsdraft_discard": Route(_of("terms draft"), staff=_draws_up("terms draft"), sent={}),
    "admin:products_termsdraft_text": Route(
        lambda w: {"pk": w.rows["terms draft"].pk, "kind": "notice"}, staff=_draws_up("terms draft")
    ),
    "admin:products_termsdraft_changes": Route(
        _of("terms draft"), staff=(asked("products.view_termsdraft", "terms draft"),)
    ),
    "admin:products_termsdraft_file": Route(_of("terms draft"), staff=_draws_up("terms draft")),
    "admin:products_comparison_cancel": Route(_of("comparison"), staff=_draws_up("comparison"), sent={}),
    "admin:products_comparison_figures": _figures("text/csv"),
    "admin:products_comparison_projection": _figures(""),
    "admin:products_comparison_projection_csv": _figures("text/csv"),
    "admin:claims_claim_paper": Route(_desk_paper, staff=_AT_THE_DESK),
    "admin:claims_claim_paper_page": Route(lambda w: {**_desk_paper(w), "page": 1}, staff=_AT_THE_DESK),
}
