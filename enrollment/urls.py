from __future__ import annotations

from django.urls import path

from enrollment.views import order, people, person, plan, policy, verify

app_name = "enrollment"
urlpatterns = [
    path("enrol/", order.start, name="start"),
    path("enrol/plans/<slug:code>/", plan.read_plan, name="plan"),
    path("enrol/plans/<slug:code>/<slug:kind>/", plan.read_document, name="document"),
    path("enrol/me/", person.link, name="link"),
    path("enrol/me/proof/", person.proof, name="proof"),
    path("enrol/me/return/", person.proof_return, name="proof_return"),
    path("enrol/me/elsewhere/", person.elsewhere, name="elsewhere"),
    path("enrol/me/not-me/", person.not_me, name="not_me"),
    path("enrol/me/relatives/<int:pk>/", people.answer, name="answer_kinship"),
    path("enrol/family/", order.family, name="family"),
    path("enrol/family/add/", people.add, name="add_relative"),
    path("enrol/family/<int:pk>/", people.kinship, name="kinship"),
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
