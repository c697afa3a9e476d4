from products.models.plan_year import PlanDocument, PlanYear, PlanYearEvent

__all__ = ["PlanDocument", "PlanYear", "PlanYearEvent"]
