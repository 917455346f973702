"""One process that composes, a queue before it, and how long who waits will wait.

Jobs are done in the order in which they came; at most `MOST_WAITING` wait. The time that a job
will take is told from what jobs of its kind took so far, per unit of work (a bar of a candidate).
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from composer.errors import ComposerError, RequestError
from composer.process import CancelledError, Process

TASKS = "composer.studio.tasks"
"""Where the tasks of the studio's processes stand."""
MOST_WAITING = 20
MOST_REMEMBERED = 200
"""Jobs that are over and can still be asked for."""
_FIRST_GUESS_SECONDS = 0.25
"""A unit's seconds before any was measured."""
_WEIGHT_OF_THE_LAST = 0.3

OVER = ("done", "failed", "cancelled")


class FullError(ComposerError):
    """So many jobs wait that another would wait too long."""


@dataclass(eq=False)
class Job:
    """Something for the engine to do: a task of `composer.studio.tasks` and its payload.

    `state` is "waiting", "working", "done", "failed" or "cancelled"; `units` says how much work it
    is, `about` what it is for (plain for JSON). `parts_told` are the last words of each kind that
    the task told. `result` is what it came to, `error` a line that says why it did not.
    """

    kind: str
    payload: Any
    units: int
    about: dict[str, Any] = field(default_factory=dict)
    finish: Callable[[Job], None] | None = None
    hear: Callable[[Job, str, Any], None] | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(6))
    state: str = "waiting"
    done: int = 0
    total: int = 0
    result: Any = None
    answer: Any = None
    error: str = ""
    began_at: float | None = None
    ended_at: float | None = None
    cancelled: bool = False
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def seconds(self) -> float:
        """How long it has been worked on."""
        if self.began_at is None:
            return 0.0
        return (self.ended_at or time.monotonic()) - self.began_at


class Engine:
    """The queue and the process that works it off; `tell(job)` hears of every change.

    `process` can be any that has `call`, `kill` and `start`.
    """

    def __init__(self, tell: Callable[[Job], None], process: Process | None = None) -> None:
        self.process = process or Process("engine", TASKS)
        self._tell = tell
        self._waiting: deque[Job] = deque()
        self._current: Job | None = None
        self._known: dict[str, Job] = {}
        self._seconds_a_unit: dict[str, float] = {}
        self._lock = threading.Condition()
        self._is_closed = False
        self._thread = threading.Thread(target=self._work, name="engine queue", daemon=True)

    def start(self) -> None:
        """Start the process, which loads the weights, and the queue."""
        self._thread.start()

    def close(self) -> None:
        """Cancel everything and end the process."""
        with self._lock:
            self._is_closed = True
            for job in [*self._waiting, *([self._current] if self._current else [])]:
                job.cancelled = True
            self._lock.notify_all()
        self.process.kill()

    def submit(self, job: Job, *, first: bool = False) -> Job:
        """Put a job into the queue, at its head if `first`. Raises FullError where it is full."""
        with self._lock:
            if len(self._waiting) >= MOST_WAITING:
                seconds = self._seconds_until(MOST_WAITING)
                raise FullError(
                    f"{MOST_WAITING} jobs wait already, about {seconds:.0f} seconds of work; try "
                    "again later"
                )
            (self._waiting.appendleft if first else self._waiting.append)(job)
            self._known[job.id] = job
            self._forget_old()
            self._lock.notify_all()
        self._tell(job)
        return job

    def job(self, id: str) -> Job:
        """A job by its id. Raises KeyError."""
        return self._known[id]

    @property
    def jobs(self) -> list[Job]:
        """All jobs that are remembered, the oldest first."""
        return list(self._known.values())

    def cancel(self, id: str) -> Job:
        """Take a job back: at once where it waits, else within a bar. Raises KeyError."""
        job = self.job(id)
        with self._lock:
            job.cancelled = True
            if job in self._waiting:
                self._waiting.remove(job)
                self._end(job, "cancelled")
        if job.state == "cancelled":
            self._tell(job)
        return job

    def waiting_seconds(self, job: Job) -> float:
        """How long it will be until a job is done, by what such jobs took so far."""
        with self._lock:
            if job.state in OVER:
                return 0.0
            if job.state == "working":
                return self._left(job)
            place = self._waiting.index(job) if job in self._waiting else 0
            return self._seconds_until(place) + self._guess(job)

    def place(self, job: Job) -> int:
        """How many jobs are done before this one."""
        with self._lock:
            if job not in self._waiting:
                return 0
            return self._waiting.index(job) + (self._current is not None)

    def _seconds_until(self, place: int) -> float:
        current = self._left(self._current) if self._current else 0.0
        return current + sum(self._guess(job) for job in list(self._waiting)[:place])

    def _guess(self, job: Job) -> float:
        return self._seconds_a_unit.get(job.kind, _FIRST_GUESS_SECONDS) * job.units

    def _left(self, job: Job) -> float:
        if job.done and job.total:
            return job.seconds * (job.total - job.done) / job.done
        return max(0.0, self._guess(job) - job.seconds)

    def _work(self) -> None:
        self._warm_up()
        while True:
            with self._lock:
                while not self._waiting and not self._is_closed:
                    self._lock.wait()
                if self._is_closed:
                    return
                job = self._current = self._waiting.popleft()
                job.state, job.began_at = "working", time.monotonic()
            self._tell(job)
            self._do(job)
            with self._lock:
                self._current = None
            self._tell(job)

    def _warm_up(self) -> None:
        try:
            self.process.call("warm_up", None, is_cancelled=lambda: self._is_closed)
        except ComposerError:
            return  # the first job says what is wrong

    def _do(self, job: Job) -> None:
        def hear(word: str, value: Any) -> None:
            if word == "progress":
                job.done, job.total = value
                self._tell(job)
            elif job.hear is not None:
                job.hear(job, word, value)

        try:
            job.result = self.process.call(
                job.kind, job.payload, hear, is_cancelled=lambda: job.cancelled
            )
            if job.finish is not None:
                job.finish(job)
            self._end(job, "done")
            self._learn(job)
        except CancelledError:
            self._end(job, "cancelled")
        except ComposerError as error:
            job.error = str(error)
            self._end(job, "cancelled" if job.cancelled else "failed")
        except Exception as error:  # a bug in `finish`; the queue goes on
            import traceback

            traceback.print_exc()
            job.error = f"an error of the program: {error!r}"
            self._end(job, "failed")

    def _end(self, job: Job, state: str) -> None:
        job.state, job.ended_at, job.payload = state, time.monotonic(), None
        job.over.set()

    def _learn(self, job: Job) -> None:
        measured = job.seconds / max(1, job.units)
        before = self._seconds_a_unit.get(job.kind, measured)
        self._seconds_a_unit[job.kind] = before + _WEIGHT_OF_THE_LAST * (measured - before)

    def _forget_old(self) -> None:
        over = [id for id, job in self._known.items() if job.state in OVER]
        for id in over[: max(0, len(self._known) - MOST_REMEMBERED)]:
            del self._known[id]


def check_count(what: str, count: int, most: int) -> int:
    """A number of things that is possible. Raises RequestError."""
    if not 1 <= count <= most:
        raise RequestError(f"{count} {what} are not possible; give 1 to {most}")
    return count
