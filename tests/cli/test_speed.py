"""Promises about what is loaded on the way to help, lists and refusals."""

import subprocess
import sys

HEAVY = ("torch", "numpy", "music21", "verovio", "typst", "symusic", "mido", "rich")

ANSWERED = (
    "", "--help", "--version", "compose --help", "styles", "styles --json", "styles moods",
    "train --help", "corpora", "corpora --help", "corpora build --help", "render --help",
    "describe --help",
)  # fmt: skip
REFUSED = (
    "sing", "compose --bars x", "compose --format doc", "render none.mid --paper a9",
    "styles colours",
)  # fmt: skip

_PROBE = """
import sys
from composer.cli import main
for command in {commands}:
    status = main(command.split())
    loaded = [name for name in {heavy} if name in sys.modules]
    if status != {status} or loaded:
        sys.exit(f"{{command!r}} ended with {{status}} and had loaded {{loaded}}")
"""


def test_help_and_lists_load_nothing_heavy() -> None:
    """Neither torch nor any other slow library, so that they answer at once."""
    _run(ANSWERED, 0)


def test_a_mistake_in_the_flags_is_told_without_loading_anything_heavy() -> None:
    """Nobody waits for torch to be told of a typing mistake."""
    _run(REFUSED, 2)


def _run(commands: tuple[str, ...], status: int) -> None:
    probe = _PROBE.format(commands=commands, heavy=HEAVY, status=status)
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
