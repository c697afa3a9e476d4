"""Something that a role can be narrowed to."""

from __future__ import annotations

import pytest

from demo.schemes import SANMENXIA, create_demo_scheme
from parties.models import Scheme


@pytest.fixture
def scheme(db: None) -> Scheme:
    return create_demo_scheme(SANMENXIA)
