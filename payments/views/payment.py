"""The payer's pages: how the payment stands, and the way to the channel's cashier."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from core import clock
from core.access import actor_of, requires
from core.errors import Conflict
from core.seen import sent
from payments import selectors, shown
from payments.actions import renew_cashier
from payments.models import Payment
from payments.money_accounts import payment_channel_of


@requires("payments.read_own", owner="payment")
@require_GET
def payment(request: HttpRequest, number: str) -> HttpResponse:
    found = selectors.payment_for(actor_of(request), number)
    page = selectors.payment_page(found, now=clock.now())
    if request.headers.get("HX-Request") and request.GET.get("seen") == page.mark:
        return HttpResponse(status=204)  # htmx leaves the page as it is
    return _payment_page(request, found, page)


def _payment_page(
    request: HttpRequest, found: Payment, page: selectors.PaymentPage, *, status: int = 200
) -> HttpResponse:
    context = {"payment": found, "page": page, "seen": shown.payment_version(found)}
    return render(request, "payments/payment.html", context, status=status)


@requires("payments.pay", owner="payment")
@require_http_methods(["GET", "POST"])
def cashier(request: HttpRequest, number: str) -> HttpResponse:
    """GET: on to the cashier, while the address is good. POST: ask for a fresh address."""
    now = clock.now()
    found = selectors.payment_for(actor_of(request), number)
    page = selectors.payment_page(found, now=now)
    status = reverse("payments:payment", args=[found.number])
    if request.method == "POST":
        try:
            renew_cashier(payment=found, seen=sent(request), now=now)
        except Conflict as error:
            messages.error(request, str(error))
            found = selectors.payment_for(actor_of(request), number)
            page = selectors.payment_page(found, now=now)
            return _payment_page(request, found, page, status=error.status)
        return redirect(status)
    if not page.may_open_cashier:
        return redirect(status)
    way = payment_channel_of(found).way_to_cashier(found.cashier_url, back=request.build_absolute_uri(status))
    return HttpResponseRedirect(way)
