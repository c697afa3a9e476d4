"""Personal fields of this room (privacy.register)."""

from __future__ import annotations

from accounts.personal import WITH_ACCOUNT
from privacy.register import (
    AS_IT_WAS,
    NO_END_YET,
    WITH_CONTRACT,
    Exported,
    NotExported,
    Personal,
    Shown,
    Way,
    declare,
)

_AT_THE_PLATFORM = Way(
    "The national platform's word, read anew with every check; what is wrong there is corrected there.",
    by="people.actions.check_person",
)
_ANOTHER_FACT = Way(
    "The platform's next answer closes it, or withdraws it, and puts another beside it.", by="people.answers.remember"
)
_UNTIL_USED = Way("Erased when the proof is used or has run out.", by="people.actions.finish_proof.expire_proofs")
_PASSING = NotExported("On its way from the platform for minutes; then it is the person's, who is in the copy.")


def register() -> None:
    def of_a_person(what: str, shown: Shown, key: str) -> Personal:
        return Personal(what, shown, Exported(f"people.person.{key}"), _AT_THE_PLATFORM, WITH_CONTRACT)

    declare(
        "people.person",
        name=of_a_person("name", Shown.MASKED, "name"),
        id_type=of_a_person("kind of document", Shown.AT_THE_DESK, "kind_of_document"),
        id_number=of_a_person("number of the document", Shown.MASKED, "id_number"),
        birth_date=of_a_person("date of birth", Shown.AT_THE_DESK, "birth_date"),
        sex=of_a_person("sex", Shown.AT_THE_DESK, "sex"),
        psn_no=of_a_person("person number of the national platform", Shown.NEVER, "person_number"),
        insurance_area=of_a_person("area of the basic insurance", Shown.AT_THE_DESK, "insurance_area"),
        mobile=of_a_person("mobile number known to the platform", Shown.NEVER, "mobile"),
        answer_digest=Personal(
            "keyed digest of the platform's last answer",
            Shown.NEVER,
            NotExported("A digest, by which the same answer is known again; what it said is in the copy."),
            _AT_THE_PLATFORM,
            WITH_CONTRACT,
        ),
    )

    def of_a_fact(what: str, shown: Shown, path: str) -> Personal:
        return Personal(what, shown, Exported(f"people.person.{path}"), _ANOTHER_FACT, WITH_CONTRACT)

    declare(
        "people.persondocument",
        kind=of_a_fact("kind of document", Shown.AT_THE_DESK, "documents[].kind"),
        number=of_a_fact("number of a document of now or before", Shown.MASKED, "documents[].number"),
        name=of_a_fact("name on it", Shown.MASKED, "documents[].name"),
    )
    declare(
        "people.personinsurance",
        type=of_a_fact("an insurance", Shown.AT_THE_DESK, "insurances[].type"),
        area=of_a_fact("its area", Shown.AT_THE_DESK, "insurances[].area"),
        status=of_a_fact("its state", Shown.AT_THE_DESK, "insurances[].status"),
        since_on=of_a_fact("insured since", Shown.AT_THE_DESK, "insurances[].since"),
    )
    declare(
        "people.personclass",
        code=of_a_fact("code of a class of assistance", Shown.AT_THE_DESK, "classes_of_assistance[].code"),
        name=of_a_fact("class of assistance", Shown.AT_THE_DESK, "classes_of_assistance[].name"),
    )

    def of_a_proof(what: str, shown: Shown = Shown.NEVER) -> Personal:
        return Personal(what, shown, _PASSING, _AT_THE_PLATFORM, _UNTIL_USED)

    declare(
        "people.personproof",
        nonce=of_a_proof("secret between us and the platform"),
        platform_url=of_a_proof("address of the platform's page"),
        name=of_a_proof("name", Shown.MASKED),
        id_type=of_a_proof("kind of document"),
        id_number=of_a_proof("number of the document", Shown.MASKED),
        psn_no=of_a_proof("person number of the national platform"),
        mobile=of_a_proof("mobile number known to the platform"),
    )
    declare(
        "people.personcheck",
        id_number_digest=Personal(
            "keyed digest of a number that was asked for",
            Shown.NEVER,
            NotExported("A digest, by which questions about one person are counted."),
            AS_IT_WAS,
            NO_END_YET,
        ),
    )
    declare(
        "people.kinship",
        relation=Personal(
            "who is what to whom",
            Shown.AT_THE_DESK,
            Exported("people.family[].relation"),
            Way("Taken off the family list and added anew.", by="people.actions.add_relative"),
            WITH_ACCOUNT,
        ),
    )
    declare(
        "people.residence",
        found=Personal(
            "what staff read in a proof of where she lives",
            Shown.AT_THE_DESK,
            NotExported("May name others; that she lives there, why and until when is in the copy."),
            Way("Read again.", by="people.actions.confirm_residence"),
            NO_END_YET,
        ),
    )
    declare(
        "people.householdcheck",
        found=Personal(
            "what staff read in a household register",
            Shown.AT_THE_DESK,
            NotExported("May name others of the household; whether it showed the kinship is in the copy."),
            Way("Read again.", by="people.actions.check_household"),
            NO_END_YET,
        ),
    )
