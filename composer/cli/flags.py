"""Flags that several commands share: how they are declared and how they are read."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from composer.errors import FileError, RequestError
from composer.rendering.formats import FORMATS
from composer.rendering.page import PAPERS_MILLIMETRES

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
    parser.set_defaults(run=run, command=name)
    return parser


def add_json(parser: argparse._ActionsContainer) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def add_processes(parser: argparse._ActionsContainer, work: str = "encode files") -> None:
    parser.add_argument(
        "--processes", metavar="N", type=int, default=os.cpu_count() or 1,
        help=f"how many processes {work} (default: one a core)",
    )  # fmt: skip


def add_outputs(
    parser: argparse._ActionsContainer, default_folder: str, *, parts: bool = True
) -> None:
    """`--out`, `--format` and how files are made; without `parts` no flag of that name."""
    where = "this one" if default_folder == "." else default_folder
    add = parser.add_argument
    add(
        "--out", metavar="DIR", type=Path, default=Path(default_folder),
        help=f"folder to write into (default: {where})",
    )  # fmt: skip
    add(
        "--format", metavar="LIST", default=DEFAULT_FORMATS,
        help=f"any of {', '.join(FORMATS)}, with commas (default: {DEFAULT_FORMATS})",
    )  # fmt: skip
    add(
        "--paper", type=str.lower, choices=tuple(PAPERS_MILLIMETRES), default="a4",
        help="size of the printed page (default: a4)",
    )  # fmt: skip
    add(
        "--mechanical", action="store_true", help="play exactly as written: no rubato, swing, pedal"
    )
    add("--loop", action="store_true", help="MIDI and wav that end at the bar line and start over")
    add("--stems", action="store_true", help="also MIDI (and wav, if asked for) of each part alone")
    if parts:
        add(
            "--parts", action="store_true", dest="single_parts",
            help="also the sheet music of each part alone",
        )  # fmt: skip
    add(
        "--no-repeats", action="store_false", dest="repeats",
        help="sheet music without repeat signs, everything written out",
    )  # fmt: skip
    add(
        "--force", action="store_true",
        help="replace files that lie there (default: others' files stay, ours get a number)",
    )  # fmt: skip
    add(
        "--soundfont", metavar="FILE", type=Path,
        help="a .sf2 or .sf3 file that plays wav and html (default: a small one)",
    )  # fmt: skip


def output_options(given: argparse.Namespace) -> dict[str, Any]:
    """What the flags of `add_outputs` say, as arguments of `write_piece`."""
    return {
        "paper": given.paper,
        "mechanical": given.mechanical,
        "loop": given.loop,
        "stems": given.stems,
        "parts": getattr(given, "single_parts", False),
        "repeats": given.repeats,
        "soundfont": given.soundfont,
        "force": given.force,
    }


def name_for(
    given: argparse.Namespace, stem: str, formats: list[str], *, has_report: bool = False
) -> str:
    """The name for the files of a command: the stem, or with a number where files of others lie
    under it, which is said in a line; with `--force` only where the file that is read does."""
    from composer.rendering.files import free_name

    parts = getattr(given, "single_parts", False)
    also = [".json"] if has_report else []
    name = stem
    if not given.force:
        name = free_name(given.out, stem, formats, stems=given.stems, parts=parts, also=also)
    number = 2
    while any(_is_input(given, name, suffix) for suffix in formats):
        name, number = f"{stem}-{number}", number + 1
    if name != stem:
        print(f"{given.out / stem} is taken by files that stay; written as {name}", file=sys.stderr)
    return name


def _is_input(given: argparse.Namespace, name: str, suffix: str) -> bool:
    """Whether a file to be written would be the one that is read."""
    source: Path | None = getattr(given, "file", None)
    target: Path = given.out / f"{name}.{suffix}"
    return source is not None and source.exists() and target.exists() and target.samefile(source)


def check_soundfont(path: Path | None) -> None:
    """Raises FileError or RequestError now where a SoundFont is given that cannot be used."""
    if path is not None:
        from composer.rendering.performance.audio import read_soundfont

        read_soundfont(path)


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
