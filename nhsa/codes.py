"""National codes, at the border only: everything above this file speaks English names."""

from __future__ import annotations

from typing import Final

# psn_cert_type; keys are the product's own names of identity documents.
ID_TYPES: Final = {
    "resident_id": "01",
    "hk_mo_travel_permit": "04",
    "tw_travel_permit": "06",
    "foreign_permanent_card": "07",
    "passport": "08",
    "hk_mo_tw_permit": "17",
}
ID_TYPES_BACK: Final = {code: name for name, code in ID_TYPES.items()}

SEXES: Final = {"1": "M", "2": "F"}

INSURANCE_TYPES: Final = {
    "310": "employee",
    "320": "civil_servant_subsidy",
    "330": "large_amount",
    "340": "retired_cadre",
    "390": "resident",
    "391": "resident",
    "392": "critical_illness",
    "510": "maternity",
}
BASIC_INSURANCE_TYPES: Final = frozenset({"employee", "resident"})

INSURANCE_STATUSES: Final = {"0": "not_insured", "1": "active", "2": "paused", "3": "invalid", "4": "ended"}

# The words of benefits.Bill.encounter_type; which med_type means which is the region's (nhsa/mappings).
ENCOUNTER_TYPES: Final = (
    "inpatient",
    "deemed_inpatient",
    "outpatient",
    "chronic_outpatient",
    "major_disease_outpatient",
    "outpatient_drug",
    "emergency",
    "pharmacy",
    "injury",
    "maternity",
    "other",
)

# The words of fee categories; which med_chrgitm_type means which is the region's (nhsa/mappings).
FEE_CATEGORIES: Final = (
    "bed",
    "consultation",
    "examination",
    "laboratory",
    "treatment",
    "surgery",
    "nursing",
    "material",
    "western_medicine",
    "herbal_slices",
    "chinese_patent_medicine",
    "general_treatment",
    "registration",
    "other",
)
# A service of one of these is an examination.
EXAMINATIONS: Final = frozenset({"examination", "laboratory"})

# Where the platform tells who has the employees' large-amount subsidy.
LARGE_AMOUNT_COVER: Final = ("own_insurance", "with_basic", "not_told")

CATALOGUE_CLASSES: Final = {"01": "A", "02": "B", "03": "C"}

LINE_KINDS: Final = {
    "101": "drug",
    "102": "drug",
    "103": "drug",
    "104": "drug",
    "105": "other",
    "106": "drug",
    "201": "service",
    "301": "material",
}

# Answers that end a personal account instruction for good; any other refusal leaves its outcome unknown.
FINAL_REFUSALS: Final = frozenset(
    {
        "psn_not_found",
        "input_invalid",
        "acct_balance",
        "acct_auth_invalid",
        "acct_relation_not_allowed",
        "acct_no_account",
        "acct_kin_unknown",
        "acct_original_not_found",
        "acct_refund_exceeds",
    }
)

# What the insured is to the payer. GB/T 4761 by tens; the close relatives of Sanmenxia 五(一).
RELATIONS: Final = {
    "self": "01",
    "spouse": "10",
    "child": "20",
    "grandchild": "40",
    "parent": "50",
    "grandparent": "60",
    "sibling": "70",
}


def name_of(table: dict[str, str], code: object, *, unknown: str = "other") -> str:
    """The English name of a national code; codes that a region added come out as `unknown`, never as an error."""
    return table.get(str(code), unknown)
