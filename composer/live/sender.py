"""The process that sends: each message at its time, and at the end no note left sounding.

    python -m composer.live.sender OUTPUT

It reads a line a command: `at SECONDS HEX` sends a message at a time of the monotonic clock,
`silence` forgets what is due and ends what sounds. When its input ends, which it does when the
process that writes it dies in whatever way, it ends what sounds and stops. It answers with one
line: `ready`, or why not.
"""

from __future__ import annotations

import heapq
import signal
import sys
import threading
import time
from collections.abc import Iterable

from composer.errors import ComposerError
from composer.live.ports import CONTROL, NOTE_OFF, NOTE_ON, Message, Output, open_output

_SUSTAIN, _ALL_NOTES_OFF = 64, 123
_AWAKE_SECONDS = 0.002
"""How long before a message it waits awake: a sleep may end a millisecond late."""
_NAP_SECONDS = 0.0001


class Sounding:
    """Sends messages, and knows which notes sound."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._notes: set[tuple[int, int]] = set()
        self._channels: set[int] = set()

    def send(self, message: Message) -> None:
        """Send a message now; a note that sounds is ended before it begins again."""
        kind, channel = message[0] & 0xF0, message[0] & 0x0F
        self._channels.add(channel)
        note = channel, message[1]
        if kind == NOTE_ON and message[2]:
            if note in self._notes:
                self._output.send(bytes((NOTE_OFF | channel, message[1], 0)))
            self._notes.add(note)
        elif kind in (NOTE_ON, NOTE_OFF):
            self._notes.discard(note)
        self._output.send(message)

    def silence(self) -> None:
        """End every note that sounds, one by one and by the message for all, and lift pedals."""
        for channel, pitch in sorted(self._notes):
            self._output.send(bytes((NOTE_OFF | channel, pitch, 0)))
        for channel in sorted(self._channels):
            self._output.send(bytes((CONTROL | channel, _SUSTAIN, 0)))
            self._output.send(bytes((CONTROL | channel, _ALL_NOTES_OFF, 0)))
        self._notes.clear()


class Schedule:
    """Messages that are due, sent by the thread that calls `run`."""

    def __init__(self, sounding: Sounding) -> None:
        self._sounding = sounding
        self._due: list[tuple[float, int, Message]] = []
        self._count = 0
        self._changed = threading.Condition()
        self._is_over = self._must_be_silent = False

    def at(self, seconds: float, message: Message) -> None:
        """Send a message at a time; those of the same time in the order in which they came."""
        with self._changed:
            self._count += 1
            heapq.heappush(self._due, (seconds, self._count, message))
            self._changed.notify()

    def silence(self, *, is_over: bool = False) -> None:
        """Forget what is due and end what sounds; with `is_over`, end `run` after that."""
        with self._changed:
            self._due.clear()
            self._must_be_silent, self._is_over = True, self._is_over or is_over
            self._changed.notify()

    def run(self) -> None:
        """Send what is due until it is over; whatever happens, no note is left sounding."""
        try:
            while not self._is_over:
                self._step()
        finally:
            self._sounding.silence()

    def _step(self) -> None:
        with self._changed:
            if self._must_be_silent:
                self._must_be_silent = False
                self._sounding.silence()
                return
            left = self._due[0][0] - time.monotonic() if self._due else None
            if left is None or left > _AWAKE_SECONDS:
                self._changed.wait(None if left is None else left - _AWAKE_SECONDS)
                return
            seconds, _, message = heapq.heappop(self._due)
        while (now := time.monotonic()) < seconds:
            time.sleep(min(_NAP_SECONDS, seconds - now))
        self._sounding.send(message)


def read_commands(lines: Iterable[str], schedule: Schedule) -> None:
    """Do what the lines say until they end; then it is over."""
    try:
        for line in lines:
            match line.split():
                case ["at", seconds, message]:
                    schedule.at(float(seconds), bytes.fromhex(message))
                case ["silence"]:
                    schedule.silence()
    finally:
        schedule.silence(is_over=True)


def main() -> int:
    """Serve until the input ends; the exit status."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # it ends with its input, and not before
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    try:
        output = open_output(sys.argv[1])
    except ComposerError as error:
        print(" ".join(str(error).split()), flush=True)
        return 2
    print("ready", flush=True)
    schedule = Schedule(Sounding(output))
    threading.Thread(target=read_commands, args=(sys.stdin, schedule), daemon=True).start()
    schedule.run()
    output.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
