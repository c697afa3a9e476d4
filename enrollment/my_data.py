"""This room's part of "my data" (PIPL 45): orders, policies, consents on sales pages."""

from __future__ import annotations

from typing import Any

from accounts import my_data
from enrollment.models import Order, Policy


def register() -> None:
    my_data.register("enrollment", section)


def section(user_id: int) -> dict[str, Any]:
    orders = Order.objects.filter(payer__user_id=user_id).prefetch_related("sales_steps")
    policies = Policy.objects.filter(order_line__order__payer__user_id=user_id).select_related("insured", "plan_year")
    return {
        "orders": [
            {
                "number": order.number,
                "state": order.state,
                "total_fen": order.total_fen,
                "created_at": order.created_at.isoformat(),
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
