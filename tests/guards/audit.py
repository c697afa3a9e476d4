"""pytest plugin of `make guards`: instead of running the tests, it looks for one that is red without each guard.

One process, one database: a guard is switched off, the likeliest tests are run one by one until one is red, the guard
is switched on again and that test must be green. What was found is kept line by line in var/guards, so that a stopped
audit goes on where it was.
"""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("guards")
    group.addoption("--guards", choices=("watch", "find"), default="find", help="first watch the tests, then find")
    group.addoption("--all-guards", action="store_true", help="also those that the list has a test for")
    group.addoption("--guard", action="append", default=[], help="only guards whose name contains this")
    group.addoption("--every-test-of-the-room", action="store_true", help="when the likely tests stay green")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    # Not before: the settings are read when the servers are up.
    from tests.guards import witness
    from tests.guards.finding import Audit

    audit = Audit(session)
    audit.prepare()
    if session.config.getoption("--guards") == "watch":
        witness.watch(session.items, audit.run)
    else:
        audit.find_red_tests()
    return True
