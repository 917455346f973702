"""The commands and what they have in common: one-line errors, help that shows defaults."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from composer.cli import (
    agents,
    completion,
    compose,
    corpora,
    evaluate,
    files,
    live,
    partner,
    session,
    studio,
    styles,
    train,
)
from composer.errors import RequestError


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command line; what it parses has a field `run` to call."""
    parser: argparse.ArgumentParser = OneLineParser(
        prog="composer",
        description="Music in a style and a mood, as MIDI for a DAW and sheet music for players.",
        epilog="`composer COMMAND --help` explains the flags of a command.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and stop")
    parser.set_defaults(run=lambda _: parser.print_help())
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    compose.add_to(commands)
    styles.add_to(commands)
    partner.add_to(commands)
    session.add_to(commands)
    studio.add_to(commands)
    files.add_to(commands)
    train.add_to(commands)
    corpora.add_to(commands)
    evaluate.add_to(commands)
    agents.add_to(commands)
    live.add_to(commands)
    completion.add_to(commands)
    return parser


class OneLineParser(argparse.ArgumentParser):
    """Raises RequestError where argparse would print its usage and exit."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=_Help, **options)

    def error(self, message: str) -> NoReturn:
        raise RequestError(f"{message}; `{self.prog} --help` says what is allowed")


class _Help(argparse.HelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30)


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(version("symbolic-composer"))
        parser.exit()
