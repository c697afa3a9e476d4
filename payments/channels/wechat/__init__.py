"""WeChat Pay APIv3 through its SDK `wechatpayv3`, H5 orders, platform public key mode."""

from payments.channels.wechat.channel import WechatPay

CHANNEL = WechatPay()

__all__ = ["CHANNEL"]
