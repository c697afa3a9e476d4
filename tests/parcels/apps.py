from datetime import datetime

from django.apps import AppConfig


class ParcelsConfig(AppConfig):
    name = "tests.parcels"

    def ready(self) -> None:
        from tests.payments import orders
        from work import outbox

        orders.register()
        for topic in ("test.covered", "test.paid_out"):
            outbox.handler(topic)(nothing)


def nothing(payload: dict[str, object], *, key: str, now: datetime) -> None:
    """What a room above does after a payment (PDF, SMS) is not payments' matter."""
