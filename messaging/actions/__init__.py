"""What this room does, one verb a file. Keyword-only; `now` from core.clock; refusals are DomainErrors."""

from messaging.actions.decline_prompts import allow_prompts, decline_prompts
from messaging.actions.deliver_sms import deliver_sms
from messaging.actions.send_sms import send_sms

__all__ = ["allow_prompts", "decline_prompts", "deliver_sms", "send_sms"]
