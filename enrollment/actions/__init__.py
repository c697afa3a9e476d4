"""What this room does, one verb a file. Keyword-only; refusals are DomainErrors."""

from enrollment.actions.add_relative import add_relative, consent_needed, odd_ages
from enrollment.actions.answer_kinship import answer_kinship
from enrollment.actions.attach_document import attach_document
from enrollment.actions.authorise_relatives import authorise_relatives
from enrollment.actions.cancel_order import cancel_order
from enrollment.actions.check_household import check_household
from enrollment.actions.check_person import check_person
from enrollment.actions.close_plan_year import close_plan_year
from enrollment.actions.draft_plan_year import draft_plan_year
from enrollment.actions.expire_orders import expire_orders
from enrollment.actions.file_plan_year import file_plan_year
from enrollment.actions.finish_proof import expire_proofs, finish_proof
from enrollment.actions.give_person_back import Why, give_person_back
from enrollment.actions.give_up_payment import give_up_payment
from enrollment.actions.issue_policies import issue_policies
from enrollment.actions.link_person import link_person
from enrollment.actions.place_order import place_order
from enrollment.actions.publish_plan_year import publish_plan_year
from enrollment.actions.record_sales_step import keep_sales_page, record_sales_step
from enrollment.actions.retry_payment import retry_payment
from enrollment.actions.send_to_experts import send_to_experts
from enrollment.actions.start_order import start_order
from enrollment.actions.start_proof import start_proof
from enrollment.actions.surrender_policy import surrender_policy

__all__ = [
    "Why",
    "add_relative",
    "answer_kinship",
    "attach_document",
    "authorise_relatives",
    "cancel_order",
    "check_household",
    "check_person",
    "close_plan_year",
    "consent_needed",
    "draft_plan_year",
    "expire_orders",
    "expire_proofs",
    "file_plan_year",
    "finish_proof",
    "give_person_back",
    "give_up_payment",
    "issue_policies",
    "keep_sales_page",
    "link_person",
    "odd_ages",
    "place_order",
    "publish_plan_year",
    "record_sales_step",
    "retry_payment",
    "send_to_experts",
    "start_order",
    "start_proof",
    "surrender_policy",
]
