"""A piece written to files, each complete or not there at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile

from composer.errors import FileError, RequestError
from composer.music.facts import Chord
from composer.music.piece import Piece

FORMATS = ("mid", "musicxml", "pdf", "svg", "png", "wav", "roll")


def write_piece(
    piece: Piece,
    folder: Path,
    name: str,
    formats: Sequence[str],
    *,
    seed: int = 0,
    mechanical: bool = False,
    paper: str = "a4",
    subtitle: str = "",
    credit: str = "",
    chords: Sequence[Chord] = (),
    sections: Sequence[tuple[int, str]] = (),
    soundfont: Path | None = None,
) -> list[Path]:
    """Write `folder/name.<format>` for each format and return the paths, in order.

    "svg" and "png" are a file a page, `name-2.svg` from the second on; "roll" is a piano-roll
    picture, `name.roll.png`. `chords` are printed over score and roll, `sections` (ticks and names)
    over the roll and as markers of the MIDI file. Nothing is written before
    all of it is made, and each file appears complete under its name or not at all. Raises
    `RequestError` for an unknown format or paper, `FileError` where the folder cannot be written.
    """
    unknown = [word for word in formats if word not in FORMATS]
    if unknown:
        raise RequestError(f"format {unknown[0]!r} is unknown; allowed: {', '.join(FORMATS)}")
    maker = _Maker(
        piece, seed, mechanical, paper, subtitle, credit, tuple(chords), tuple(sections), soundfont
    )
    contents = [
        (folder / _file_name(name, page, suffix), data)
        for suffix in dict.fromkeys(formats)
        for page, data in enumerate(maker.make(suffix), 1)
    ]
    for path, data in contents:
        write_whole(path, data)
    return [path for path, _ in contents]


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


def _file_name(name: str, page: int, suffix: str) -> str:
    if suffix == "roll":
        suffix = "roll.png"
    return f"{name}.{suffix}" if page == 1 else f"{name}-{page}.{suffix}"


@dataclass
class _Maker:
    """Makes the bytes of each format; the MusicXML, which several need, once."""

    piece: Piece
    seed: int
    mechanical: bool
    paper: str
    subtitle: str
    credit: str
    chords: tuple[Chord, ...]
    sections: tuple[tuple[int, str], ...]
    soundfont: Path | None

    def make(self, suffix: str) -> list[bytes]:
        """One element a file."""
        makers: dict[str, Callable[[], list[bytes]]] = {
            "mid": lambda: [self.midi],
            "musicxml": lambda: [self.musicxml.encode()],
            "pdf": self._pdf,
            "svg": lambda: list(self._svg()),
            "png": self._png,
            "wav": self._wav,
            "roll": self._roll,
        }
        return makers[suffix]()

    @cached_property
    def musicxml(self) -> str:
        from composer.rendering.musicxml import musicxml_text

        return musicxml_text(
            self.piece, subtitle=self.subtitle, credit=self.credit, chords=self.chords
        )

    @cached_property
    def midi(self) -> bytes:
        from composer.rendering.midi import midi_bytes

        return midi_bytes(
            self.piece, seed=self.seed, mechanical=self.mechanical, sections=self.sections
        )

    def _wav(self) -> list[bytes]:
        from composer.rendering.audio import wav_bytes

        return [wav_bytes(self.midi, soundfont=self.soundfont)]

    def _roll(self) -> list[bytes]:
        from composer.rendering.piano_roll import roll_png

        return [roll_png(self.piece, chords=self.chords, sections=self.sections)]

    def _pdf(self) -> list[bytes]:
        from composer.rendering.engraving import pdf_bytes

        return [pdf_bytes(self.musicxml, paper=self.paper)]

    def _svg(self) -> Iterator[bytes]:
        from composer.rendering.engraving import svg_pages

        return (page.encode() for page in svg_pages(self.musicxml, paper=self.paper))

    def _png(self) -> list[bytes]:
        from composer.rendering.engraving import png_pages

        return png_pages(self.musicxml, paper=self.paper)
