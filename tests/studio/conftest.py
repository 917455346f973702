"""One studio for all tests of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.studio.running import RunningStudio


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    studio = RunningStudio(tmp_path_factory.mktemp("studio"))
    yield studio
    studio.stop()
