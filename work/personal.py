"""Personal fields of this room (privacy.register)."""

from __future__ import annotations

from privacy.register import (
    AS_IT_WAS,
    NO_END_YET,
    NotExported,
    Personal,
    Shown,
    declare,
    declare_impersonal,
)

_OF_THE_HOUSE = NotExported("The house's own record of its work; what was decided stands in the record it is about.")


def register() -> None:
    declare(
        "work.lifecycleevent",
        reason=Personal("why a step was taken", Shown.TO_STAFF, _OF_THE_HOUSE, AS_IT_WAS, NO_END_YET),
        actor_label=Personal("who took a step", Shown.TO_STAFF, _OF_THE_HOUSE, AS_IT_WAS, NO_END_YET),
    )
    declare(
        "work.change",
        actor_label=Personal("who changed a row", Shown.TO_STAFF, _OF_THE_HOUSE, AS_IT_WAS, NO_END_YET),
        path=Personal("the page it was changed from", Shown.TO_STAFF, _OF_THE_HOUSE, AS_IT_WAS, NO_END_YET),
        before=Personal(
            "what a row was before; encrypted fields as their ciphertext", Shown.TO_STAFF, _OF_THE_HOUSE, AS_IT_WAS,
            NO_END_YET,
        ),
    )  # fmt: skip
    declare(
        "work.humantask",
        reason=Personal("what came before a person", Shown.TO_STAFF, _OF_THE_HOUSE, AS_IT_WAS, NO_END_YET),
        resolution=Personal("what was found and done", Shown.TO_STAFF, _OF_THE_HOUSE, AS_IT_WAS, NO_END_YET),
    )
    declare_impersonal("work.lifecycleevent", "the name of a step", "name")
    declare_impersonal("work.change", "the name of a table", "relation")
    declare_impersonal("work.humantask", "an area code that a task belongs to", "area")
    declare_impersonal("work.chore", "the name of a chore", "name")
