"""People who sign in: residents by phone and code, staff by user name, password and second factor."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import scopes
from accounts.copies import ACCOUNTS
from accounts.lifecycle import RoleState
from accounts.roles import SECOND_FACTOR, Role, permissions_of
from core import clock
from core.actors import Actor, Grant
from core.identifiers import mask_mobile, mask_name
from core.written import number_as_written
from privacy import crypto
from privacy.fields import BlindIndexField, EncryptedTextField
from work.audit import tracked
from work.row_ids import RowId

# A staff name can never look like a phone or identity number, so neither can end up in a log of failed sign-ins.
USERNAME_PATTERN = r"^[a-z][a-z0-9._-]{1,31}$"

# The name under which insured people's numbers are indexed (people.PersonDocument): equal numbers, equal fingerprints.
PERSON_KEY = "people.persondocument.number"


class UserQuerySet(models.QuerySet["User"]):
    def update(self, **values: Any) -> int:
        """Nobody believes a copy from before (accounts.copies)."""
        if ACCOUNTS.is_used:
            ACCOUNTS.close(*self.values_list("pk", flat=True))
        return super().update(**values)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]  # made at run time
    def create_resident(self, *, phone: str, **fields: Any) -> User:
        """phone: eleven digits, already checked."""
        user: User = self.model(kind=User.Kind.RESIDENT, phone=phone, **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        user.is_just_made = True
        return user

    def create_staff(self, *, username: str, password: str | None, display_name: str = "", **fields: Any) -> User:
        """A staff account without any role: it can sign in and do nothing until a role is granted."""
        user: User = self.model(kind=User.Kind.STAFF, username=username, display_name=display_name, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def with_phone(self, phone: str) -> User | None:
        """The resident of this phone number, if she has ever signed in."""
        digest = BlindIndexField.of(self.model, "phone_index", phone)
        found: User | None = self.filter(kind=User.Kind.RESIDENT, phone_index=digest).first()
        return found


# Not every column: phone, name and password must not live on in a history that nobody may change. Without
# them the history says what matters: who existed, as what, and since when she may not sign in.
@tracked(only=("uuid", "kind", "username", "is_active", "closed_at"))
class User(AbstractBaseUser):  # type: ignore[django-manager-missing]  # django-otp ships no types
    class Kind(models.TextChoices):
        RESIDENT = "RESIDENT", _("Resident")
        STAFF = "STAFF", _("Staff")

    REVEALABLE_FIELDS = {"phone": mask_mobile, "display_name": mask_name}

    id = RowId()
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    username = models.CharField(
        _("user name"),
        max_length=32,
        unique=True,
        null=True,
        blank=True,
        validators=[
            RegexValidator(
                USERNAME_PATTERN,
                _("A user name has 2 to 32 small letters, digits, dots, hyphens or underscores; first a letter."),
            )
        ],
    )
    phone = EncryptedTextField(_("mobile number"), blank=True, default="")
    phone_index = BlindIndexField(source="phone", null=True)
    display_name = EncryptedTextField(pgettext_lazy("person", "name"), blank=True, default="")
    # Staff only: whose claims are her own or her family's. A fingerprint, comparable with that of an insured person.
    identity_digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    # Sessions that began before are over (accounts.actions.end_sessions).
    sessions_since = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("since"), default=clock.now, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)

    # By this very request: she has said nothing to any notice yet.
    is_just_made = False

    # Nobody reads when somebody signed in last, and writing it is a statement of every sign-in.
    last_login = None

    objects = UserManager()

    USERNAME_FIELD = "username"

    class Meta:
        verbose_name = _("person who signs in")
        verbose_name_plural = _("people who sign in")
        constraints = [
            models.UniqueConstraint(
                fields=["phone_index"], name="one_resident_per_phone", condition=Q(kind="RESIDENT")
            ),
            models.CheckConstraint(
                name="residents_have_a_phone_staff_a_user_name",
                condition=Q(kind="RESIDENT", username__isnull=True)
                & (Q(phone_index__isnull=False) | Q(closed_at__isnull=False))
                | Q(kind="STAFF", username__isnull=False),
            ),
        ]
        indexes = [
            # The list of people: staff by name, then residents.
            models.Index(fields=["-kind", "username", "id"], name="staff_before_residents"),
            models.Index(fields=["is_active", "id"], name="people_shut_out", condition=Q(is_active=False)),
        ]

    def __str__(self) -> str:
        return self.label

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Nobody believes a copy from before (accounts.copies)."""
        if self.pk is not None:
            ACCOUNTS.close(self.pk)
        super().save(*args, **kwargs)

    @property
    def label(self) -> str:
        """How this person is named in event rows and logs: without personal data."""
        return f"staff:{self.username}" if self.is_staff_account else f"resident:{str(self.uuid)[:8]}"

    @property
    def shown_name(self) -> str:
        """How pages greet this person: a masked name, else a masked number, else the staff name."""
        return mask_name(self.display_name) or self.username or mask_mobile(self.phone)

    def record_identity(self, id_number: str) -> None:
        """Keep the fingerprint of an identity number; "" keeps none. The number itself is not stored."""
        number = number_as_written(id_number)
        self.identity_digest = crypto.blind_index(PERSON_KEY, number) if number else ""

    @property
    def is_staff_account(self) -> bool:
        return self.kind == self.Kind.STAFF

    @property
    def is_staff(self) -> bool:
        """Django's admin asks this; its site asks for the second factor besides."""
        return self.is_active and self.is_staff_account

    @property
    def is_superuser(self) -> bool:
        """Nobody is above the role table."""
        return False

    @cached_property
    def held_roles(self) -> tuple[tuple[str, scopes.Scope], ...]:
        """(role, within what) pairs; an empty scope is everywhere. Read once per loaded row, that is once per request:
        a role that is taken back ends with the next request.
        """
        if not self.is_staff_account:
            return ((str(Role.RESIDENT), {}),)
        live = self.role_assignments.filter(state=RoleState.LIVE).order_by("pk")
        return tuple((role, scopes.read(within)) for role, within in live.values_list("role", "within"))

    @cached_property
    def grants(self) -> tuple[Grant, ...]:
        """Each role is a grant of its own: what is held for one insurer never mixes with what is held for another."""
        if not self.is_active:
            return ()
        own = (Grant(frozenset({SECOND_FACTOR})),) if self.is_staff_account else ()
        return own + tuple(Grant(permissions_of([role]), within) for role, within in self.held_roles)

    @property
    def permissions(self) -> frozenset[str]:
        """What is held somewhere: enough to open a page (see core.actors)."""
        return self.actor().permissions

    def actor(self) -> Actor:
        """This person with all her grants, as after a complete sign-in."""
        return Actor(user_id=self.pk, label=self.label, grants=self.grants)

    # What Django's admin asks of a user, answered from the roles.

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return perm in self.permissions

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.permissions)
