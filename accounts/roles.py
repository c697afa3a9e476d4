"""Who may do what: roles are data, and what is not listed is denied.

A permission is a name such as "claims.approve". Names of Django's form "app.view_model" open pages of the
admin. A room that needs a new permission adds it to the roles here; a test compares every permission that a
route declares with this table. Residents hold RESIDENT by being residents; staff hold what was granted to them.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

# Held by staff after the password and before the second factor, and afterwards: enough to give the second factor.
SECOND_FACTOR = "accounts.second_factor"
# Held by residents: to read the privacy notice and answer it, before anything else opens.
ANSWER_NOTICE = "accounts.answer_notice"


# The dimension in which a role may be narrowed; a subject says its insurer under this name.
INSURER = "insurer"


class Role(models.TextChoices):
    RESIDENT = "resident", _("Resident")
    CLAIMS_REVIEWER = "claims_reviewer", _("Claims reviewer")
    CLAIMS_APPROVER = "claims_approver", _("Claims approver")
    OPERATOR = "operator", _("Operator")
    FINANCE = "finance", _("Finance")
    BUREAU = "bureau", _("Medical insurance bureau")
    EMPLOYER_CLERK = "employer_clerk", _("Employer's clerk")
    SECURITY = "security", _("Accounts and security")


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
    | _admin("work", "humantask")
    | _admin("accounts", "datarequest"),
    Role.FINANCE: frozenset({"payments.finance", "ledger.read", "work.settle_task"})
    | _admin("payments", "payment", "refund", "transfer", "notification", "moneyaccount")
    | _admin("ledger", "transaction", "line", "account", "entry")
    | _admin("work", "humantask")
    | _PRODUCTS,
    Role.BUREAU: frozenset({"oversight.read", "enrollment.file_plan"}) | _PRODUCTS,
    Role.EMPLOYER_CLERK: frozenset({"enrollment.employer"}),
    Role.SECURITY: frozenset({"accounts.manage_staff", "accounts.grant_role", "accounts.read_audit"})
    | _admin("accounts", "user", may=("view", "add"))
    | _admin("work", "humantask")
    | _admin("accounts", "roleassignment", "identityreveal", "consent", "failedsignin")
    | _admin("messaging", "smsmessage"),
}

STAFF_ROLES = frozenset(Role.values) - {Role.RESIDENT}
# Only what these roles act on belongs to one insurer; another role narrowed to one would reach nothing.
INSURER_ROLES = frozenset({Role.CLAIMS_REVIEWER, Role.CLAIMS_APPROVER})


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """The union of the roles' permissions; an unknown role gives nothing."""
    held: frozenset[str] = frozenset()
    for role in roles:
        held |= ROLES.get(role, frozenset())
    return held


def known_permissions() -> frozenset[str]:
    """Every permission that somebody can hold."""
    return permissions_of(ROLES) | {SECOND_FACTOR}
