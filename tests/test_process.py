"""A process that is told to do things: whatever happens to it, the parent goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from composer.errors import RequestError
from composer.process import CancelledError, CrashedError, Process


@pytest.fixture(scope="module")
def process() -> Iterator[Process]:
    process = Process("test", "tests.process_tasks")
    yield process
    process.kill()


def test_what_a_task_raises_is_raised(process: Process) -> None:
    """And the next one is done."""
    with pytest.raises(RequestError, match="no such bar"):
        process.call("refuse", "no such bar")
    assert process.call("echo", (1, "two")) == (1, "two")


def test_a_process_that_dies_is_told_and_started_again(process: Process) -> None:
    """By the next call."""
    with pytest.raises(CrashedError, match="the test stopped before it was done"):
        process.call("die", 9)
    assert process.call("echo", "again") == "again"


@pytest.mark.parametrize("pause_seconds", [0.2, 0.0])
def test_a_task_that_is_cancelled_ends_where_it_tells_something(
    process: Process, pause_seconds: float
) -> None:
    """However often it does; its process lives on."""
    heard: list[str] = []
    with pytest.raises(CancelledError):
        process.call(
            "until cancelled",
            pause_seconds,
            lambda word, value: heard.append(f"{word} {value}"),
            is_cancelled=lambda: True,
        )
    assert {*heard} <= {"still here"}
    assert process.call("echo", "alive") == "alive"


def test_a_task_that_never_stops_telling_is_held_to_its_limit(process: Process) -> None:
    """As one that says nothing is."""
    with pytest.raises(RequestError, match=r"longer than 0\.2 seconds"):
        process.call("until cancelled", 0.0, limit_seconds=0.2)
    assert process.call("echo", "again") == "again"
