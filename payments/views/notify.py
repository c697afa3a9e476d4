"""Where WeChat Pay posts its notifications. Answered after the message is safely stored, before it is acted upon."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core import clock
from core.access import public
from core.errors import NotAllowed
from payments.actions import receive_notification
from payments.models import Channel


@public
@csrf_exempt
@require_POST
def notify_wechat(request: HttpRequest) -> JsonResponse:
    """200 once stored (also for a repetition); 401 for a message that is not authentic or not fresh."""
    headers = {name: value for name, value in request.headers.items() if name.lower().startswith("wechatpay-")}
    try:
        receive_notification(channel=Channel.WECHAT, headers=headers, body=request.body, now=clock.now())
    except NotAllowed as refusal:
        return JsonResponse({"code": "FAIL", "message": refusal.code}, status=refusal.status)
    return JsonResponse({"code": "SUCCESS", "message": ""})
