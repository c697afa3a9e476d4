"""What happens to a plan year, one verb a file. Keyword-only; refusals are DomainErrors."""

from products.actions.attach_document import attach_document
from products.actions.close_plan_year import close_plan_year
from products.actions.draft_plan_year import draft_plan_year
from products.actions.file_plan_year import file_plan_year
from products.actions.publish_plan_year import publish_plan_year
from products.actions.send_to_experts import send_to_experts
from products.actions.set_shares import Share, set_shares

__all__ = [
    "Share",
    "attach_document",
    "close_plan_year",
    "draft_plan_year",
    "file_plan_year",
    "publish_plan_year",
    "send_to_experts",
    "set_shares",
]
