"""The city's coupons, as a payment channel: a folder like those of payments/channels, and nothing outside it."""

from tests.payments.channels.coupon.channel import Coupon

CHANNEL = Coupon()

__all__ = ["CHANNEL"]
