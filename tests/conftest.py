"""Property-based tests explore at a desk and repeat themselves in CI."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

# how fast a machine is that others use too is no promise of ours
SLOWLY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("desk", SLOWLY)
settings.register_profile("ci", SLOWLY, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.fixture(autouse=True, scope="session")
def _state_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the tests write is remembered in a folder of theirs, not in the user's."""
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))
    os.environ["COMPOSER_CONFIG"] = ""  # nobody's own defaults
    yield
    if before is None:
        del os.environ["XDG_STATE_HOME"]
    else:
        os.environ["XDG_STATE_HOME"] = before
