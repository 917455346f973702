"""`composer live`: answer phrases that are played, in time."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from composer.cli.flags import add_command
from composer.errors import RequestError

if TYPE_CHECKING:
    from composer.cli.flags import Commands
    from composer.live.duet import Answer, Manner


def add_to(commands: Commands) -> None:
    parser = add_command(
        commands, "live", "answer phrases played over MIDI or OSC with their continuation", live
    )
    add = parser.add_argument
    add(
        "--input", metavar="PORT", default="",
        help="a MIDI port by name, virtual:NAME, or osc:PORT (default: list the ports)",
    )  # fmt: skip
    add(
        "--output", metavar="PORT", default="",
        help="a MIDI port by name, virtual:NAME, osc:HOST:PORT, or file:PATH",
    )  # fmt: skip
    add("--tempo", type=float, default=100.0, help="quarter notes a minute (default: 100)")
    add("--meter", default="4/4", help="such as 3/4 (default: 4/4)")
    add("--bars", type=int, default=4, help="how many bars an answer has (default: 4)")
    add("--instrument", default="piano", help="what is played (default: piano)")
    add("--channel", type=int, default=1, help="channel of the answer, 1 to 16 (default: 1)")
    add(
        "--pause", type=float, default=0.6, metavar="SECONDS",
        help="a phrase is over after so long a silence (default: 0.6)",
    )  # fmt: skip
    add(
        "--latency", type=float, default=1.5, metavar="SECONDS",
        help="the answer begins at the first bar line so long after that (default: 1.5)",
    )  # fmt: skip
    add("--style", default="", help="turn the answers to a style or a composer")
    add("--mood", "--emotion", default="", help="turn the answers to a mood")
    add("--seed", type=int, help="the same phrases get the same answers")


def live(given: argparse.Namespace) -> None:
    if not given.input or not given.output:
        _list_ports()
        return
    manner = _manner(given)
    import signal
    import threading

    from composer.composing.writing.weights import load_weights
    from composer.live.duet import Duet
    from composer.live.player import Player
    from composer.live.ports import open_input

    load_weights(None)  # now, and not while somebody waits for an answer
    is_over = threading.Event()
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: is_over.set())
    with Player(given.output) as player:
        duet = Duet(player, manner, _tell)
        heard = open_input(given.input, duet.hear)
        print(f"listening to {given.input}; Ctrl-C ends it", flush=True)
        try:
            duet.run(is_over)
        finally:
            heard.close()


def _list_ports() -> None:
    from composer.live.ports import midi_ports

    inputs, outputs = midi_ports()
    print("inputs:", ", ".join(inputs) or "none")
    print("outputs:", ", ".join(outputs) or "none")
    print("give --input and --output; osc:PORT and osc:HOST:PORT need no MIDI")


def _manner(given: argparse.Namespace) -> Manner:
    from composer.composing.writing.weights import new_seed
    from composer.live.duet import Manner
    from composer.live.phrase import Beats
    from composer.music.instruments import BY_NAME
    from composer.music.meters import parse_meter
    from composer.music.moods import find_mood
    from composer.music.styles import find_style

    for flag, value, least, most in (
        ("tempo", given.tempo, 20, 400),
        ("bars", given.bars, 1, 32),
        ("channel", given.channel, 1, 16),
        ("pause", given.pause, 0.1, 30),
        ("latency", given.latency, 0, 60),
    ):
        if not least <= value <= most:
            raise RequestError(f"--{flag} {value:g} is not possible; give {least} to {most}")
    if given.instrument not in BY_NAME:
        raise RequestError(
            f"instrument {given.instrument!r} is unknown; `composer styles instruments` lists them"
        )
    for words, find in ((given.style, find_style), (given.mood, find_mood)):
        if words:
            find(words)  # says now, and not at the first answer, that there is none
    return Manner(
        Beats(given.tempo, *parse_meter(given.meter)),
        bars=given.bars,
        instrument=given.instrument,
        style=given.style,
        mood=given.mood,
        seed=new_seed(given.seed),
        channel=given.channel - 1,
        pause_seconds=given.pause,
        latency_seconds=given.latency,
    )


def _tell(answer: Answer) -> None:
    late = f", {answer.late_seconds:.1f} s later than meant" if answer.late_seconds else ""
    print(
        f"heard {answer.heard.note_count} notes, answering with {answer.played.note_count}{late}",
        flush=True,
    )
