"""Personal fields of this room (privacy.register): none; it describes what is sold."""

from __future__ import annotations

from privacy.register import declare_impersonal


def register() -> None:
    declare_impersonal(
        "products.planyear",
        "the product: its name and terms",
        "name_zh", "name_en", "benefits_text",
    )  # fmt: skip
    declare_impersonal("products.poolshare", "an area code that an insurer carries", "area")
    declare_impersonal("products.filedlist", "a published list", "name_zh", "name_en")
    declare_impersonal("products.listitem", "a drug or service on a published list", "name", "brand_name")
    declare_impersonal("products.plandocument", "a published document", "body_zh", "body_en")
    declare_impersonal("products.termsdraft", "a copy of the product's terms", "benefits_text", "texts")
    declare_impersonal("products.comparedterms", "what terms are called, and their copy", "name", "benefits_text")
    for model in ("cityyearfile", "comparisonpart", "dossier"):
        declare_impersonal(f"products.{model}", "the key of a sealed file with nobody's data in it", "key")
