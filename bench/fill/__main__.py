"""`python -m bench.fill`: a filled city, kept under var/ for whoever measures with it.

With --into the database of the environment is filled (bench.fill.kept does so in a process of its own).
"""

from __future__ import annotations

import argparse
import os
import time

from bench.fill.sizes import Sizes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--policies", type=int, default=1_000_000)
    parser.add_argument("--claims", type=int, default=100_000)
    parser.add_argument("--into", action="store_true", help="fill the database that the environment names")
    options = parser.parse_args()
    sizes = Sizes(options.policies, options.claims)
    if options.into:
        _fill(sizes)
    else:
        from bench.fill.kept import kept_folder

        print(kept_folder(sizes))


def _fill(sizes: Sizes) -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    django.setup()
    from bench.fill.filling import fill

    began = time.monotonic()
    fill(
        sizes,
        url=os.environ["DATABASE_URL"],
        say=lambda line: print(f"{time.monotonic() - began:6.0f} s  {line}", flush=True),
    )


if __name__ == "__main__":
    main()
