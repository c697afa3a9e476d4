"""What happens to the registers that every room reads, one verb a file. Keyword-only; refusals are DomainErrors."""

from parties.actions.designate import designate
from parties.actions.register_institution import register_institution
from parties.actions.set_waiting_rule import set_waiting_rule

__all__ = ["designate", "register_institution", "set_waiting_rule"]
