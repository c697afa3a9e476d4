"""The spine from a claim to the rules: what a plan asks for of a bill, who says it, since when, and what is unknown.

gathered = gather(claim, bill, plan)     # nobody outside is asked
gathered.require()                       # Conflict facts_unknown: a person settles it
benefits.adjudicate(plan, gathered.person(), year, gathered.bill(number))
"""

from claims.facts.gather import Gathered, gather
from claims.facts.known import Known, Unknown

__all__ = ["Gathered", "Known", "Unknown", "gather"]
