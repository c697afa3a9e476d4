from products.models.plan_year import PlanDocument, PlanYear, PlanYearEvent
from products.models.share import PoolShare

__all__ = ["PlanDocument", "PlanYear", "PlanYearEvent", "PoolShare"]
