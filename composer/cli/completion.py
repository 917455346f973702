"""`composer completion SHELL`: a script with which a shell completes commands, flags and names."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from composer.cli.flags import add_command

if TYPE_CHECKING:
    from composer.cli.flags import Commands

SHELLS = ("bash", "zsh", "fish", "tcsh")
_LISTS = {
    "style": ("styles", "composers"),
    "mood": ("moods",),
    "ensemble": ("ensembles",),
    "instruments": ("instruments",),
    "preset": ("presets",),
}
"""What a flag takes, by the lists of names."""


def add_to(commands: Commands) -> None:
    parser = add_command(
        commands, "completion", "print a script that completes commands in a shell", completion
    )
    parser.add_argument(
        "shell", metavar="SHELL", choices=SHELLS, help=f"one of {', '.join(SHELLS)}"
    )


def completion(given: argparse.Namespace) -> None:
    import shtab

    from composer.cli.parser import build_parser

    parser = build_parser()
    for action in _actions(parser):
        _complete(action)
    print(shtab.complete(parser, given.shell))


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)


def _complete(action: argparse.Action) -> None:
    """Say what a flag takes: files, folders, or names."""
    import shtab

    from composer.music import listing
    from composer.rendering.formats import FORMATS

    if action.type is Path:
        is_folder = action.metavar == "DIR"
        action.complete = shtab.DIRECTORY if is_folder else shtab.FILE  # type: ignore[attr-defined]
    elif action.dest in _LISTS and action.choices is None:
        rows = (row for name in _LISTS[action.dest] for row in listing.LISTS[name]())
        action.choices = [row["name"] for row in rows]
    elif action.dest == "format":
        action.choices = [*FORMATS]
