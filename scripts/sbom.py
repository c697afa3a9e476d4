"""`make sbom`: the bill of materials (CycloneDX) of what `make run` installs, from the locks and vendor.json.

Scope `required`: the product (requirements.txt, front-end files, fonts); `optional`: what only the demo on one machine
or an S3-compatible store adds. Hashes of packages are in the locks, one per
wheel. The same input gives the same file: no time, no random number.
"""

import hashlib
import json
import re
from importlib import metadata
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from launch.places import CHECKOUT
from scripts.vendor import MANIFEST, manifest

SBOM = CHECKOUT / "sbom.cdx.json"
RUN_LOCK = CHECKOUT / "requirements.txt"
WITH_MORE = (CHECKOUT / "requirements-demo.txt", CHECKOUT / "requirements-s3.txt")
# Of packages that some Pythons and systems do not install, so that their own word cannot always be read.
STATED = {"async-timeout": "Apache-2.0", "brotlicffi": "MIT", "tzdata": "Apache-2.0"}
PINNED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\]+)", re.MULTILINE)


def pinned(lock: str) -> dict[str, str]:
    """Package → version of a lock's text."""
    return dict(PINNED.findall(lock))


def licence_of(package: str) -> License | None:
    """As the installed package states it. Several classifiers are a choice (pyphen), not a sum."""
    if package in STATED:
        return licence(STATED[package])
    try:
        stated: Any = metadata.metadata(package)  # its type knows no get()
    except metadata.PackageNotFoundError:
        return None
    classified = [line.rpartition(" :: ")[2] for line in stated.get_all("Classifier", []) if line.startswith("License")]
    text = stated.get("License-Expression") or stated.get("License") or " OR ".join(classified)
    return licence(text.strip().splitlines()[0]) if text else None


def licence(text: str) -> License:
    return LicenseFactory().make_from_string(text)


def package_components() -> list[Component]:
    run = pinned(RUN_LOCK.read_text())
    everything = {name: version for lock in WITH_MORE for name, version in pinned(lock.read_text()).items()}
    fonts = {entry["name"]: entry for entry in manifest()["installed"]}
    components = []
    for name, version in sorted(everything.items()):
        known = licence(fonts[name]["licence"]) if name in fonts else licence_of(name)
        components.append(
            Component(
                name=name,
                version=version,
                type=ComponentType.LIBRARY,
                bom_ref=f"pypi:{name}",
                purl=PackageURL("pypi", name=name, version=version),
                scope=ComponentScope.REQUIRED if name in run else ComponentScope.OPTIONAL,
                licenses=[known] if known else None,
            )
        )
    return components


def committed_components() -> list[Component]:
    return [
        Component(
            name=entry["name"],
            version=entry["version"],
            type=ComponentType.LIBRARY,
            bom_ref=f"npm:{entry['name']}",
            purl=PackageURL("npm", name=entry["name"], version=entry["version"]),
            scope=ComponentScope.REQUIRED,
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=entry["sha256"])],
            licenses=[licence(entry["licence"])],
            properties=[Property(name="path", value=entry["path"])],
        )
        for entry in manifest()["committed"]
        if entry["purpose"] == "run"
    ]


def text() -> str:
    components = [*package_components(), *committed_components()]
    sources = b"".join(path.read_bytes() for path in (RUN_LOCK, *WITH_MORE, MANIFEST))
    product = Component(name="huiminbao-portal", type=ComponentType.APPLICATION, bom_ref="huiminbao-portal")
    bom = Bom(
        components=components,
        metadata=BomMetaData(component=product),
        serial_number=uuid5(NAMESPACE_URL, hashlib.sha256(sources).hexdigest()),
    )
    bom.register_dependency(product, components)
    bill = json.loads(make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string())
    del bill["metadata"]["timestamp"]  # the library insists on one
    return json.dumps(bill, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def write() -> None:
    SBOM.write_text(text())
    print(f"{SBOM.name}: written")


if __name__ == "__main__":
    write()
