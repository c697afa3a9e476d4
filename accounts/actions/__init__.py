"""What this room does, one verb a file. Keyword-only; `now` from core.clock; refusals are DomainErrors."""

from accounts.actions.close_account import close_account
from accounts.actions.confirm_role import confirm_role, decline_role
from accounts.actions.copy_my_data import copy_my_data
from accounts.actions.end_sessions import end_sessions
from accounts.actions.enrol_authenticator import confirm_authenticator, prepare_authenticator
from accounts.actions.forget_name import forget_name
from accounts.actions.grant_role import grant_role
from accounts.actions.install_officer import install_officer
from accounts.actions.record_consent import record_consent, withdraw_consent
from accounts.actions.record_name import record_name
from accounts.actions.request_login_code import request_login_code
from accounts.actions.request_name_correction import request_name_correction, settle_name_correction
from accounts.actions.reset_second_factor import reset_second_factor
from accounts.actions.reveal_identity import reveal_identity
from accounts.actions.revoke_role import revoke_role
from accounts.actions.set_active import set_active
from accounts.actions.verify_login_code import verify_login_code
from accounts.actions.verify_second_factor import verify_second_factor

__all__ = [
    "close_account",
    "confirm_authenticator",
    "confirm_role",
    "copy_my_data",
    "decline_role",
    "end_sessions",
    "forget_name",
    "grant_role",
    "install_officer",
    "prepare_authenticator",
    "record_consent",
    "record_name",
    "request_login_code",
    "request_name_correction",
    "reset_second_factor",
    "reveal_identity",
    "revoke_role",
    "set_active",
    "settle_name_correction",
    "verify_login_code",
    "verify_second_factor",
    "withdraw_consent",
]
