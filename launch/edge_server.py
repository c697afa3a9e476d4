"""nginx before the web process, when it is installed: buffers, time-outs and limits (deploy/nginx.conf.template)."""

import argparse
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launch.places import CHECKOUT

TEMPLATE = CHECKOUT / "deploy" / "nginx.conf.template"
MIME_TYPES = Path("/etc/nginx/mime.types")
# Where ordinary users' PATH does not lead.
SYSTEM_FOLDERS = "/usr/sbin:/usr/local/sbin:/usr/local/nginx/sbin"


def nginx_binary() -> str | None:
    """The installed nginx; None when there is none, or EDGE=off says to do without."""
    if os.environ.get("EDGE", "") == "off" or not MIME_TYPES.exists():
        return None
    return shutil.which("nginx") or shutil.which("nginx", path=SYSTEM_FOLDERS)


@dataclass(frozen=True)
class EdgeServer:
    """One nginx with everything it writes in `home`, which must be an absolute path."""

    binary: str
    home: Path
    host: str
    port: int
    upstream_port: int
    static: Path
    connections_of_address: int = 100
    sign_in_rate: str = "20r/m"
    certificate: Path | None = None
    certificate_key: Path | None = None

    def command(self) -> list[str]:
        """The server in the foreground. Raises RuntimeError when nginx does not take the configuration."""
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        config = self.home / "nginx.conf"
        config.write_text(self.configuration())
        command = [self.binary, "-p", str(self.home), "-e", str(self.home / "error.log"), "-c", str(config)]
        told = subprocess.run([*command, "-t", "-q"], capture_output=True, text=True)
        if told.returncode:
            raise RuntimeError(f"nginx does not take its configuration: {told.stderr.strip()}")
        return command

    def configuration(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        values = {
            "USER": self._user(),
            "HOME": str(self.home),
            "MIME_TYPES": str(MIME_TYPES),
            "LISTEN": f"{host}:{self.port}" + (" ssl" if self.certificate else ""),
            "TLS": self._tls(),
            "UPSTREAM_PORT": str(self.upstream_port),
            "STATIC": str(self.static),
            "PAGES": str(CHECKOUT / "deploy" / "edge"),
            "CONNECTIONS_OF_ADDRESS": str(self.connections_of_address),
            "SIGN_IN_RATE": self.sign_in_rate,
        }
        text = TEMPLATE.read_text()
        for name, value in values.items():
            text = text.replace(f"@{name}@", value)
        return text

    @staticmethod
    def _user() -> str:
        """In a checkout of root's, nobody may not be let in to read; the portal's own processes are root there too."""
        return "user root;" if os.geteuid() == 0 else ""

    def _tls(self) -> str:
        if self.certificate is None:
            return ""
        lines = (
            f'ssl_certificate "{self.certificate}";',
            f'ssl_certificate_key "{self.certificate_key}";',
            "ssl_protocols TLSv1.2 TLSv1.3;",
            "ssl_session_cache shared:tls:4m;",
        )
        return "\n    ".join(lines)


def main() -> None:
    """Prints a configuration for production, where nginx is started by the system."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--host", default="0.0.0.0", help="address to listen on")  # noqa: S104  (that is the purpose)
    parser.add_argument("--port", type=int, default=443)
    parser.add_argument("--upstream-port", type=int, default=8000, help="where the web process listens on 127.0.0.1")
    parser.add_argument("--home", type=Path, default=Path("/var/lib/portal/nginx"), help="its own files")
    parser.add_argument("--static", type=Path, default=Path("/var/lib/portal/static"), help="STATIC_ROOT")
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--certificate-key", type=Path)
    given = parser.parse_args()
    server = EdgeServer(
        binary="nginx",
        home=given.home,
        host=given.host,
        port=given.port,
        upstream_port=given.upstream_port,
        static=given.static,
        certificate=given.certificate,
        certificate_key=given.certificate_key,
    )
    print(server.configuration(), end="")


if __name__ == "__main__":
    main()
