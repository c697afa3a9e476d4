"""Personal fields of this room (privacy.register): none; it describes what is sold."""

from __future__ import annotations

from privacy.register import declare_impersonal


def register() -> None:
    declare_impersonal(
        "products.planyear",
        "the product: its name, area, terms and service line",
        "name_zh", "name_en", "area_prefix", "benefits_text", "service_phone",
    )  # fmt: skip
    declare_impersonal("products.plandocument", "a published document", "body_zh", "body_en")
