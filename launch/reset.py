"""`make reset`: deletes this checkout's database, documents, sandbox state and secrets, and what the tests have left.

Afterwards nothing of ours is outside the checkout.
"""

import shutil
import sys
from pathlib import Path

from launch import keeper, run_env, run_lock
from launch.places import remove_cluster_folder

# `make fresh` keeps its machines here: they cost minutes and hold no data.
KEPT = {"test", "run.lock", "fresh"}


def main() -> int:
    var = run_env.var_folder()
    var.mkdir(parents=True, exist_ok=True)
    lock = run_lock.open_lock(var / "run.lock")
    if not run_lock.try_lock(lock):
        print("The portal is running. Stop it first (Ctrl-C in its terminal).", file=sys.stderr)
        return 1
    remove_cluster_folder(var / "pg")
    for entry in var.iterdir():
        if entry.name not in KEPT:
            remove(entry)
    tests = var / "test"
    if not tests.exists() or keeper.stop(tests):
        remove_cluster_folder(tests / "pg")
        remove(tests)
    else:
        print("What the tests have left stays: a test run is using it.")
    print("Deleted the data of this checkout. `make run` starts afresh.")
    return 0


def remove(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry)
    else:
        entry.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
