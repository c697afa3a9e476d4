from __future__ import annotations

from django.urls import path

from products.views import plan

app_name = "products"
urlpatterns = [
    path("enrol/plans/<slug:code>/", plan.read_plan, name="plan"),
    path("enrol/plans/<slug:code>/lists/<slug:key>/", plan.read_list, name="list"),
    path("enrol/plans/<slug:code>/<slug:kind>/", plan.read_document, name="document"),
]
