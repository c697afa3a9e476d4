from __future__ import annotations

import pytest

from tests.ledger.books import two_schemes


@pytest.fixture
def schemes(db: None) -> None:
    """Sanmenxia and Zhengzhou, with their insurers."""
    two_schemes()


@pytest.fixture
def schemes_for_all(transactional_db: None) -> None:
    """The same, committed: for threads and for the checks at commit."""
    two_schemes()
