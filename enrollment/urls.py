from __future__ import annotations

from django.urls import path

from enrollment.views import order, policy, verify

app_name = "enrollment"
urlpatterns = [
    path("enrol/", order.start, name="start"),
    path("enrol/family/", order.family, name="family"),
    path("enrol/orders/<slug:number>/exclusions/", order.exclusions, name="exclusions"),
    path("enrol/orders/<slug:number>/terms/", order.terms, name="terms"),
    path("enrol/orders/<slug:number>/check/", order.check, name="check"),
    path("enrol/orders/<slug:number>/pay/", order.pay, name="pay"),
    path("enrol/orders/<slug:number>/another-way/", order.give_up, name="give_up"),
    path("enrol/orders/<slug:number>/cancel/", order.cancel, name="cancel"),
    path("enrol/orders/<slug:number>/", order.done, name="done"),
    path("enrol/policies/", policy.policies, name="policies"),
    path("enrol/policies/<slug:number>/", policy.policy, name="policy"),
    path("enrol/policies/<slug:number>/certificate.pdf", policy.certificate, name="certificate"),
    path("enrol/policies/<slug:number>/surrender/", policy.surrender, name="surrender"),
    path("verify/<str:token>/", verify.verify, name="verify"),
]
