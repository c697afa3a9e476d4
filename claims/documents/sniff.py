"""What a file is, by its content. The name only has to agree; it never decides."""

from __future__ import annotations

from pathlib import Path

import filetype

from claims.documents import errors

# content type -> the endings a file of this content may carry
ENDINGS: dict[str, frozenset[str]] = {
    "image/jpeg": frozenset({"jpg", "jpeg", "jpe", "jfif"}),
    "image/png": frozenset({"png"}),
    "image/webp": frozenset({"webp"}),
    "application/pdf": frozenset({"pdf"}),
}


def content_type_of(path: Path, *, name: str) -> str:
    """The content type of the file, one of ENDINGS.

    Raises DomainError file_empty, file_type (no such type is taken), file_not_what_its_name_says (`holiday.pdf` that is
    a photo, `invoice.html` that begins like a picture). A name without an ending is fine: some telephones send none.
    """
    if path.stat().st_size == 0:
        raise errors.empty()
    guess = filetype.guess(str(path))
    kind = guess.mime if guess else ""
    _stem, dot, ending = name.rpartition(".")
    ending = ending.lower() if dot else ""
    if kind not in ENDINGS:
        known_endings = frozenset().union(*ENDINGS.values())
        raise errors.not_what_its_name_says() if ending in known_endings else errors.kind_not_taken()
    if ending and ending not in ENDINGS[kind]:
        raise errors.not_what_its_name_says()
    return kind
