"""A piece written to files, each complete or not there at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

from composer.errors import FileError, RequestError
from composer.music.facts import Chord
from composer.music.piece import Piece
from composer.rendering.formats import FORMATS, SHEET_FORMATS, SOUND_FORMATS, Maker
from composer.rendering.kept_files import free_stem, remember
from composer.rendering.options import Playing, Print


def write_piece(
    piece: Piece,
    folder: Path,
    name: str,
    formats: Sequence[str],
    *,
    seed: int = 0,
    mechanical: bool = False,
    loop: bool = False,
    stems: bool = False,
    parts: bool = False,
    repeats: bool = True,
    paper: str = "a4",
    subtitle: str = "",
    credit: str = "",
    chords: Sequence[Chord] = (),
    sections: Sequence[tuple[int, str]] = (),
    soundfont: Path | None = None,
    punctual: Sequence[int] = (),
    force: bool = False,
    chart_chords: Sequence[Chord] = (),
) -> list[Path]:
    """Write `folder/name.<format>` for each format and return the paths, in order.

    "svg" and "png" are a file a page, `name-2.svg` from the second on; "roll" is a piano-roll
    picture, `name.roll.png`; "html" a page that shows and plays the score. `chords` are printed
    over score and roll, `sections` (ticks and names) over the roll and as markers of the MIDI file.
    "chart" is a page of chords bar by bar, `name.chart.pdf`, of `chart_chords` or else `chords`;
    "tab" the sheet music of guitars and basses with tablature, `name.tab.pdf`.

    `loop` makes MIDI and sound fit for playing again and again (see `perform`, `wav_bytes`).
    `punctual` are ticks that the performance does not shift (see `perform`).
    `stems` adds `folder/name-stems/<part>` in the formats of sound that are asked for (without
    any, as MIDI), all as long as the piece; `parts` adds `folder/name-parts/<part>` in those of
    sheet music (without any, as PDF). Sheet music prints what comes twice in a row once, between
    repeat signs, unless `repeats` is off; MIDI and sound always have the whole piece.

    A file that is not ours is never overwritten: then all files get a number behind the name,
    unless `force` is set (see `free_name`). Nothing is written before all of it is made, and each
    file appears complete under its name or not at all. Raises `RequestError` for an unknown format
    or paper, what is no SoundFont, a chart without chords and tablature without frets, `FileError`
    where the folder cannot be written or the SoundFont not be read.
    """
    check_formats(formats)
    playing = Playing(seed, mechanical, loop, tuple(punctual))
    printed = Print(subtitle, credit, tuple(chords), repeats, paper)
    maker = Maker(piece, playing, printed, tuple(sections), soundfont, tuple(chart_chords))
    asked = list(dict.fromkeys(formats))
    if not force:
        name = free_name(folder, name, asked, stems=stems, parts=parts)
    contents = [
        (folder / file_name(name, suffix, page), data)
        for suffix in asked
        for page, data in enumerate(FORMATS[suffix].make(maker), 1)
    ]
    if stems:
        suffixes = [suffix for suffix in asked if suffix in SOUND_FORMATS] or ["mid"]
        contents += _of_parts(maker.stems(suffixes), folder / f"{name}-stems")
    if parts:
        suffixes = [suffix for suffix in asked if suffix in SHEET_FORMATS] or ["pdf"]
        contents += _of_parts(maker.parts(suffixes), folder / f"{name}-parts")
    remember(dict(contents))
    for path, data in contents:
        write_whole(path, data)
    return [path for path, _ in contents]


def check_formats(formats: Sequence[str]) -> None:
    """Raises RequestError for a format that is not written."""
    unknown = [word for word in formats if word not in FORMATS]
    if unknown:
        raise RequestError(f"format {unknown[0]!r} is unknown; allowed: {', '.join(FORMATS)}")


def free_name(
    folder: Path,
    name: str,
    formats: Sequence[str],
    *,
    stems: bool = False,
    parts: bool = False,
    also: Sequence[str] = (),
) -> str:
    """The name, or the first with a number under which no file lies that an earlier run did not
    write; `also` are further endings, such as ".json"."""
    endings = [f".{FORMATS[suffix].ending or suffix}" for suffix in formats]
    folders = ["-stems"] * stems + ["-parts"] * parts
    return free_stem(folder, name, [*endings, *also], folders)


def _of_parts(
    made: Iterable[tuple[str, str, list[bytes]]], folder: Path
) -> list[tuple[Path, bytes]]:
    return [
        (folder / file_name(label, suffix, page), data)
        for label, suffix, pages in made
        for page, data in enumerate(pages, 1)
    ]


def write_whole(path: Path, data: bytes) -> None:
    """Write a file under a temporary name beside it and rename it once complete.

    Raises `FileError` naming the path and the reason; nothing half-written is left behind.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(
            dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False
        ) as file:
            temporary = Path(file.name)
            file.write(data)
        os.chmod(temporary, 0o666 & ~_umask())
        temporary.replace(path)
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror or error}") from None
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def file_name(name: str, suffix: str, page: int = 1) -> str:
    """What a file of a format is called; each page of pictures is a file."""
    suffix = FORMATS[suffix].ending or suffix
    return f"{name}.{suffix}" if page == 1 else f"{name}-{page}.{suffix}"
