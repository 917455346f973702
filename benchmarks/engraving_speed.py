"""How long 64 bars of piano take to MusicXML and to PDF, beside music21's own path to MusicXML.

    python -m benchmarks.engraving_speed FOLDER [--pieces N]

FOLDER holds MIDI files, in folders of its own or in zips. Of the first of them with a piano part
of 64 bars or more, N are cut to 64 bars of that part alone. Each path is run once to warm up, then
timed in turn by the processor's clock (seconds of this process), so that neither loading nor
neighbours count.
"""

from __future__ import annotations

import argparse
import io
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from composer.corpus.readers import read_bytes
from composer.errors import ComposerError
from composer.music.bars import bars_of
from composer.music.normalise import normalise
from composer.music.piece import Part, Piece
from composer.played.quantise import quantise
from composer.rendering.musicxml.musicxml import musicxml_text
from composer.rendering.pages.engraving import pdf_bytes
from composer.rendering.performance.midi import midi_bytes

_BARS = 64


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pieces", type=int, default=10)
    arguments = parser.parse_args()
    pieces = []
    for piece in piano_pieces(arguments.folder):
        pieces.append(piece)
        if len(pieces) == arguments.pieces:
            break
    paths: dict[str, Callable[[Piece], object]] = {
        "ours to MusicXML": musicxml_text,
        "ours to PDF": lambda piece: pdf_bytes(musicxml_text(piece)),
        "music21 to MusicXML": by_music21,
    }
    for path in paths.values():
        path(pieces[0])
    seconds: dict[str, list[float]] = {name: [] for name in paths}
    for piece in pieces:
        for name, path in paths.items():
            started = time.process_time()
            path(piece)
            seconds[name].append(time.process_time() - started)
    notes = sorted(piece.note_count for piece in pieces)
    print(f"{len(pieces)} pieces of {_BARS} bars, {notes[0]} to {notes[-1]} notes")
    for name, found in seconds.items():
        print(f"{name}: median {median(found):.2f} s, longest {max(found):.2f} s")


def by_music21(piece: Piece) -> bytes:
    """From MIDI, as music21 writes it without any help."""
    from music21 import converter
    from music21.musicxml.m21ToXml import GeneralObjectExporter

    stream = converter.parse(midi_bytes(piece, mechanical=True), format="midi")
    data: bytes = GeneralObjectExporter(stream).parse()
    return data


def piano_pieces(folder: Path) -> Iterator[Piece]:
    for name, data in midi_files(folder):
        try:
            piece = normalise(quantise(read_bytes(data, name)))
        except ComposerError:
            continue
        pianos = [part for part in piece.parts if part.instrument == "piano"]
        if len(bars_of(piece)) >= _BARS and len(pianos) == 1:
            yield first_bars(piece, pianos[0])


def midi_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*.mid")):
        yield path.name, path.read_bytes()
    for path in sorted(folder.rglob("*.zip")):
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".mid"):
                    yield name, archive.read(name)


def first_bars(piece: Piece, part: Part) -> Piece:
    end = bars_of(piece)[_BARS - 1].end_tick
    notes = tuple(
        note._replace(length_ticks=min(note.length_ticks, end - note.onset_tick))
        for note in part.notes
        if note.onset_tick < end
    )
    return replace(
        piece,
        parts=(replace(part, notes=notes),),
        meters=tuple(change for change in piece.meters if change.tick < end),
        keys=tuple(change for change in piece.keys if change.tick < end),
        tempi=tuple(change for change in piece.tempi if change.tick < end),
        end_tick=end,
    )


if __name__ == "__main__":
    main()
