from django.urls import path

from payments.views.notify import notify_wechat
from payments.views.payment import cashier, payment

app_name = "payments"
urlpatterns = [
    path("notify/wechat/", notify_wechat, name="notify_wechat"),
    path("<str:number>/", payment, name="payment"),
    path("<str:number>/cashier/", cashier, name="cashier"),
]
