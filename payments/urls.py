from django.urls import path

from payments.views.notify import notify
from payments.views.payment import cashier, payment

app_name = "payments"
urlpatterns = [
    path("notify/<str:channel>/<str:number>/", notify, name="notify"),
    path("<str:number>/", payment, name="payment"),
    path("<str:number>/cashier/", cashier, name="cashier"),
]
