"""`make vendor`: copies the front-end files of package-lock.json into the checkout and notes them in vendor.json.

Only who updates them needs npm. A checkout holds the files themselves; a test holds them to vendor.json, and
vendor.json to the lock, so that an updated lock without its files does not pass.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from typing import Any

from launch.places import CHECKOUT

MANIFEST = CHECKOUT / "vendor.json"


def manifest() -> dict[str, list[dict[str, Any]]]:
    """`committed`: files of the checkout; `installed`: files in Python packages that state no licence."""
    known: dict[str, list[dict[str, Any]]] = json.loads(MANIFEST.read_text())
    return known


def locked_version(name: str) -> str:
    packages = json.loads((CHECKOUT / "package-lock.json").read_text())["packages"]
    return str(packages[f"node_modules/{name}"]["version"])


def main() -> int:
    if shutil.which("npm") is None:
        print("npm is needed to update front-end files (Debian: apt-get install npm).", file=sys.stderr)
        return 1
    if subprocess.run(["npm", "ci", "--ignore-scripts", "--loglevel=error"], cwd=CHECKOUT).returncode != 0:
        return 1
    known = manifest()
    for entry in known["committed"]:
        target = CHECKOUT / entry["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CHECKOUT / "node_modules" / entry["name"] / entry["npm"], target)
        entry["version"] = locked_version(entry["name"])
        entry["sha256"] = hashlib.sha256(target.read_bytes()).hexdigest()
        print(f"{entry['path']}: {entry['name']} {entry['version']}")
    MANIFEST.write_text(json.dumps(known, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
