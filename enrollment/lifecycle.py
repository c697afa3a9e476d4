"""The states of a proof of person, a kinship, a plan year, an order and a policy, and the only ways between them.

The tables drive the guarded updates, the event rows and the database triggers (`work.lifecycle`).
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from work.lifecycle import Lifecycle


class PersonProofState(TextChoices):
    STARTED = "started", _("Under way")
    PROVED = "proved", _("Proved")
    USED = "used", _("Used")
    REFUSED = "refused", _("Not confirmed")
    EXPIRED = "expired", _("Expired")


# A proof is used once, for one person, within its time; what was used or ended opens nothing again.
PERSON_PROOF_LIFECYCLE = Lifecycle(
    name="person_proof",
    states=PersonProofState,
    initial=PersonProofState.STARTED,
    edges={
        (PersonProofState.STARTED, PersonProofState.PROVED): "person_proof.proved",
        (PersonProofState.STARTED, PersonProofState.REFUSED): "person_proof.refused",
        (PersonProofState.STARTED, PersonProofState.EXPIRED): "person_proof.expired",
        (PersonProofState.PROVED, PersonProofState.USED): "person_proof.used",
        (PersonProofState.PROVED, PersonProofState.EXPIRED): "person_proof.expired",
    },
)

OPEN_PROOF_STATES = (PersonProofState.STARTED, PersonProofState.PROVED)


class KinshipState(TextChoices):
    CLAIMED = "claimed", _("Not confirmed yet")
    PROVED = "proved", _("Confirmed")
    REFUSED = "refused", _("Not agreed")
    WITHDRAWN = "withdrawn", _("Taken back")
    DROPPED = "dropped", _("Ended with the account")


# REFUSED and WITHDRAWN are the other person's word: only her own consent leads out of them; or, where staff refused
# the papers, other papers. DROPPED: the account that claimed it was not this person after all;
# whoever says it again begins anew.
KINSHIP_LIFECYCLE = Lifecycle(
    name="kinship",
    states=KinshipState,
    initial=KinshipState.CLAIMED,
    edges={
        (KinshipState.CLAIMED, KinshipState.PROVED): "kinship.proved",
        (KinshipState.CLAIMED, KinshipState.REFUSED): "kinship.refused",
        (KinshipState.CLAIMED, KinshipState.DROPPED): "kinship.dropped",
        (KinshipState.PROVED, KinshipState.WITHDRAWN): "kinship.withdrawn",
        (KinshipState.PROVED, KinshipState.DROPPED): "kinship.dropped",
        (KinshipState.REFUSED, KinshipState.PROVED): "kinship.proved",
        (KinshipState.REFUSED, KinshipState.DROPPED): "kinship.dropped",
        (KinshipState.WITHDRAWN, KinshipState.PROVED): "kinship.proved",
        (KinshipState.WITHDRAWN, KinshipState.DROPPED): "kinship.dropped",
    },
)


class PlanYearState(TextChoices):
    DRAFT = "draft", _("Draft")
    EXPERT_REVIEW = "expert_review", _("With the experts")
    FILED = "filed", _("Filed with the bureau")
    PUBLISHED = "published", _("Published")
    CLOSED = "closed", _("Closed")


# Sanmenxia 四(二): expert assessment, then filing with the bureau, then publication.
PLAN_YEAR_LIFECYCLE = Lifecycle(
    name="plan_year",
    states=PlanYearState,
    initial=PlanYearState.DRAFT,
    edges={
        (PlanYearState.DRAFT, PlanYearState.EXPERT_REVIEW): "plan_year.sent_to_experts",
        (PlanYearState.EXPERT_REVIEW, PlanYearState.DRAFT): "plan_year.sent_back",
        (PlanYearState.EXPERT_REVIEW, PlanYearState.FILED): "plan_year.filed",
        (PlanYearState.FILED, PlanYearState.DRAFT): "plan_year.filing_refused",
        (PlanYearState.FILED, PlanYearState.PUBLISHED): "plan_year.published",
        (PlanYearState.PUBLISHED, PlanYearState.CLOSED): "plan_year.closed",
    },
)

# Residents may read these; the terms of these may not change any more.
PUBLIC_PLAN_YEAR_STATES = (PlanYearState.PUBLISHED, PlanYearState.CLOSED)
FIXED_PLAN_YEAR_STATES = (PlanYearState.FILED, PlanYearState.PUBLISHED, PlanYearState.CLOSED)


class OrderState(TextChoices):
    DRAFT = "draft", _("Not sent yet")
    PLACED = "placed", _("Waiting for payment")
    PAID = "paid", _("Paid")
    REFUNDED = "refunded", _("Refunded")
    EXPIRED = "expired", _("Expired")
    CANCELLED = "cancelled", _("Cancelled")


ORDER_LIFECYCLE = Lifecycle(
    name="order",
    states=OrderState,
    initial=OrderState.DRAFT,
    edges={
        (OrderState.DRAFT, OrderState.PLACED): "order.placed",
        (OrderState.DRAFT, OrderState.CANCELLED): "order.cancelled",
        (OrderState.DRAFT, OrderState.EXPIRED): "order.expired",
        (OrderState.PLACED, OrderState.PAID): "order.paid",
        (OrderState.PLACED, OrderState.CANCELLED): "order.cancelled",
        (OrderState.PLACED, OrderState.EXPIRED): "order.expired",
        (OrderState.PAID, OrderState.REFUNDED): "order.refunded",
    },
)

OPEN_ORDER_STATES = (OrderState.DRAFT, OrderState.PLACED)


class PolicyState(TextChoices):
    RESERVED = "reserved", _("Waiting for payment")
    ISSUED = "issued", _("In order")
    RELEASED = "released", _("Not taken out")
    SURRENDERED = "surrendered", _("Surrendered")


POLICY_LIFECYCLE = Lifecycle(
    name="policy",
    states=PolicyState,
    initial=PolicyState.RESERVED,
    edges={
        (PolicyState.RESERVED, PolicyState.ISSUED): "policy.issued",
        (PolicyState.RESERVED, PolicyState.RELEASED): "policy.released",
        (PolicyState.ISSUED, PolicyState.SURRENDERED): "policy.surrendered",
    },
)

# A person holds at most one of these for a plan year (E5).
LIVE_POLICY_STATES = (PolicyState.RESERVED, PolicyState.ISSUED)
# What a resident keeps in the folder "my policies".
OWNED_POLICY_STATES = (PolicyState.ISSUED, PolicyState.SURRENDERED)
