"""This room's part of "my data" (PIPL 45): orders with who is on them, payments, policies, consents on sales pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import my_data
from enrollment.models import Order, Policy
from payments.my_data import paid_by


def register() -> None:
    orders = _("Orders, what you read and agreed to for them, and policies")
    my_data.parts.register("enrollment", my_data.Part(section, orders, "enrollment:policies"))
    # Payments stands beside accounts and does not know it.
    my_data.parts.register("payments", my_data.Part(paid_by, _("Payments and refunds")))


def section(user_id: int) -> dict[str, Any]:
    orders = Order.objects.filter(policyholder__person__user_id=user_id).prefetch_related(
        "sales_steps", "lines__insured"
    )
    policies = Policy.objects.filter(policyholder__person__user_id=user_id).select_related("insured", "plan_year")
    return {
        "orders": [
            {
                "number": order.number,
                "state": order.state,
                "total_fen": order.total_fen,
                "created_at": order.created_at.isoformat(),
                "people": [
                    {"name": line.insured.name, "relation": line.relation, "premium_fen": line.premium_fen}
                    for line in order.lines.all()
                ],
                "steps": [
                    {
                        "kind": step.kind,
                        "at": step.at.isoformat(),
                        "documents": step.documents,
                        "consents": step.consents,
                    }
                    for step in order.sales_steps.all()
                ],
            }
            for order in orders
        ],
        "policies": [
            {
                "number": policy.number,
                "state": policy.state,
                "insured": policy.insured.name,
                "plan_year": policy.plan_year.code,
                "cover_from": policy.cover_from.isoformat(),
                "cover_to": policy.cover_to.isoformat(),
            }
            for policy in policies
        ],
    }
