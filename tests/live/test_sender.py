"""Messages go out in time, and no note is left sounding, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.errors import RequestError
from composer.live.player import Player
from composer.live.ports import CONTROL, NOTE_OFF, NOTE_ON, Message
from composer.live.sender import Sounding

CHECKOUT = Path(__file__).resolve().parents[2]


class Recorder:
    """An output that remembers."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def send(self, message: Message) -> None:
        self.messages.append(message)

    def close(self) -> None:
        pass


def sounding_after(messages: list[Message]) -> Counter[tuple[int, int]]:
    """The notes that somebody who hears the messages still hears; each begins once at a time."""
    sounding: Counter[tuple[int, int]] = Counter()
    for message in messages:
        note = message[0] & 0x0F, message[1]
        kind = message[0] & 0xF0
        if kind == NOTE_ON and message[2]:
            assert not sounding[note], "a note begins that sounds already"
            sounding[note] = 1
        elif kind in (NOTE_ON, NOTE_OFF):
            sounding[note] = 0
    return +sounding


def recorded(path: Path) -> list[tuple[float, Message]]:
    """The lines of a `file:` output."""
    lines = path.read_text(encoding="ascii").splitlines()
    return [(float(line.split()[0]), bytes.fromhex(line.split()[1])) for line in lines]


MESSAGES = st.builds(
    lambda kind, channel, pitch, velocity: bytes((kind | channel, pitch, velocity)),
    st.sampled_from((NOTE_ON, NOTE_OFF, CONTROL)),
    st.integers(0, 15),
    st.integers(0, 127),
    st.integers(0, 127),
)


@given(messages=st.lists(MESSAGES, max_size=40))
def test_silence_ends_whatever_sounds(messages: list[Message]) -> None:
    """And only that: every note by itself, for not all instruments know the message for all."""
    output = Recorder()
    sounding = Sounding(output)
    for message in messages:
        sounding.send(message)
    sounding.silence()
    assert sounding_after(output.messages) == Counter()


def test_messages_go_out_at_their_times(tmp_path: Path) -> None:
    """In order, and within milliseconds; the figure of ten minutes is in the log."""
    path = tmp_path / "out"
    start = time.monotonic() + 0.3
    due = [start + 0.01 * place for place in range(100)]
    with Player(f"file:{path}") as player:
        player.play((at, bytes((CONTROL, 1, place))) for place, at in enumerate(due))
        time.sleep(due[-1] - time.monotonic() + 0.2)
    sent = [(at, message) for at, message in recorded(path) if message[1] == 1]
    assert [message[2] for _, message in sent] == list(range(100))
    late = [at - meant for (at, _), meant in zip(sent, due, strict=True)]
    assert min(late) > -0.002
    assert median(late) < 0.01


def test_silence_forgets_what_is_due(tmp_path: Path) -> None:
    """A note that has begun ends at once; one that is due later never begins."""
    path = tmp_path / "out"
    now = time.monotonic()
    with Player(f"file:{path}") as player:
        player.play([(now, bytes((NOTE_ON, 60, 80))), (now + 0.6, bytes((NOTE_ON, 64, 80)))])
        time.sleep(0.3)
        player.silence()
        time.sleep(0.6)
    sent = [message for _, message in recorded(path)]
    assert sounding_after(sent) == Counter()
    assert bytes((NOTE_ON, 64, 80)) not in sent


HOLDING = """
import sys, time
from composer.live.player import Player
with Player(sys.argv[1]) as player:
    now = time.monotonic()
    player.play([(now, bytes((0x91, 60, 80))), (now + 60, bytes((0x81, 60, 0)))])
    time.sleep(0.3)
    print("playing", flush=True)
    time.sleep(60)
"""


def _as_in_a_terminal() -> None:
    """Programs that are started in the background ignore these, and what they start does too."""
    for one in (signal.SIGINT, signal.SIGHUP):
        signal.signal(one, signal.SIG_DFL)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are the subject")
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGSEGV"])
def test_no_note_hangs_when_the_program_is_killed(tmp_path: Path, name: str) -> None:
    """Not even by what cannot be caught: the process that sends outlives it for as long as that
    takes."""
    path = tmp_path / "out"
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    program = subprocess.Popen(
        [sys.executable, "-c", HOLDING, f"file:{path}"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
        preexec_fn=_as_in_a_terminal,
    )
    assert program.stdout is not None
    assert program.stdout.readline().strip() == "playing"
    assert sounding_after([message for _, message in recorded(path)]) == Counter({(1, 60): 1})
    os.killpg(program.pid, getattr(signal, name))
    program.wait(10)
    until = time.monotonic() + 5
    while sounding_after([m for _, m in recorded(path)]) and time.monotonic() < until:
        time.sleep(0.05)
    assert sounding_after([message for _, message in recorded(path)]) == Counter()


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("osc:nowhere", "no OSC address"),
        ("file:/none/there", "cannot write /none/there"),
        ("No Such Port", "MIDI"),
    ],
)
def test_an_output_that_is_not_there_is_one_line(output: str, words: str) -> None:
    """Said by the process that would have held it."""
    with pytest.raises(RequestError, match=words):
        Player(output)
