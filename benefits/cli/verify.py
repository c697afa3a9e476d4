"""`verify FILE`: a decision's document is computed again, anywhere the plan's file can be found.

Exit code 0: every amount and sentence comes out the same (and the signature is good, if a key is given). 1: it does
not, the plan's file is not there, or the signature is not this key's; what differs is printed, one line each.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from benefits.errors import BadValue, PlanNotFound
from benefits.files.load import PLANS
from benefits.money import yuan
from benefits.strict import read_json
from benefits.verifiable import check_signature, digest, plan_digest, verify


def register(commands: Any) -> None:
    parser = commands.add_parser(
        "verify",
        help="compute a decision's document again and say where it differs",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the document of a decision (JSON)")
    parser.add_argument(
        "--plan", type=Path, action="append", default=[], metavar="PATH",
        help="a plan file, or a folder of them; the one with the right digest is taken, else one that ships",
    )  # fmt: skip
    parser.add_argument("--key", type=Path, metavar="PEM", help="the insurer's public key: the signature is checked")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    document = read_json(_read(arguments.file).decode("utf-8-sig", "surrogateescape"))
    if not isinstance(document, dict):
        raise BadValue(str(arguments.file), "is not the document of a decision")
    wanted = plan_digest(document)
    plan = find_by_digest(wanted, arguments.plan)
    if arguments.key is not None:
        check_signature(document, _read(arguments.key))
    differences = verify(document, plan_text=plan.read_bytes().decode())
    for difference in differences:
        print(difference)
    if differences:
        print(f"differs in {len(differences)} place(s) from what {plan} gives")
        return 1
    signed = "signature good" if arguments.key else "signature not checked (no --key)"
    paid = yuan(int(document["decision"]["payable_fen"]))
    print(f"holds to the fen: {paid} yuan by {plan}; {signed}; digest {digest(document)}")
    return 0


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise BadValue(str(path), "there is no such file")
    return path.read_bytes()


def find_by_digest(wanted: str, places: list[Path]) -> Path:
    """The plan file with this SHA-256, in the given places first, then among those that ship. Raises PlanNotFound."""
    for path in _candidates([*places, PLANS]):
        if sha256(path.read_bytes()).hexdigest() == wanted:
            return path
    raise PlanNotFound(f"no plan file here has the digest {wanted}: give it, or its folder, with --plan")


def _candidates(places: list[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_dir():
            yield from sorted((*place.rglob("*.yaml"), *place.rglob("*.yml")))
        elif place.is_file():
            yield place
        else:
            raise BadValue(str(place), "there is no such file or folder")
