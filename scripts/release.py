"""What a release is called and what its tag says.

python -m scripts.release version|notes
"""

import sys

from launch.places import CHECKOUT
from portal import __version__


def notes(version: str) -> str:
    """The section of CHANGELOG.md about this version, without its heading. Raises LookupError if there is none."""
    sections = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8").split("\n## ")[1:]
    for section in sections:
        heading, _, text = section.partition("\n")
        if heading.split()[0] == version:
            return text.strip()
    raise LookupError(f"CHANGELOG.md has no section {version}")


def main(arguments: list[str]) -> int:
    if arguments == ["version"]:
        print(__version__)
    elif arguments == ["notes"]:
        print(f"Huiminbao portal {__version__}\n\n{notes(__version__)}")
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
