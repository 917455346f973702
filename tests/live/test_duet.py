"""A phrase that is played gets its answer at a bar line, through real ports."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_server import ThreadingOSCUDPServer
from pythonosc.udp_client import SimpleUDPClient

from composer.cli import main

CHECKOUT = Path(__file__).resolve().parents[2]
TEMPO = 240
BAR_SECONDS = 4 * 60 / TEMPO
PHRASE = (60, 62, 64, 65, 67, 65, 64)


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Listener:
    """A synthesizer that notes when it hears what."""

    def __init__(self) -> None:
        self.port = free_port()
        self.notes: list[tuple[float, int, int]] = []
        dispatcher = Dispatcher()
        dispatcher.map("/note", self._hear)
        self.server = ThreadingOSCUDPServer(("127.0.0.1", self.port), dispatcher)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _hear(self, _: str, channel: int, pitch: int, velocity: int) -> None:
        self.notes.append((time.monotonic(), pitch, velocity))

    def begun(self) -> list[tuple[float, int]]:
        return [(at, pitch) for at, pitch, velocity in self.notes if velocity]

    def sounding(self) -> set[int]:
        last = {pitch: velocity for _, pitch, velocity in self.notes}
        return {pitch for pitch, velocity in last.items() if velocity}


@pytest.fixture
def duet() -> Iterator[tuple[subprocess.Popen[str], SimpleUDPClient, Listener]]:
    """The program, a keyboard, and what hears the answers."""
    listener, heard = Listener(), free_port()
    command = [
        sys.executable, "-m", "composer", "live", "--input", f"osc:{heard}",
        "--output", f"osc:127.0.0.1:{listener.port}", "--tempo", str(TEMPO), "--bars", "2",
        "--pause", "0.3", "--latency", "2", "--seed", "3",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    program = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    assert program.stdout.readline().startswith("listening")
    yield program, SimpleUDPClient("127.0.0.1", heard), listener
    program.kill()
    program.wait()
    listener.server.shutdown()
    listener.server.server_close()


def play(keyboard: SimpleUDPClient) -> float:
    """Play the phrase; when it began."""
    begun = time.monotonic()
    for pitch in PHRASE:
        keyboard.send_message("/note", [pitch, 90])
        time.sleep(60 / TEMPO - 0.02)
        keyboard.send_message("/note", [pitch, 0])
        time.sleep(0.02)
    return begun


def test_an_answer_begins_at_a_bar_line_and_a_kill_leaves_no_note(
    duet: tuple[subprocess.Popen[str], SimpleUDPClient, Listener],
) -> None:
    """Two bars after two, on the beat of the player; then SIGKILL while it sounds."""
    program, keyboard, listener = duet
    begun = play(keyboard)
    until = time.monotonic() + 30
    while not listener.begun() and time.monotonic() < until:
        time.sleep(0.01)
    first = listener.begun()[0][0]
    sixteenths = (first - begun) / BAR_SECONDS * 16
    assert abs(sixteenths - round(sixteenths)) < 0.5  # on the grid of the player's bars
    assert program.stdout is not None
    assert program.stdout.readline().startswith("heard 7 notes, answering with")
    os.kill(program.pid, signal.SIGKILL)
    program.wait()
    until = time.monotonic() + 5
    while listener.sounding() and time.monotonic() < until:
        time.sleep(0.05)
    assert listener.sounding() == set()
    time.sleep(0.3)
    count = len(listener.begun())
    time.sleep(0.5)
    assert len(listener.begun()) == count  # nothing goes on after it


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--tempo", "3"], "--tempo 3 is not possible"),
        (["--meter", "4/5"], "4/5"),
        (["--instrument", "kazoo"], "kazoo"),
        (["--style", "barok"], "barok"),
        (["--output", "osc:0"], "osc:0"),
        (["--input", "osc:x", "--output", "file:/dev/null"], "osc:x"),
    ],
)
def test_a_mistake_is_one_line(
    flags: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anybody plays."""
    usual = ["--input", "osc:9", "--output", "osc:127.0.0.1:9"]
    assert main(["live", *usual, *flags]) == 2
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
