"""Every action says whether it decides about money: then it takes what the person saw (core.seen). A new one that says
nothing fails here.
"""

import inspect
from collections.abc import Callable, Iterator

import claims.actions
import enrollment.actions
import payments.actions
import people.actions
import products.actions
from work.human_tasks import settle_human_task

ROOMS = (claims.actions, enrollment.actions, people.actions, products.actions, payments.actions)

# Actions that no button of a page reaches with money behind it, each with the reason.
WITHOUT = {
    # claims: nothing is decided yet
    "add_document": "a paper of a claim that is not decided",
    "remove_document": "a paper of a claim that is not decided",
    "add_bills": "amounts come from the platform; nothing is asked for yet",
    "answer_questions": "what happened; what is handed in is bound",
    "ask_platform": "asks the platform; what is computed by it is bound",
    "refresh_person": "asks the platform; what is computed by it is bound",
    "fetch_again": "asks the platform; nothing is asked for yet",
    "report_claim": "what somebody told; nothing is asked for yet",
    "close_report": "what somebody told; nothing was asked for",
    "start_claim": "amounts come from the platform; nothing is asked for yet",
    "register_claim": "amounts come from the platform; nothing is asked for yet",
    "look_up_stays": "a list to choose from",
    # claims: the machine
    "pay_claim": "a sweeper's; for people propose_payout and confirm_payout",
    "payout_failed": "the bank's report",
    "payout_paid": "the bank's report",
    # enrolment, people, products: before money is asked for
    "add_relative": "who is family",
    "answer_kinship": "whose relative; the order that uses it is bound",
    "attach_document": "a plan year in draft",
    "authorise_relatives": "a permission of the platform; the order that uses it is bound",
    "close_plan_year": "ends sales; no money",
    "check_household": "who is family",
    "check_person": "who the account is",
    "draft_plan_year": "makes the plan year",
    "finish_proof": "who the account is",
    "give_person_back": "who the account is; unpaid orders end, nothing is paid or refunded",
    "start_proof": "who the account is",
    "cancel_comparison": "figures of an invented or nameless city; no money",
    "change_draft_text": "a copy that is sold to nobody, told by its revision",
    "change_terms": "a copy that is sold to nobody, told by its revision",
    "discard_terms_draft": "a copy that is sold to nobody, told by its revision",
    "file_terms_draft": "makes a plan year in draft, told by the copy's revision",
    "generate_city_year": "an invented city; no money",
    "replace_terms": "a plan year in draft",
    "start_comparison": "figures of an invented or nameless city; no money",
    "start_terms_draft": "a copy that is sold to nobody",
    "upload_city_year": "a city without names; no money",
    "file_plan_year": "the bureau agrees; what is published is bound",
    "keep_sales_page": "keeps what was shown",
    "link_person": "who the account is",
    "record_sales_step": "bound by its own ticket to the page that was shown",
    "send_to_experts": "a plan year in draft",
    "confirm_residence": "who lives in the city; the order that uses it is bound",
    "define_list": "names a list; it has no items yet",
    "draft_list": "a list in draft",
    "open_ways": "a plan year in draft",
    "publish_list": "publishes what was drafted, told by its digest",
    "set_shares": "a plan year in draft",
    "start_order": "who is to be insured; the price comes when it is placed",
    # enrolment: the machine
    "expire_orders": "a sweeper's",
    "expire_proofs": "a sweeper's",
    "issue_policies": "a payment has arrived",
    # payments: the machine, on behalf of an outer room's action that is bound itself
    "bounce_transfer": "the bank's report",
    "close_money_account": "no role may; by a command on the machine",
    "open_money_account": "no role may; by a command on the machine",
    "close_payment": "give_up_payment, or a sweeper",
    "complete_refund": "the channel's report",
    "confirm_payment": "the channel's report",
    "confirm_transfer": "the bank's report",
    "create_transfer": "approve_decision or confirm_payout",
    "process_notification": "the channel's report",
    "receive_notification": "the channel's report",
    "refuse_refund": "the channel's report",
    "reject_transfer": "the bank's report",
    "request_refund": "surrender_policy, or money without cover",
    "resolve_unknown": "a sweeper's",
    "send_payment": "a sweeper's",
    "send_refund": "a sweeper's",
    "send_transfer": "a sweeper's",
    "start_payment": "place_order or retry_payment",
    "stop_transfer": "the platform says that a bill was taken back",
    # helpers that rooms export beside their verbs
    "Item": "a value",
    "NewYear": "a value",
    "PayeeGiven": "a value",
    "Share": "a value",
    "TermsRefused": "a refusal",
    "WayIn": "a value",
    "Why": "a reason",
    "consent_needed": "an answer, no action",
    "odd_ages": "an answer, no action",
}


def every_action() -> Iterator[tuple[str, Callable[..., object]]]:
    for room in ROOMS:
        for name in room.__all__:
            yield name, getattr(room, name)
    yield "settle_human_task", settle_human_task


def takes_what_was_seen(action: Callable[..., object]) -> bool:
    given = inspect.signature(action).parameters.get("seen")
    return given is not None and given.default is inspect.Parameter.empty


def test_every_action_is_bound_to_what_was_seen_or_says_why_not() -> None:
    unsaid = [name for name, action in every_action() if not takes_what_was_seen(action) and name not in WITHOUT]
    assert unsaid == []


def test_no_reason_outlives_its_action() -> None:
    bound = {name for name, action in every_action() if takes_what_was_seen(action)}
    assert bound & set(WITHOUT) == set()
    assert len(bound) == 26


def test_nothing_outside_the_rooms_calls_the_machines_actions() -> None:
    """An admin page or a view that asked for a refund or a transfer directly would pass by the version."""
    import re
    from pathlib import Path

    from django.conf import settings

    machine = {name for name, why in WITHOUT.items() if name in payments.actions.__all__} | {"pay_claim"}
    pages = [
        p for pattern in ("*/admin/*.py", "*/views/*.py", "*/admin.py") for p in Path(settings.BASE_DIR).glob(pattern)
    ]
    assert len(pages) > 30
    calls = re.compile(rf"\b({'|'.join(sorted(machine))})\(")
    found = {f"{p.name}: {m[1]}" for p in pages for m in calls.finditer(p.read_text())}
    assert found == {"notify.py: receive_notification"}
