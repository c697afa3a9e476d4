"""Tables that belong to no business room: outbox, human queue, submitted forms; and abstract bases."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from work.triggers import refuse

# What workers write to a row while they hold it; no change of what the row says.
LEASE_FIELDS = ("attempts", "next_attempt_at", "lease_until", "fencing_token", "last_error")


class AppendOnly(models.Model):
    """Rows that are written once: the database refuses UPDATE and DELETE from any path."""

    class Meta:
        abstract = True
        triggers = [refuse("append_only", pgtrigger.Update | pgtrigger.Delete, because="append-only")]


class LifecycleEvent(AppendOnly):
    """One move along a lifecycle. Concrete models add `subject = ForeignKey(..., PROTECT, related_name="events")`."""

    partition_key: ClassVar = "at"

    old_state = models.CharField(max_length=32)
    new_state = models.CharField(max_length=32)
    name = models.CharField(max_length=64)
    reason = models.TextField(blank=True)
    # Without an index, here and wherever it says who did it: no page asks that way round, and accounts are not deleted.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor_label = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta(AppendOnly.Meta):
        abstract = True
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.name} {self.old_state} → {self.new_state}"


class LeasedModel(models.Model):
    """A row that a sweeper works on: see work.leases."""

    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    fencing_token = models.BigIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class Change(AppendOnly):
    """One change of one row of a tracked table, written by a trigger: see work.audit.

    before: the columns that changed, as they were (UPDATE), or all of them (DELETE); None for an INSERT.
    """

    partition_key: ClassVar = "at"

    at = models.DateTimeField(pgettext_lazy("history", "at"))
    relation = models.CharField(pgettext_lazy("history", "table"), max_length=63)
    row_id = models.CharField(pgettext_lazy("history", "row"), max_length=40)
    operation = models.CharField(pgettext_lazy("history", "operation"), max_length=1)
    actor_label = models.CharField(pgettext_lazy("history", "by"), max_length=64)
    user_id = models.BigIntegerField(null=True)
    path = models.CharField(max_length=200, blank=True)
    before = models.JSONField(pgettext_lazy("history", "before"), null=True)

    class Meta(AppendOnly.Meta):
        verbose_name = pgettext_lazy("history", "change")
        verbose_name_plural = pgettext_lazy("history", "changes")
        indexes = [models.Index(fields=["relation", "row_id", "id"], name="changes_of_a_row")]

    def __str__(self) -> str:
        return f"{self.operation} {self.relation} {self.row_id}"


class OutboxMessage(LeasedModel):
    """Something to be done after the transaction that wrote this row: see work.outbox."""

    topic = models.CharField(max_length=64)
    lane = models.CharField(max_length=16)
    key = models.CharField(max_length=120)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "key"], name="outbox_once_per_key")]
        indexes = [
            # Partial: the sweeper reads only what is still due, and of one lane, however long the others are.
            models.Index(
                fields=["lane", "next_attempt_at", "id"],
                name="outbox_due",
                condition=models.Q(next_attempt_at__isnull=False),
            ),
            # Partial: only the clearing up reads what is done, oldest first.
            models.Index(fields=["done_at"], name="outbox_done", condition=models.Q(done_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class LaneSetting(models.Model):
    """How fast a lane may go, set while it runs: see work.lanes. A lane without a row goes as fast as it can."""

    lane = models.CharField(max_length=16, primary_key=True)
    per_second = models.PositiveIntegerField(null=True, blank=True)
    is_paused = models.BooleanField(default=False)
    # When the next one may go: all workers of the lane reserve their turns here.
    free_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(per_second=0), name="lane_rate_is_not_zero")]

    def __str__(self) -> str:
        return self.lane


class Chore(LeasedModel):
    """When something that is done by the clock is done next: see work.chores."""

    name = models.CharField(max_length=64, unique=True)

    class Meta:
        indexes = [models.Index(fields=["next_attempt_at"], name="chore_due")]

    def __str__(self) -> str:
        return self.name


class HumanTask(models.Model):
    """What the machine must not decide alone: it waits here for a person, with the reason and a link."""

    kind = models.CharField(_("kind of task"), max_length=64)
    key = models.CharField(pgettext_lazy("task", "about"), max_length=120)
    reason = models.CharField(_("what happened"), max_length=300)
    # Where what it is about belongs, as far as it is known: who settles it is narrowed by it.
    scheme = models.CharField(max_length=32, blank=True, editable=False)
    insurer = models.CharField(max_length=32, blank=True, editable=False)
    area = models.CharField(max_length=6, blank=True, editable=False)
    url = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(_("waiting since"))
    resolved_at = models.DateTimeField(_("task settled"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("settled by"),
    )
    resolution = models.TextField(blank=True)

    scope_columns = {"scheme": "scheme", "insurer": "insurer", "area": "area"}

    class Meta:
        verbose_name = _("task for a person")
        verbose_name_plural = _("tasks for people")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                name="one_open_task_per_key",
                condition=models.Q(resolved_at__isnull=True),
            )
        ]
        indexes = [
            # Partial: the queue is read oldest first, and what is settled grows for ever.
            models.Index(fields=["created_at"], name="open_tasks", condition=models.Q(resolved_at__isnull=True)),
            models.Index(fields=["key"], name="tasks_about"),
            models.Index(fields=["kind", "id"], name="tasks_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Submission(models.Model):
    """A form (or API request) that was already carried out: a second submit gets the first's answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    scope = models.CharField(max_length=160)
    key = models.CharField(max_length=64)
    request_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    location = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="submission_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
