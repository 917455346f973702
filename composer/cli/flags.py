"""Flags that several commands share: how they are declared and how they are read."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from composer.errors import FileError, RequestError
from composer.rendering.engraving import PAPERS_MILLIMETRES
from composer.rendering.files import FORMATS

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]

DEFAULT_FORMATS = "mid,musicxml,pdf"


def add_command(
    commands: Commands, name: str, summary: str, run: Callable[[argparse.Namespace], None]
) -> argparse.ArgumentParser:
    """A sub-command whose help begins with `summary`."""
    parser = commands.add_parser(
        name, help=summary, description=f"{summary[0].upper()}{summary[1:]}."
    )
    parser.set_defaults(run=run)
    return parser


def add_json(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def add_outputs(parser: argparse._ActionsContainer, default_folder: str) -> None:
    """`--out`, `--format`, `--paper`, `--mechanical`."""
    where = "this one" if default_folder == "." else default_folder
    parser.add_argument(
        "--out", metavar="DIR", type=Path, default=Path(default_folder),
        help=f"folder to write into (default: {where})",
    )  # fmt: skip
    parser.add_argument(
        "--format", metavar="LIST", default=DEFAULT_FORMATS,
        help=f"any of {', '.join(FORMATS)}, with commas (default: {DEFAULT_FORMATS})",
    )  # fmt: skip
    parser.add_argument(
        "--paper", type=str.lower, choices=tuple(PAPERS_MILLIMETRES), default="a4",
        help="size of the printed page (default: a4)",
    )  # fmt: skip
    parser.add_argument(
        "--mechanical", action="store_true", help="write MIDI without dynamics, rubato and pedal"
    )


def words(text: str) -> list[str]:
    """ "mid, pdf" -> ["mid", "pdf"], each once."""
    return list(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def parse_formats(text: str) -> list[str]:
    """The formats of `--format`; RequestError for none and for one that we do not write."""
    formats = [word.lower().lstrip(".") for word in words(text)]
    unknown = [word for word in formats if word not in FORMATS]
    if unknown or not formats:
        given = f"format {unknown[0]!r} is unknown" if unknown else "no format is given"
        raise RequestError(f"{given}; allowed: {', '.join(FORMATS)}")
    return formats


def check_name(name: str) -> str:
    """A stem for file names, "" for none; RequestError for one that would leave its folder."""
    if name and (name != Path(name).name or name in (".", "..") or "\0" in name):
        raise RequestError(f"name {name!r} is not a file name; give the folder with --out")
    return name


def check_writable(folder: Path) -> None:
    """Raises FileError now rather than after minutes of work; creates nothing."""
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not existing.is_dir():
        raise FileError(f"cannot write into {folder}: {existing} is not a folder")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise FileError(f"cannot write into {folder}: no permission; choose another folder")
