from accounts.models.consent import Consent
from accounts.models.data_request import DataRequest, DataRequestEvent
from accounts.models.failed_sign_in import FailedSignIn
from accounts.models.identity_reveal import IdentityReveal
from accounts.models.login_code import LoginCode
from accounts.models.role_assignment import RoleAssignment, RoleAssignmentEvent, RoleScope
from accounts.models.second_factor import Authenticator, BackupCode, BackupCodeSheet
from accounts.models.session import Session
from accounts.models.user import User

__all__ = [
    "Authenticator",
    "BackupCode",
    "BackupCodeSheet",
    "Consent",
    "DataRequest",
    "DataRequestEvent",
    "FailedSignIn",
    "IdentityReveal",
    "LoginCode",
    "RoleAssignment",
    "RoleAssignmentEvent",
    "RoleScope",
    "Session",
    "User",
]
