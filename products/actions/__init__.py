"""What happens to a plan year, one verb a file. Keyword-only; refusals are DomainErrors."""

from products.actions.attach_document import attach_document
from products.actions.cancel_comparison import cancel_comparison
from products.actions.change_draft_text import change_draft_text
from products.actions.change_terms import TermsRefused, change_terms
from products.actions.close_plan_year import close_plan_year
from products.actions.define_list import define_list
from products.actions.discard_terms_draft import discard_terms_draft
from products.actions.draft_list import Item, draft_list
from products.actions.draft_plan_year import draft_plan_year
from products.actions.file_plan_year import file_plan_year
from products.actions.file_terms_draft import NewYear, file_terms_draft
from products.actions.generate_city_year import generate_city_year
from products.actions.open_ways import WayIn, open_ways
from products.actions.publish_list import publish_list
from products.actions.publish_plan_year import publish_plan_year
from products.actions.replace_terms import replace_terms
from products.actions.send_to_experts import send_to_experts
from products.actions.set_shares import Share, set_shares
from products.actions.start_comparison import start_comparison
from products.actions.start_terms_draft import start_terms_draft
from products.actions.upload_city_year import upload_city_year

__all__ = [
    "Item",
    "NewYear",
    "Share",
    "TermsRefused",
    "WayIn",
    "attach_document",
    "cancel_comparison",
    "change_draft_text",
    "change_terms",
    "close_plan_year",
    "define_list",
    "discard_terms_draft",
    "draft_list",
    "draft_plan_year",
    "file_plan_year",
    "file_terms_draft",
    "generate_city_year",
    "open_ways",
    "publish_list",
    "publish_plan_year",
    "replace_terms",
    "send_to_experts",
    "set_shares",
    "start_comparison",
    "start_terms_draft",
    "upload_city_year",
]
