"""Where channels post their notifications. Answered after the message is safely stored, before it is acted upon."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core import clock
from core.access import public
from core.errors import NotAllowed
from payments.actions import receive_notification
from payments.channels import notifying_channel


@public
@csrf_exempt
@require_POST
def notify(request: HttpRequest, channel: str, number: str) -> HttpResponse:
    """number: what the channel calls us, a merchant number.

    200 once stored (also for a repetition), in the channel's own words; 401 for a message that is not authentic, not
    fresh or for nobody here; 404 where no channel of this name tells us anything.
    """
    try:
        sender = notifying_channel(channel.upper())
    except LookupError:
        raise Http404 from None
    status, refused = 200, ""
    try:
        receive_notification(
            channel=sender.code, number=number, headers=request.headers, body=request.body, now=clock.now()
        )
    except NotAllowed as refusal:
        status, refused = refusal.status, refusal.code
    said = sender.answer(refused)
    return HttpResponse(said.body, status=status, content_type=said.content_type)
