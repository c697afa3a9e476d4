"""One version, and a note to go with its tag."""

import tomllib

import pytest
from django.conf import settings

from portal import __version__
from scripts import release
from tests.servers import CHECKOUT


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "portal.__version__"}
    assert settings.SPECTACULAR_SETTINGS["VERSION"] == __version__


def test_the_changelog_speaks_of_it_first_and_the_tags_note_is_that_section() -> None:
    changelog = (CHECKOUT / "CHANGELOG.md").read_text()
    versions = [line.split()[1] for line in changelog.splitlines() if line.startswith("## ")]
    assert __version__ in versions[:2], "on top, under nothing but what is not released yet"
    assert len(release.notes(__version__)) > 200
    assert "## " not in release.notes(__version__)


def test_a_version_without_a_section_has_no_note() -> None:
    with pytest.raises(LookupError, match=r"no section 9\.9\.9"):
        release.notes("9.9.9")
