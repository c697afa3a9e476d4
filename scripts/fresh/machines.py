"""Bare Debian machines as folders: made once by debootstrap, copied for each use, entered by chroot."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.fresh.vouched import CHECKOUT

FOLDER = CHECKOUT / "var" / "fresh"
PACKAGES = ("python3", "python3-venv", "make", "git", "ca-certificates")
DEBIANS = {"bookworm": "Debian 12", "trixie": "Debian 13"}
# Where pip asks, and how it gets there; nothing else of the host's configuration goes in.
PIP_SETTINGS = ("index-url", "extra-index-url", "trusted-host", "proxy", "timeout")
PROXIES = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
# $1 is the root, the rest is the command. All of it is gone with the namespace.
ENTER = """
set -e
root=$1; shift
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755,nosuid tmpfs "$root/dev"
for name in null zero full random urandom tty; do
  touch "$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"
done
mkdir "$root/dev/shm" "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
chroot "$root" "$@"
"""


class Failed(Exception):
    """A step did not do what it must; the message ends with what it printed."""


@dataclass(frozen=True)
class Done:
    code: int
    output: str

    def tail(self, lines: int = 15) -> str:
        return "\n".join(self.output.rstrip().splitlines()[-lines:])


@dataclass(frozen=True)
class Machine:
    """One copy of a bare Debian."""

    root: Path

    def run(
        self,
        command: Sequence[str],
        *,
        minutes: float,
        user: str = "root",
        folder: str = "/",
        env: Mapping[str, str] | None = None,
    ) -> Done:
        """Runs a command in the machine; every process in it ends with it. Raises Failed when it takes too long."""
        home = "/root" if user == "root" else f"/home/{user}"
        settings = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home}
        settings |= {"LANG": "C.UTF-8", "USER": user, "TERM": "dumb", **host_proxies(), **(env or {})}
        words = ["env", "-i", *(f"{name}={value}" for name, value in settings.items())]
        line = f"cd {shlex.quote(folder)} && {shlex.join(command)}"
        as_user = [] if user == "root" else ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
        inside = [*words, *as_user, "sh", "-c", f"{line}; code=$?; exit $code"]
        namespaces = ["unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child=KILL"]
        process = subprocess.Popen(
            [*namespaces, "sh", "-c", ENTER, "sh", str(self.root), *inside],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        try:
            output, _ = process.communicate(timeout=minutes * 60)
        except (subprocess.TimeoutExpired, KeyboardInterrupt) as ended:
            process.kill()  # and with it, by --kill-child, everything inside
            output, _ = process.communicate()
            if isinstance(ended, KeyboardInterrupt):
                raise
            told = Done(-1, output).tail(40)
            raise Failed(f"{shlex.join(command)} took more than {minutes:.0f} minutes:\n{told}") from ended
        return Done(process.returncode, output)

    def must(self, command: Sequence[str], **options: object) -> Done:
        done = self.run(command, **options)  # type: ignore[arg-type]
        if done.code != 0:
            raise Failed(f"{shlex.join(command)} ended with {done.code}:\n{done.tail(60)}")
        return done

    def remove(self) -> None:
        remove_folder(self.root)


def remove_folder(folder: Path) -> None:
    # One file system: were anything still mounted inside, it would not be followed.
    subprocess.run(["rm", "-rf", "--one-file-system", str(folder)], check=True)


def bare(suite: str) -> Path:
    """The untouched root of a Debian, made if it is not there (one to two minutes)."""
    root = FOLDER / suite / "bare"
    if root.exists():
        return root
    draft = root.with_name("bare.new")
    remove_folder(draft)
    draft.parent.mkdir(parents=True, exist_ok=True)
    include = f"--include={','.join(PACKAGES)}"
    command = ["debootstrap", "--variant=minbase", include, suite, str(draft), debian_mirror()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1800)
    if done.returncode != 0:
        raise Failed(f"debootstrap of {suite} failed:\n{Done(1, done.stdout + done.stderr).tail(30)}")
    reach_the_registries(draft)
    draft.rename(root)
    return root


def copy(suite: str, name: str) -> Machine:
    """A machine of its own; one of that name that was there before is gone."""
    root = FOLDER / suite / name
    remove_folder(root)
    subprocess.run(["cp", "-a", "--reflink=auto", str(bare(suite)), str(root)], check=True)
    hosts = root / "etc" / "hosts"
    if not hosts.exists():
        # Debian's installer writes it on every machine; debootstrap of Debian 12 leaves it out.
        hosts.write_text("127.0.0.1\tlocalhost\n")
    return Machine(root)


def clone(machine: Machine, target: str, commit: str) -> None:
    """The committed state of this checkout, in the machine."""
    path = machine.root / target.lstrip("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    quiet = {"check": True, "capture_output": True}
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(CHECKOUT), str(path)], **quiet)  # type: ignore[call-overload]
    subprocess.run(["git", "-C", str(path), "checkout", "-q", "--detach", commit], **quiet)  # type: ignore[call-overload]


# -- the way to the registries is the host's ---------------------------------------------------------------------------


def debian_mirror() -> str:
    """The mirror that this host's apt uses for Debian itself."""
    form = "$(REPO_URI) $(LABEL)"
    done = subprocess.run(["apt-get", "indextargets", "--format", form], capture_output=True, text=True)
    for line in done.stdout.splitlines():
        address, _, label = line.partition(" ")
        if label == "Debian":
            return address
    raise Failed("apt on this host names no Debian mirror (run apt-get update first)")


def reach_the_registries(root: Path) -> None:
    shutil.copyfile("/etc/resolv.conf", root / "etc" / "resolv.conf")
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    if bundle.exists():  # a company's own authority may stand between here and the registries
        shutil.copyfile(bundle, root / bundle.relative_to("/"))
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True).stdout
    proxies = [line for line in dump.splitlines() if re.match(r"Acquire::https?::Proxy", line, re.IGNORECASE)]
    (root / "etc/apt/apt.conf.d/90proxy").write_text("".join(f"{line}\n" for line in proxies))
    # A minimal machine keeps no downloaded packages.
    (root / "etc/apt/apt.conf.d/91keep").write_text('APT::Keep-Downloaded-Packages "false";\n')
    (root / "etc" / "pip.conf").write_text("[global]\n" + "".join(f"{line}\n" for line in pip_settings()))


def pip_settings() -> list[str]:
    told = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    lines = []
    for line in told.splitlines():
        name, _, value = line.partition("=")
        name = name.rpartition(".")[2]
        addresses = [one for one in value.strip("'").split() if not one.startswith(("file:", "/"))]
        if name in PIP_SETTINGS and addresses:
            lines.append(f"{name} = {' '.join(addresses)}")
    return sorted(set(lines))


def host_proxies() -> dict[str, str]:
    return {name: os.environ[name] for name in PROXIES if name in os.environ}
