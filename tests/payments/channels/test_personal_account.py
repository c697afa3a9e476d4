from __future__ import annotations

import pytest
from pytest_django import Settings

from sandbox.testing import Sandbox
from tests.outside import connect
from tests.payments.channels.contract import PaymentContract
from tests.payments.channels.sides import PersonalAccountSide


class TestThePersonalAccount(PaymentContract):
    @pytest.fixture
    def other_side(self, sandbox: Sandbox, settings: Settings) -> PersonalAccountSide:
        connect(settings, sandbox)
        return PersonalAccountSide(sandbox)
