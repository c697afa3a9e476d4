"""Personal fields of this room and of the packages it brings (privacy.register)."""

from __future__ import annotations

from privacy.register import (
    AS_IT_WAS,
    NO_END_YET,
    Exported,
    NotExported,
    Personal,
    Shown,
    Way,
    declare,
    declare_impersonal,
)

WITH_ACCOUNT = Way("Erased when the account is closed.", by="accounts.actions.close_account")
_BY_REQUEST = Way("She asks on her page; staff look at it.", by="accounts.actions.request_name_correction")
_SECURITY = NotExported("Kept to find attacks on accounts of staff; says nothing of residents.")
_FOR_THE_LIMITS = Way("Deleted when the rate limits count it no more.", by="accounts.chores.forget_old_login_codes")


def register() -> None:
    declare(
        "accounts.user",
        phone=Personal(
            "mobile number",
            Shown.MASKED,
            Exported("account.phone"),
            Way("Another number is another account; the person is linked to it by a new proof."),
            WITH_ACCOUNT,
        ),
        display_name=Personal("name", Shown.MASKED, Exported("account.display_name"), _BY_REQUEST, WITH_ACCOUNT),
        username=Personal(
            "name under which staff sign in", Shown.TO_STAFF, NotExported("Staff's own; residents have none."),
            Way("A new account is made."), NO_END_YET,
        ),
        identity_digest=Personal(
            "keyed digest by which staff are recognised as insured people",
            Shown.NEVER,
            NotExported("A digest of staff's own number, of no use to anybody else."),
            Way("Entered anew by who manages staff."),
            NO_END_YET,
        ),
    )  # fmt: skip
    declare(
        "accounts.datarequest",
        wanted=Personal("the name asked for", Shown.MASKED, Exported("requests[].wanted"), _BY_REQUEST, WITH_ACCOUNT),
        answer=Personal("what we answered", Shown.AT_THE_DESK, Exported("requests[].answer"), AS_IT_WAS, NO_END_YET),
    )
    declare(
        "accounts.identityreveal",
        reason=Personal(
            "why somebody read a name or number in full", Shown.AT_THE_DESK, Exported("readings[].reason"), AS_IT_WAS,
            NO_END_YET,
        ),
        actor_label=Personal(
            "who read it", Shown.TO_STAFF, NotExported("A colleague's name; that it was staff, and why, is told."),
            AS_IT_WAS, NO_END_YET,
        ),
    )  # fmt: skip
    digest = NotExported("A digest that lives for hours.")
    declare(
        "accounts.logincode",
        phone_index=Personal("digest of the number", Shown.NEVER, digest, AS_IT_WAS, _FOR_THE_LIMITS),
        ip_index=Personal("digest of the address", Shown.NEVER, digest, AS_IT_WAS, _FOR_THE_LIMITS),
    )
    declare(
        "accounts.roleassignment",
        reason=Personal(
            "why a role was given", Shown.TO_STAFF, NotExported("About staff at work."), AS_IT_WAS, NO_END_YET
        ),
    )
    declare(
        "accounts.authenticator",
        secret=Personal(
            "secret of the second factor",
            Shown.NEVER,
            NotExported("A key, shown once when it is made."),
            Way("A new one is made.", by="accounts.actions.reset_second_factor"),
            Way("Deleted with the factor.", by="accounts.actions.reset_second_factor"),
        ),
    )
    declare(
        "accounts.session",
        session_data=Personal(
            "what a browser is in the middle of", Shown.NEVER, NotExported("Lives as long as she is signed in."),
            AS_IT_WAS, Way("Deleted at sign-out.", by="accounts.actions.end_sessions"),
        ),
    )  # fmt: skip
    for model in ("axes.accessattempt", "axes.accessfailurelog", "axes.accesslog", "accounts.failedsignin"):
        parts = ["user_agent", "ip_address", "username", "path_info"]
        parts += ["get_data", "post_data"] if model in ("axes.accessattempt", "accounts.failedsignin") else []
        for name in parts:
            what = f"{name.replace('_', ' ')} of a failed sign-in of staff"
            declare(model, **{name: Personal(what, Shown.TO_STAFF, _SECURITY, AS_IT_WAS, NO_END_YET)})
    declare(
        "admin.logentry",
        object_repr=Personal(
            "what staff changed, in a word", Shown.TO_STAFF, NotExported("Staff's own work."), AS_IT_WAS, NO_END_YET
        ),
    )
    declare_impersonal("accounts.rolescope", "an area code within which a role is held", "area")
    declare_impersonal("admin.logentry", "names of changed fields", "change_message")
    declare_impersonal("accounts.identityreveal", "which record was read", "subject_type", "subject_key")
    declare_impersonal("accounts.authenticator", "the name of a device", "name")
    declare_impersonal("accounts.backupcodesheet", "the name of a sheet", "name")
    for model in ("auth.permission", "auth.group"):
        declare_impersonal(model, "the name of a right", "name")
