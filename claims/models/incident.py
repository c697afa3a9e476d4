"""What the claimant says of what happened. Every column is one question of claims.questions."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from claims.lifecycle import EDITABLE_CLAIM_STATES
from claims.models.claim import Claim
from privacy.fields import EncryptedTextField
from work.audit import tracked
from work.row_ids import RowId
from work.triggers import Plain

_EDITABLE = ", ".join(f"'{state}'" for state in sorted(str(state) for state in EDITABLE_CLAIM_STATES))


class Cause(models.TextChoices):
    """Why she was treated. Anything but an illness may be somebody else's to pay (Social Insurance Law 30)."""

    ILLNESS = "illness", _("An illness")
    TRAFFIC = "traffic", _("A traffic accident")
    WORK = "work", _("Something at work, or on the way there")
    ACCIDENT = "accident", _("Another accident or injury")


class ThirdParty(models.TextChoices):
    """Whether somebody else has to answer for it."""

    NO = "no", pgettext_lazy("third party", "No")
    YES = "yes", pgettext_lazy("third party", "Yes")
    UNSURE = "unsure", _("I do not know yet")


class OtherInsurance(models.TextChoices):
    """Whether another insurer pays for the same treatment: no more than what it cost is paid back in all."""

    NO = "no", pgettext_lazy("other insurance", "No")
    YES = "yes", pgettext_lazy("other insurance", "Yes, or will do")


@tracked
class Incident(models.Model):
    """Of one claim, from the first answer on; "" where a question was not asked or not answered."""

    id = RowId()
    claim = models.OneToOneField(Claim, models.PROTECT, related_name="incident")
    cause = models.CharField(max_length=12, choices=Cause.choices, blank=True, default="")
    third_party = models.CharField(max_length=12, choices=ThirdParty.choices, blank=True, default="")
    accident_place = EncryptedTextField(blank=True, default="")
    other_insurance = models.CharField(max_length=12, choices=OtherInsurance.choices, blank=True, default="")

    class Meta:
        verbose_name = _("what happened")
        verbose_name_plural = _("what happened")
        triggers = [
            Plain(
                name="incident_as_handed_in",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF (SELECT state FROM claims_claim WHERE id = NEW.claim_id) NOT IN ($EDITABLE) THEN
                        RAISE EXCEPTION 'incident_as_handed_in: the claim was handed in with other answers';
                    END IF;
                    RETURN NEW;
                """.replace("$EDITABLE", _EDITABLE),
            ),
            # What was only begun is forgotten when it is given up; what was handed in is a record.
            Plain(
                name="incident_stays_once_handed_in",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                func="""
                    IF (SELECT state FROM claims_claim WHERE id = OLD.claim_id) NOT IN ('DRAFT', 'WITHDRAWN') THEN
                        RAISE EXCEPTION 'incident_stays_once_handed_in: the claim was handed in';
                    END IF;
                    RETURN OLD;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.cause}"
