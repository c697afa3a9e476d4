"""Personal fields of this room (privacy.register): none; it knows companies, institutions and cities."""

from __future__ import annotations

from privacy.register import declare_impersonal


def register() -> None:
    declare_impersonal(
        "parties.scheme",
        "a product line of a city, with its service line",
        "name_zh", "name_en", "city_zh", "city_en", "hotline", "message_signature", "message_credentials",
    )  # fmt: skip
    declare_impersonal("parties.schemearea", "an area code that belongs to a scheme", "area")
    for kind in ("insurer", "institution", "organisation"):
        declare_impersonal(
            f"parties.{kind}", "a company or an institution, under its public code", "name_zh", "name_en", "area"
        )
