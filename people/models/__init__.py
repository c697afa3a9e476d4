from people.models.kinship import HouseholdCheck, Kinship, KinshipEvent
from people.models.person import Person, PersonCheck
from people.models.proof import PersonProof, PersonProofEvent

__all__ = ["HouseholdCheck", "Kinship", "KinshipEvent", "Person", "PersonCheck", "PersonProof", "PersonProofEvent"]
