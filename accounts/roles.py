"""Who may do what: roles are data, and what is not listed is denied.

A permission is a name such as "claims.approve". Names of Django's form "app.view_model" open pages of the
admin. A room that needs a new permission adds it to the roles here; a test compares every permission that a
route declares with this table. Residents hold RESIDENT by being residents; staff hold what was granted to them.

Data beside it: in which dimensions a role may be narrowed, which roles two officers give, which two roles nobody holds
together. Actions, pages and the database read the same tables.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

# Held by staff after the password and before the second factor, and afterwards: enough to give the second factor.
SECOND_FACTOR = "accounts.second_factor"
# Held by residents: to read the privacy notice and answer it, before anything else opens.
ANSWER_NOTICE = "accounts.answer_notice"
GRANT = "accounts.grant_role"


class Dimension(models.TextChoices):
    """In what a role may be narrowed; a model says its code in each under these names (core.actors)."""

    SCHEME = "scheme", pgettext_lazy("scope", "scheme")
    INSURER = "insurer", pgettext_lazy("scope", "insurer")
    ORGANISATION = "organisation", pgettext_lazy("scope", "organisation")
    INSTITUTION = "institution", pgettext_lazy("scope", "institution")
    AREA = "area", pgettext_lazy("scope", "area")


class Role(models.TextChoices):
    RESIDENT = "resident", _("Resident")
    CLAIMS_REVIEWER = "claims_reviewer", _("Claims reviewer")
    CLAIMS_APPROVER = "claims_approver", _("Claims approver")
    OPERATOR = "operator", _("Operator")
    FINANCE = "finance", _("Finance")
    BUREAU = "bureau", _("Medical insurance bureau")
    EMPLOYER_CLERK = "employer_clerk", _("Employer's clerk")
    SECURITY = "security", _("Accounts and security")
    AUDITOR = "auditor", _("Auditor")


def _admin(app: str, *models_: str, may: Iterable[str] = ("view",)) -> frozenset[str]:
    return frozenset(f"{app}.{verb}_{model}" for verb in may for model in models_)


_CLAIMS_DESK = frozenset({"claims.read", "identity.reveal"}) | _admin(
    "claims", "claim", "claimbill", "claimdocument", "claimevent", "decision", "yearaccount"
)
_PARTIES = _admin("parties", "scheme", "insurer", "institution", "organisation")
_PRODUCTS = _PARTIES | _admin("products", "planyear", "plandocument", "filedlist", "listversion")
_ENROLLMENT_DESK = (
    _PRODUCTS
    | _admin("people", "person", "kinship")
    | _admin("enrollment", "order", "orderline", "policy", "salesstep")
)

ROLES: dict[str, frozenset[str]] = {
    Role.RESIDENT: frozenset(
        {
            "accounts.own_data",
            ANSWER_NOTICE,
            "enrollment.enrol",
            "enrollment.read_own",
            "payments.pay",
            "payments.read_own",
            "claims.file",
            "claims.read_own",
        }
    ),
    Role.CLAIMS_REVIEWER: _CLAIMS_DESK | {"claims.review"},
    # The approver is the supervisor who may let papers be asked for a second time (Insurance Law 22).
    Role.CLAIMS_APPROVER: _CLAIMS_DESK | {"claims.approve", "claims.supervise"},
    Role.OPERATOR: frozenset(
        {
            "enrollment.operate",
            "enrollment.confirm_kinship",
            "enrollment.confirm_residence",
            "accounts.settle_data_request",
            "identity.reveal",
            "work.settle_task",
        }
    )
    | _ENROLLMENT_DESK
    # Who drafts plan years draws up their terms: the plan workshop.
    | _admin("products", "termsdraft", "comparison")
    | _admin("work", "humantask")
    | _admin("accounts", "datarequest"),
    Role.FINANCE: frozenset({"payments.finance", "ledger.read", "work.settle_task"})
    | _admin("payments", "payment", "refund", "transfer", "notification", "moneyaccount")
    | _admin("ledger", "transaction", "line", "account", "entry")
    | _admin("work", "humantask")
    | _PRODUCTS,
    Role.BUREAU: frozenset({"oversight.read", "enrollment.file_plan"}) | _PRODUCTS,
    Role.EMPLOYER_CLERK: frozenset({"enrollment.employer"}),
    Role.SECURITY: frozenset({"accounts.manage_staff", GRANT, "accounts.read_audit"})
    | _admin("accounts", "user", may=("view", "add"))
    | _admin("work", "humantask")
    | _admin("accounts", "roleassignment", "identityreveal", "consent", "failedsignin")
    | _admin("messaging", "smsmessage"),
    # Looks and does nothing: what was paid, what the books say, who holds what, who read what.
    Role.AUDITOR: frozenset({"ledger.read"})
    | _admin("payments", "payment", "refund", "transfer", "moneyaccount")
    | _admin("ledger", "transaction", "line", "account", "entry")
    | _admin("accounts", "user", "roleassignment", "identityreveal", "consent"),
}

STAFF_ROLES = frozenset(Role.values) - {Role.RESIDENT}

_DESK = frozenset({Dimension.SCHEME, Dimension.INSURER, Dimension.INSTITUTION, Dimension.AREA})
# In which dimensions a role may be narrowed: those in which what it acts on has a code. Narrowed in another, it would
# reach nothing.
NARROWED_IN: dict[str, frozenset[Dimension]] = {
    Role.CLAIMS_REVIEWER: _DESK,
    Role.CLAIMS_APPROVER: _DESK,
    Role.OPERATOR: frozenset({Dimension.SCHEME, Dimension.AREA}),
    Role.FINANCE: frozenset({Dimension.SCHEME}),
    Role.BUREAU: frozenset({Dimension.SCHEME}),
    Role.EMPLOYER_CLERK: frozenset({Dimension.ORGANISATION}),
    Role.SECURITY: frozenset(),
    Role.AUDITOR: frozenset(),
}

# Whoever holds one of these has a hand in what is paid, or in who has.
_MOVES_MONEY = frozenset({"claims.review", "claims.approve", "payments.finance"})
MONEY_ROLES = frozenset(str(role) for role in STAFF_ROLES if ROLES[role] & _MOVES_MONEY)
# Access officers: they give roles and take them.
OFFICER_ROLES = frozenset(str(role) for role in STAFF_ROLES if GRANT in ROLES[role])
# One officer proposes, another confirms. An officer too: who made one alone would have made her own second.
TWO_OFFICER_ROLES = MONEY_ROLES | OFFICER_ROLES


def _pairs(one: Iterable[str], others: Iterable[str]) -> frozenset[frozenset[str]]:
    return frozenset(frozenset({str(a), str(b)}) for a in one for b in others if a != b)


# Nobody holds both, within whatever scope. Who proposed and who approves one claim are two persons besides.
FORBIDDEN_PAIRS: frozenset[frozenset[str]] = (
    # Who gives roles has none in which money moves or full identities are read: the officers watch over those.
    _pairs(OFFICER_ROLES, MONEY_ROLES | {role for role in STAFF_ROLES if "identity.reveal" in ROLES[role]})
    # Who looks after others does nothing herself.
    | _pairs([Role.AUDITOR], STAFF_ROLES)
    # Who decides that money is owed does not keep the accounts that it leaves.
    | _pairs([Role.CLAIMS_APPROVER], [Role.FINANCE])
    # What the bureau agrees to is not drawn up by its own hand.
    | _pairs([Role.BUREAU], [Role.OPERATOR])
)


def forbidden_beside(role: str) -> frozenset[str]:
    """The roles that nobody holds together with this one."""
    return frozenset(other for pair in FORBIDDEN_PAIRS if role in pair for other in pair - {role})


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """The union of the roles' permissions; an unknown role gives nothing."""
    held: frozenset[str] = frozenset()
    for role in roles:
        held |= ROLES.get(role, frozenset())
    return held


def known_permissions() -> frozenset[str]:
    """Every permission that somebody can hold."""
    return permissions_of(ROLES) | {SECOND_FACTOR}
