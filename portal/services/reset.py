"""`make reset`: deletes this checkout's database, documents, sandbox state and secrets."""

import shutil
import sys

from portal.services import run_env, run_lock
from portal.services.places import remove_cluster_folder

KEPT = {"test", "run.lock"}


def main() -> int:
    var = run_env.var_folder()
    if not var.exists():
        return 0
    lock = run_lock.open_lock(var / "run.lock")
    if not run_lock.try_lock(lock):
        print("The portal is running. Stop it first (Ctrl-C in its terminal).", file=sys.stderr)
        return 1
    remove_cluster_folder(var / "pg")
    for entry in var.iterdir():
        if entry.name in KEPT:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    print("Deleted the data of this checkout. `make run` starts afresh.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
