"""What docs/fresh.md vouches for: the files that decide whether a fresh machine comes up."""

import hashlib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
WITNESS = CHECKOUT / "docs" / "fresh.md"
PATTERNS = ("setup.mk", "scripts/bootstrap.py", "requirements*.in", "requirements*.txt", "vendor.json")


def vouched_files() -> list[Path]:
    return sorted(path for pattern in PATTERNS for path in CHECKOUT.glob(pattern))


def vouched_digest() -> str:
    """Changes with any byte of those files."""
    digest = hashlib.sha256()
    for path in vouched_files():
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(CHECKOUT)} {content}\n".encode())
    return digest.hexdigest()
