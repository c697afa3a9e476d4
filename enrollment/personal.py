"""Personal fields of this room (privacy.register)."""

from __future__ import annotations

from privacy.register import AS_IT_WAS, WITH_CONTRACT, Exported, NotExported, Personal, Shown, Way, declare

_DRAWN = Way("Drawn anew from what it is made of.", by="enrollment.certificate.certificate_pdf")


def register() -> None:
    declare(
        "enrollment.orderline",
        relation=Personal(
            "what the insured is to the payer",
            Shown.AT_THE_DESK,
            Exported("enrollment.orders[].people[].relation"),
            AS_IT_WAS,
            WITH_CONTRACT,
        ),
    )
    declare(
        "enrollment.policyfile",
        key=Personal(
            "the certificate",
            Shown.TO_HER,
            NotExported("Downloaded on the policy's page; the copy has what it says."),
            _DRAWN,
            Way("A copy that may go at any time; with its policy at the latest.", by="privacy.files.destroy"),
        ),
    )
    declare(
        "enrollment.salespage",
        body=Personal(
            "a sales page as it was shown, with the names on it",
            Shown.TO_STAFF,
            NotExported("The same page for all who saw it alike; documents and consents are in the copy."),
            AS_IT_WAS,
            WITH_CONTRACT,
        ),
    )
    declare(
        "enrollment.salesstep",
        actor_label=Personal(
            "who took a step of the sale", Shown.TO_STAFF, NotExported("Herself."), AS_IT_WAS, WITH_CONTRACT
        ),
    )
