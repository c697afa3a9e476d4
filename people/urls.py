from __future__ import annotations

from django.urls import path

from people.views import people, person

app_name = "people"
urlpatterns = [
    path("enrol/me/", person.link, name="link"),
    path("enrol/me/proof/", person.proof, name="proof"),
    path("enrol/me/return/", person.proof_return, name="proof_return"),
    path("enrol/me/elsewhere/", person.elsewhere, name="elsewhere"),
    path("enrol/me/not-me/", person.not_me, name="not_me"),
    path("enrol/me/relatives/<int:pk>/", people.answer, name="answer_kinship"),
    path("enrol/family/add/", people.add, name="add_relative"),
    path("enrol/family/<int:pk>/", people.kinship, name="kinship"),
]
