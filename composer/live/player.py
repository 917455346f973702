"""This side of the process that sends (`composer.live.sender`)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self

from composer.errors import FileError, RequestError
from composer.live.ports import Message

_SECONDS_TO_STOP = 5


class Player:
    """Messages at their times, through an output that another process holds.

    Raises RequestError where the output cannot be opened; use it in a `with`.
    """

    def __init__(self, output: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "composer.live.sender", output],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # a closed terminal does not reach it
        )
        assert self._process.stdout is not None
        answer = self._process.stdout.readline().strip()
        if answer != "ready":
            self._process.wait()
            raise RequestError(answer or f"the output {output!r} cannot be opened")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def play(self, events: Iterable[tuple[float, Message]]) -> None:
        """Send messages at times of `time.monotonic`. Raises FileError where the output is gone."""
        self._write("".join(f"at {at:.6f} {message.hex()}\n" for at, message in events))

    def silence(self) -> None:
        """Forget what is due and end what sounds."""
        self._write("silence\n")

    def close(self) -> None:
        """End what sounds, and the process."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait(_SECONDS_TO_STOP)

    def _write(self, commands: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(commands)
            self._process.stdin.flush()
        except BrokenPipeError:
            raise FileError("the output is gone; is the port still there?") from None
