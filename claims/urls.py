"""Addresses of residents, under /claims/. The desk's are the admin's (claims.admin)."""

from __future__ import annotations

from django.urls import path

from claims.views import files, filing, following

app_name = "claims"

urlpatterns = [
    path("", following.index, name="index"),
    path("new/", filing.choose_policy, name="choose_policy"),
    path("new/<str:policy_number>/", filing.choose_stay, name="choose_stay"),
    path("new/<str:policy_number>/bills/", filing.fetching, name="fetching"),
    path("papers/<uuid:document_id>/", files.paper, name="paper"),
    path("decision-key.pem", following.decision_key, name="decision_key"),
    path("<str:number>/", following.claim, name="claim"),
    path("<str:number>/decision-<int:position>.json", following.statement, name="statement"),
    path("<str:number>/bills/", filing.bills, name="bills"),
    path("<str:number>/what-happened/", filing.what_happened, name="what_happened"),
    path("<str:number>/papers/", filing.papers, name="papers"),
    path("<str:number>/papers/<uuid:document_id>/remove/", filing.remove_paper, name="remove_paper"),
    path("<str:number>/account/", filing.payee, name="payee"),
    path("<str:number>/check/", filing.check, name="check"),
    path("<str:number>/withdraw/", filing.withdraw, name="withdraw"),
    path("<str:number>/letter.pdf", following.letter_pdf, name="letter_pdf"),
    path("<str:number>/handover/", following.handover, name="handover"),
    path("<str:number>/handover.pdf", following.handover_pdf, name="handover_pdf"),
]
