"""A process of ours that is told to do things, one at a time, and can be killed.

The parent sends (name, payload) over a pipe; the child answers with any number of messages and
then with a result or an error. A child whose parent is gone ends by itself.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

from composer.errors import ComposerError, RequestError

_SPAWN = multiprocessing.get_context("spawn")
_POLL_SECONDS = 0.05
_LAST_WORDS_SECONDS = 1.0

Tell = Callable[[str, Any], None]
"""How a task tells its parent something before it is done: a word and a value."""


class CancelledError(ComposerError):
    """What was asked for is no longer wanted."""


class CrashedError(ComposerError):
    """The process ended before its work was done."""


class Process:
    """A child process, started when it is first needed and again after it was killed.

    `tasks` is the module in whose table `TASKS` its tasks stand, functions of a payload and a
    `Tell`. `memory_bytes` limits what the child may use (0: no limit). Calls wait for each other.
    """

    def __init__(self, name: str, tasks: str, memory_bytes: int = 0) -> None:
        self.name = name
        self.tasks = tasks
        self.memory_bytes = memory_bytes
        self._turn = threading.Lock()
        self._child: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._cancel: Connection | None = None

    def call(
        self,
        task: str,
        payload: Any,
        hear: Tell | None = None,
        *,
        limit_seconds: float | None = None,
        is_cancelled: Callable[[], bool] | None = None,
        patience_seconds: float = 10.0,
    ) -> Any:
        """Do a task in the child and return its result.

        `hear(word, value)` gets what the task tells on its way. A task that is cancelled has
        `patience_seconds` to notice, one that takes longer than `limit_seconds` none: then the
        child is killed. Raises what the task raised, CancelledError, CrashedError, and RequestError
        where the limit was reached.
        """
        with self._turn:
            pipe = self._started()
            pipe.send((task, payload))
            began = time.monotonic()
            told_to_stop: float | None = None
            while True:
                try:
                    if pipe.poll(_POLL_SECONDS):
                        word, value = pipe.recv()
                        if word == "result":
                            return value
                        if word == "error":
                            raise value
                        if hear is not None:
                            hear(word, value)
                except (EOFError, OSError):
                    self._forget()
                    raise CrashedError(
                        f"the {self.name} stopped before it was done; it starts again by itself"
                    ) from None
                now = time.monotonic()
                if limit_seconds is not None and now - began > limit_seconds:
                    self._forget()
                    raise RequestError(
                        f"this took longer than {limit_seconds:g} seconds and was stopped"
                    )
                if told_to_stop is not None:
                    if now - told_to_stop > patience_seconds:
                        self._forget()
                        raise CancelledError("cancelled")
                elif is_cancelled is not None and self._cancel is not None and is_cancelled():
                    self._cancel.send("cancel")
                    told_to_stop = now

    def kill(self) -> None:
        """End the child now; the next call starts another."""
        child = self._child
        if child is not None and child.is_alive():
            child.kill()
            child.join(_LAST_WORDS_SECONDS)

    def start(self) -> None:
        """Start the child now, so that the first call need not wait for it."""
        with self._turn:
            self._started()

    def _started(self) -> Connection:
        if self._child is not None and self._child.is_alive() and self._pipe is not None:
            return self._pipe
        ours, theirs = _SPAWN.Pipe()
        to_stop, self._cancel = _SPAWN.Pipe(duplex=False)
        self._child = _SPAWN.Process(
            target=_live,
            args=(theirs, to_stop, self.tasks, self.memory_bytes),
            name=f"composer {self.name}",
            daemon=True,
        )
        with _ctrl_c_held_back():
            self._child.start()
        theirs.close()
        to_stop.close()
        self._pipe = ours
        return ours

    def _forget(self) -> None:
        self.kill()
        for pipe in (self._pipe, self._cancel):
            if pipe is not None:
                pipe.close()
        self._child = self._pipe = self._cancel = None


@contextmanager
def _ctrl_c_held_back() -> Iterator[None]:
    """A child that is started meanwhile never hears of Ctrl-C, not even while Python loads."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _live(pipe: Connection, cancel: Connection, tasks: str, memory_bytes: int) -> None:
    """What the child does all its life: take a task, do it, answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the parent, and thereby this pipe
    for library in ("OMP", "OPENBLAS"):  # processes that share the cores have a thread each
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")
    if memory_bytes:
        _limit_memory(memory_bytes)
    table: dict[str, Callable[[Any, Tell], Any]] = import_module(tasks).TASKS

    def tell(word: str, value: Any) -> None:
        if cancel.poll():
            raise CancelledError("cancelled")
        pipe.send((word, value))

    while True:
        try:
            task, payload = pipe.recv()
            while cancel.poll():  # too late for the task before
                cancel.recv()
        except (EOFError, OSError):
            return
        try:
            answer = ("result", table[task](payload, tell))
        except ComposerError as error:
            answer = ("error", error)
        except (BrokenPipeError, KeyboardInterrupt):
            return
        except MemoryError:
            answer = ("error", RequestError("this needs more memory than is allowed"))
        except Exception as error:  # a bug: one line for the user, the traceback for the terminal
            import traceback

            traceback.print_exc()
            answer = ("error", CrashedError(f"an error of the program: {error!r}"))
        try:
            pipe.send(answer)
        except (BrokenPipeError, OSError):
            return


def _limit_memory(most_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; the time limit holds there too
        return
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
