from messaging.models.opt_out import OptOut
from messaging.models.sms_message import SmsMessage

__all__ = ["OptOut", "SmsMessage"]
