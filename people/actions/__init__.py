"""What this room does, one verb a file. Keyword-only; refusals are DomainErrors."""

from people.actions.add_relative import add_relative, consent_needed, odd_ages
from people.actions.answer_kinship import answer_kinship
from people.actions.authorise_relatives import authorise_relatives
from people.actions.check_household import check_household
from people.actions.check_person import check_person
from people.actions.confirm_residence import confirm_residence
from people.actions.finish_proof import expire_proofs, finish_proof
from people.actions.give_person_back import Why, give_person_back
from people.actions.link_person import link_person
from people.actions.refresh_person import refresh_person
from people.actions.start_proof import start_proof

__all__ = [
    "Why",
    "add_relative",
    "answer_kinship",
    "authorise_relatives",
    "check_household",
    "check_person",
    "confirm_residence",
    "consent_needed",
    "expire_proofs",
    "finish_proof",
    "give_person_back",
    "link_person",
    "odd_ages",
    "refresh_person",
    "start_proof",
]
