"""The queue: one thing at a time, honest waiting times, nothing lost when the process dies."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from composer.errors import RequestError
from composer.process import CancelledError, CrashedError, Process
from composer.studio.engine import MOST_WAITING, TASKS, Engine, FullError, Job


class Hands(Process):
    """In place of a process: does what the payload says, in this thread."""

    def __init__(self) -> None:
        super().__init__("hands", TASKS)

    def call(self, task: str, payload: Any, hear: Any = None, **how: Any) -> Any:
        if payload is None:
            return None
        return payload(hear, how["is_cancelled"])

    def kill(self) -> None:
        pass


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine(lambda job: None, Hands())
    engine.start()
    yield engine
    engine.close()


def work(act: Callable[[Any, Any], Any], kind: str = "step", units: int = 1) -> Job:
    return Job(kind, act, units)


def test_jobs_are_done_in_order_and_their_results_kept(engine: Engine) -> None:
    """One after another; who is done says so."""
    order: list[int] = []

    def act(number: int) -> Callable[[Any, Any], int]:
        return lambda hear, cancelled: order.append(number) or number

    jobs = [engine.submit(work(act(number))) for number in range(5)]
    assert all(job.over.wait(5) for job in jobs)
    assert order == [0, 1, 2, 3, 4]
    assert [job.result for job in jobs] == order
    assert {job.state for job in jobs} == {"done"}


def test_a_full_queue_says_how_long_it_is(engine: Engine) -> None:
    """Twenty wait; one more is refused, and told how much work is before it."""
    go = threading.Event()
    first = engine.submit(work(lambda hear, cancelled: go.wait(5)))
    while first.state == "waiting":
        time.sleep(0.01)
    waiting = [engine.submit(work(lambda hear, cancelled: 1)) for _ in range(MOST_WAITING)]
    with pytest.raises(FullError, match="20 jobs wait already, about"):
        engine.submit(work(lambda hear, cancelled: 1))
    assert [engine.place(job) for job in waiting[:3]] == [1, 2, 3]
    go.set()
    assert waiting[-1].over.wait(5)


def test_waiting_times_are_learned_from_what_jobs_took(engine: Engine) -> None:
    """Of the same kind, a unit of work each."""

    def slow(hear: Any, cancelled: Any) -> None:
        time.sleep(0.2)

    for _ in range(2):
        assert engine.submit(work(slow, "compose", units=2)).over.wait(5)
    go = threading.Event()
    engine.submit(work(lambda hear, cancelled: go.wait(5), "other", units=0))
    job = engine.submit(work(slow, "compose", units=10))
    assert 0.8 < engine.waiting_seconds(job) < 2.5
    go.set()


def test_a_job_is_cancelled_where_it_waits_and_while_it_works(engine: Engine) -> None:
    """At once, or as soon as the process notices; the next one is done."""

    def until_cancelled(hear: Any, cancelled: Callable[[], bool]) -> None:
        while not cancelled():
            time.sleep(0.01)
        raise CancelledError("cancelled")

    working = engine.submit(work(until_cancelled))
    waiting = engine.submit(work(lambda hear, cancelled: 1))
    last = engine.submit(work(lambda hear, cancelled: 2))
    engine.cancel(waiting.id)
    assert waiting.state == "cancelled"
    engine.cancel(working.id)
    assert working.over.wait(5)
    assert last.over.wait(5)
    assert (working.state, last.state, last.result) == ("cancelled", "done", 2)


def test_what_fails_is_told_in_a_line_and_the_queue_goes_on(engine: Engine) -> None:
    """A wrong request, a process that died, a bug."""

    def failing(error: Exception) -> Callable[[Any, Any], None]:
        def act(hear: Any, cancelled: Any) -> None:
            raise error

        return act

    for error in (RequestError("no such bar"), CrashedError("it stopped"), ValueError("a bug")):
        job = engine.submit(work(failing(error)))
        assert job.over.wait(5)
        assert job.state == "failed"
        assert str(error) in job.error
    assert engine.submit(work(lambda hear, cancelled: 3)).over.wait(5)


def test_progress_is_heard(engine: Engine) -> None:
    """Bars done of bars in all, and what else a task tells."""
    heard: list[tuple[str, Any]] = []

    def act(hear: Any, cancelled: Any) -> None:
        hear("progress", (3, 8))
        hear("partial", "a bar")

    job = work(act)
    job.hear = lambda job, word, value: heard.append((word, value))
    assert engine.submit(job).over.wait(5)
    assert (job.done, job.total) == (3, 8)
    assert heard == [("partial", "a bar")]


def test_a_process_does_tasks_is_killed_and_begins_again() -> None:
    """A file that cannot be read is an error of one line; who is too slow is ended."""
    process = Process("reader", TASKS)
    try:
        with pytest.raises(RequestError, match="longer than 0 seconds"):
            process.call("upload", (b"MThd", "a.mid"), limit_seconds=0.0)
        with pytest.raises(Exception, match=r"a\.mid"):
            process.call("upload", (b"not music", "a.mid"), limit_seconds=60.0)
    finally:
        process.kill()
