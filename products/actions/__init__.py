"""What happens to a plan year, one verb a file. Keyword-only; refusals are DomainErrors."""

from products.actions.attach_document import attach_document
from products.actions.close_plan_year import close_plan_year
from products.actions.define_list import define_list
from products.actions.draft_list import Item, draft_list
from products.actions.draft_plan_year import draft_plan_year
from products.actions.file_plan_year import file_plan_year
from products.actions.open_ways import WayIn, open_ways
from products.actions.publish_list import publish_list
from products.actions.publish_plan_year import publish_plan_year
from products.actions.send_to_experts import send_to_experts
from products.actions.set_shares import Share, set_shares

__all__ = [
    "Item",
    "Share",
    "WayIn",
    "attach_document",
    "close_plan_year",
    "define_list",
    "draft_list",
    "draft_plan_year",
    "file_plan_year",
    "open_ways",
    "publish_list",
    "publish_plan_year",
    "send_to_experts",
    "set_shares",
]
