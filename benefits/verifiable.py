"""A decision that anybody can compute again: facts, bill, digest of the plan and the decision itself, in one JSON file.

    document = statement(plan_text=text, plan=plan, person=person, year=year, bill=bill, decision=decision)
    signed = sign(document, private_key)
    verify(signed, plan_text=text)             → () or where it differs

No name is in it, and no date of birth: the age that the terms were applied to. The plan is named by the SHA-256 of its
file, so that the file can come from anywhere. The signature (Ed25519) is over the canonical form of everything else.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from benefits.adjudication import adjudicate
from benefits.errors import BadValue, BenefitsError
from benefits.facts import UNKNOWN_AGE, age_on, bill_day
from benefits.files.load import load_text
from benefits.jsonio import bill_from_json, day_from_json, object_to_json, person_from_json, year_from_json
from benefits.model import Bill, Decision, Person, YearSoFar
from benefits.plan import Listed, Plan

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KIND, FORMAT, ALGORITHM = "benefits.decision", 1, "Ed25519"
PARTS = ("plan", "person", "year_before", "bill", "decision")


class SignatureInvalid(BenefitsError):
    """A signature that is missing, unreadable, or not made by this key over these bytes."""

    code = "signature_invalid"


def canonical(value: object) -> bytes:
    """One text for one content: names in order, no blanks, UTF-8, whole numbers only. Raises BadValue for fractions."""

    def refuse(item: object) -> None:
        raise BadValue("document", f"{item!r} has no canonical form: amounts are whole fen, rates are text")

    for item in _leaves(value):
        if isinstance(item, float):
            refuse(item)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=refuse).encode()


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def text_digest(text: str) -> str:
    """The name of a plan file by its content."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest(document: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form without the signature: the same for a signed and an unsigned copy."""
    return hashlib.sha256(_unsigned(document)).hexdigest()


def _unsigned(document: Mapping[str, Any]) -> bytes:
    return canonical({key: value for key, value in document.items() if key != "signature"})


def statement(
    *, plan_text: str, plan: Plan, person: Person, year: YearSoFar, bill: Bill, decision: Decision
) -> dict[str, Any]:
    """The document of a decision. `plan`: as `plan_text` gives it, with the lists filed for the day of the bill;
    `year`: as it stood before the bill. Raises BadValue when these do not give this decision."""
    made = document(
        plan_text=plan_text, plan=plan, person=person, year=year, bill=bill, decision=object_to_json(decision)
    )
    wrong = verify(made, plan_text=plan_text)
    if wrong:
        raise BadValue("decision", f"is not what plan, person, year and bill give: {wrong[0]}")
    return made


def document(
    *, plan_text: str, plan: Plan, person: Person, year: YearSoFar, bill: Bill, decision: Mapping[str, Any]
) -> dict[str, Any]:
    """The same of a decision that was made before and kept as JSON: nothing is computed."""
    age = age_on(person, bill_day(plan, bill))
    facts = replace(person, birth_date=None, age=None if age == UNKNOWN_AGE else age)
    made: dict[str, Any] = {
        "kind": KIND,
        "format": FORMAT,
        "plan": {"id": plan.id, "sha256": text_digest(plan_text), "on": plan.on.isoformat()},
        "person": object_to_json(facts),
        "year_before": object_to_json(year),
        "bill": object_to_json(bill),
        "decision": dict(decision),
    }
    filed = load_text(plan_text, name=plan.id, on=plan.on).lists
    lists = {
        key: {"codes": sorted(one.codes), "names": sorted(one.names)}
        for key, one in plan.lists.items()
        if (one.codes, one.names) != (filed[key].codes, filed[key].names)
    }
    if lists:
        made["plan"]["lists"] = lists
    return made


def sign(document: Mapping[str, Any], private_key: Ed25519PrivateKey) -> dict[str, Any]:
    """The document with a signature over its canonical form; an earlier signature is replaced."""
    value = base64.b64encode(private_key.sign(_unsigned(document))).decode()
    return {**document, "signature": {"algorithm": ALGORITHM, "value": value}}


def check_signature(document: Mapping[str, Any], public_key_pem: bytes) -> None:
    """Raises SignatureInvalid unless the holder of the key's other half signed exactly this content."""
    try:
        from cryptography.exceptions import InvalidSignature  # only who checks signatures needs the package
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError:
        raise SignatureInvalid("cannot be checked here: install the package cryptography") from None
    given = document.get("signature")
    if not isinstance(given, Mapping) or given.get("algorithm") != ALGORITHM:
        raise SignatureInvalid(f"the document carries no {ALGORITHM} signature")
    try:
        key = load_pem_public_key(public_key_pem)
    except ValueError:
        raise SignatureInvalid("the key is not a public key in PEM form") from None
    if not isinstance(key, Ed25519PublicKey):
        raise SignatureInvalid(f"the key is not an {ALGORITHM} key")
    try:
        key.verify(base64.b64decode(str(given.get("value")), validate=True), _unsigned(document))
    except (InvalidSignature, binascii.Error):
        raise SignatureInvalid("was not made by this key over this content") from None


def plan_digest(document: Mapping[str, Any]) -> str:
    """The SHA-256 of the plan file that the document names. Raises BadValue for what is no such document."""
    if document.get("kind") != KIND or document.get("format") != FORMAT:
        raise BadValue("document", f"is not a {KIND} of format {FORMAT}")
    for part in PARTS:
        if not isinstance(document.get(part), Mapping):
            raise BadValue(part, "is missing")
    return str(document["plan"].get("sha256"))


def verify(document: Mapping[str, Any], *, plan_text: str) -> tuple[str, ...]:
    """Compute the decision again: () when every amount and sentence comes out the same, else where it differs.

    Raises BadValue when the text is not the plan that the document names, or a part of it cannot be read.
    """
    named = plan_digest(document)
    if text_digest(plan_text) != named:
        raise BadValue("plan.sha256", f"the document names the plan file {named}, not this one")
    plan = load_text(plan_text, name=str(document["plan"].get("id")), on=_day(document)).with_lists(_lists(document))
    person, year = person_from_json(document["person"]), year_from_json(document["year_before"], "year_before")
    again = object_to_json(adjudicate(plan, person, year, bill_from_json(document["bill"])))
    return tuple(_differences("decision", document["decision"], again))


def _day(document: Mapping[str, Any]) -> date:
    day: date = day_from_json("plan.on", document["plan"].get("on"))
    return day


def _lists(document: Mapping[str, Any]) -> dict[str, Listed]:
    """What was on the lists that were filed for the day of the bill."""
    lists = document["plan"].get("lists", {})
    if not isinstance(lists, Mapping):
        raise BadValue("plan.lists", "is not codes and names by the keys of the plan's lists")
    return {str(key): _listed(f"plan.lists.{key}", one) for key, one in lists.items()}


def _listed(path: str, given: Any) -> Listed:
    """A document from before lists had names carries the codes alone."""
    parts = given if isinstance(given, Mapping) else {"codes": given}
    codes, names = parts.get("codes"), parts.get("names", [])
    if not isinstance(codes, list) or not isinstance(names, list):
        raise BadValue(path, "is not codes and names")
    return Listed(codes=frozenset(map(str, codes)), names=frozenset(map(str, names)))


def _differences(path: str, said: Any, again: Any) -> Iterator[str]:
    if isinstance(said, Mapping) and isinstance(again, Mapping):
        for key in [*again, *(key for key in said if key not in again)]:
            yield from _differences(f"{path}.{key}", said.get(key), again.get(key))
    elif isinstance(said, list) and isinstance(again, list) and len(said) == len(again):
        for i, (one, other) in enumerate(zip(said, again, strict=True)):
            yield from _differences(f"{path}[{i}]", one, other)
    elif type(said) is not type(again) or said != again:
        yield f"{path}: the document says {_brief(said)}, computed {_brief(again)}"


def _brief(value: Any) -> str:
    text = f"{len(value)} entries" if isinstance(value, list | dict) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else f"{text[:119]}…"
