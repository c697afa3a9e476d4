from django.db import models

from privacy.fields import BlindIndexField, EncryptedJSONField, EncryptedTextField
from privacy.files import RedrawnFile, SealedFile
from work.audit import tracked
from work.lifecycle import Lifecycle
from work.models import LeasedModel, LifecycleEvent
from work.row_ids import RowId


class ParcelState(models.TextChoices):
    PACKED = "PACKED", "packed"
    SENT = "SENT", "on its way"
    DELIVERED = "DELIVERED", "delivered"
    RETURNED = "RETURNED", "returned"


PARCEL_LIFECYCLE = Lifecycle(
    name="parcel",
    states=ParcelState,
    initial=ParcelState.PACKED,
    edges={
        (ParcelState.PACKED, ParcelState.SENT): "parcel.sent",
        (ParcelState.SENT, ParcelState.DELIVERED): "parcel.delivered",
        (ParcelState.SENT, ParcelState.RETURNED): "parcel.returned",
    },
)


@tracked
class Parcel(LeasedModel):
    lifecycle = PARCEL_LIFECYCLE
    id = RowId()
    state = models.CharField(max_length=16, choices=ParcelState.choices, default=ParcelState.PACKED)
    weight_gram = models.IntegerField(default=0)
    recipient = EncryptedTextField(default="")
    recipient_index = BlindIndexField(source="recipient", normalise=str.strip)
    route = EncryptedJSONField(null=True)

    class Meta:
        triggers = PARCEL_LIFECYCLE.triggers()

    def __str__(self) -> str:
        return f"parcel {self.pk}"


class ParcelEvent(LifecycleEvent):
    subject = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="events")


class Waybill(SealedFile):
    """A paper that came with a parcel."""

    folder = "parcels/waybills"

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="waybills")

    def __str__(self) -> str:
        return str(self.pk)


class Label(RedrawnFile):
    """What is stuck on a parcel; it can be drawn again."""

    folder = "parcels/labels"

    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, related_name="labels")

    class Meta:
        constraints = [models.UniqueConstraint(name="one_label_per_content", fields=["parcel", "content_key"])]

    def __str__(self) -> str:
        return str(self.pk)


class Obligation(models.Model):
    """What a payment or a transfer was for, where no room above payments is there: see tests/payments/orders.py."""

    ref = models.CharField(max_length=32, primary_key=True)
    state = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.ref} {self.state}"
