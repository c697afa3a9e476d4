from people.models.facts import Fact, PersonClass, PersonDocument, PersonInsurance
from people.models.kinship import HouseholdCheck, Kinship, KinshipEvent
from people.models.person import LookUpTurn, Person, PersonCheck
from people.models.proof import PersonProof, PersonProofEvent
from people.models.residence import Ground, Residence

__all__ = [
    "Fact",
    "Ground",
    "HouseholdCheck",
    "Kinship",
    "KinshipEvent",
    "LookUpTurn",
    "Person",
    "PersonCheck",
    "PersonClass",
    "PersonDocument",
    "PersonInsurance",
    "PersonProof",
    "PersonProofEvent",
    "Residence",
]
