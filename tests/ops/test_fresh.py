"""docs/fresh.md tells what was seen on bare machines; it must be of what the checkout installs today."""

import re

import pytest

from scripts.fresh import vouched
from scripts.fresh.leftovers import left_over
from scripts.fresh.machines import Machine
from scripts.fresh.steps import BUT_ONE


def test_what_installs_a_checkout_was_seen_on_fresh_machines_as_it_is_now():
    stated = re.search(r"digest: `(\w+)`", vouched.WITNESS.read_text())
    assert stated and stated[1] == vouched.vouched_digest(), "set-up or locks changed since: `make fresh`"


@pytest.mark.parametrize(
    "file", ["setup.mk", "scripts/bootstrap.py", "requirements.txt", "requirements-dev.in", "vendor.json"]
)
def test_one_byte_in_any_of_them_asks_for_another_look(file, tmp_path, monkeypatch):
    for path in vouched.vouched_files():
        copy = tmp_path / path.relative_to(vouched.CHECKOUT)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())
    before = vouched.vouched_digest()
    monkeypatch.setattr(vouched, "CHECKOUT", tmp_path)
    assert vouched.vouched_digest() == before
    (tmp_path / file).write_bytes((tmp_path / file).read_bytes() + b"\n")
    assert vouched.vouched_digest() != before


def test_what_a_machine_holds_more_than_debians_packages_is_found_but_not_their_own_records(tmp_path):
    machine, control = Machine(tmp_path / "machine"), Machine(tmp_path / "control")
    for root in (machine.root, control.root):
        (root / "usr/bin").mkdir(parents=True)
        (root / "usr/bin/chromium").touch()
    for ours in (
        "root/huiminbao/var/a",
        "root/.config/strange/a",
        "root/.config/strange/b",
        "tmp/left",
        "var/lib/huiminbao/x",
    ):
        (machine.root / ours).parent.mkdir(parents=True, exist_ok=True)
        (machine.root / ours).touch()
    for debians in ("var/lib/dpkg/status-old", "root/.cache/pip/wheel", "var/log/apt/term.log", "proc/1/stat"):
        (machine.root / debians).parent.mkdir(parents=True, exist_ok=True)
        (machine.root / debians).touch()
    (machine.root / "opt/empty").mkdir(parents=True)
    found = left_over(machine, control, "/root/huiminbao")
    assert found == [
        "/opt/empty",
        "/root/.config/strange/a",
        "/root/.config/strange/b",
        "/tmp/left",
        "/var/lib/huiminbao/x",
    ]


def test_the_test_that_machines_leave_out_is_the_one_of_the_witness_and_there():
    name = BUT_ONE.rpartition("::")[2]
    assert globals()[name] is test_what_installs_a_checkout_was_seen_on_fresh_machines_as_it_is_now
