"""Whether LilyPond and abc2midi read from our files the notes that the piece has.

    python -m benchmarks.other_programs CORPORA [--files 5]

CORPORA is a folder of zipped corpora; the first files of each are taken. Debian has the programs
as `lilypond` and `abcmidi`. LilyPond and abc2midi make MIDI of what we write, with repeats played
out; onset, length, pitch and whether it is a drum are compared note by note
with the written score. Staccato dots are left out, for both programs play such notes half as long.
LilyPond also sets the pages of the first of each corpus.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from composer.corpus.readers import read_bytes
from composer.errors import ComposerError
from composer.music.normalise import normalise
from composer.music.piece import Piece
from composer.played.quantise import quantise
from composer.rendering.score.score import build_score
from composer.rendering.texts.abc_notation import abc_text
from composer.rendering.texts.lilypond import lilypond_text

Rows = Counter[tuple[int, int, int, bool]]
"""Onset and length in ticks, pitch, and whether it is a drum."""
MOST_NOTES = 3000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("corpora", type=Path)
    parser.add_argument("--files", type=int, default=5, help="of each corpus (default: 5)")
    arguments = parser.parse_args()
    totals: Counter[tuple[str, str]] = Counter()
    for corpus in sorted(arguments.corpora.glob("*.zip")):
        for number, (name, piece) in enumerate(_pieces(corpus, arguments.files)):
            for program in ("abc2midi", "lilypond"):
                wrong, words = compare(piece, program, is_set=number == 0)
                totals[program, "pieces"] += 1
                totals[program, "notes"] += piece.note_count
                totals[program, "wrong"] += wrong
                totals[program, "complaints"] += bool(words)
                if wrong or words:
                    print(f"{corpus.stem}/{name} {program}: {wrong} notes differ; {words[:200]!r}")
    for (program, what), count in sorted(totals.items()):
        print(f"{program} {what} {count}")


def _pieces(corpus: Path, most: int) -> Iterator[tuple[str, Piece]]:
    found = 0
    with zipfile.ZipFile(corpus) as archive:
        names = [n for n in sorted(archive.namelist()) if n.endswith((".mid", ".krn", ".mxl"))]
        for name in names[:: max(1, len(names) // (3 * most))]:
            try:
                piece = normalise(quantise(read_bytes(archive.read(name), name)))
            except ComposerError:
                continue
            if 0 < piece.note_count <= MOST_NOTES:
                found += 1
                yield name, piece
            if found == most:
                return


def compare(piece: Piece, program: str, *, is_set: bool = False) -> tuple[int, str]:
    """How many notes a program reads otherwise than they are, and what it complains of."""
    with tempfile.TemporaryDirectory() as folder:
        run = _lilypond if program == "lilypond" else _abc2midi
        path, words = run(piece, Path(folder), is_set)
        read = _rows(path) if path.exists() else Counter()
    expected = Counter(
        (note.onset_tick, note.length_ticks, note.pitch, part.is_drums)
        for part in build_score(piece).piece.parts
        for note in part.notes
    )
    return max((expected - read).total(), (read - expected).total()), words


def _lilypond(piece: Piece, folder: Path, is_set: bool) -> tuple[Path, str]:
    text = lilypond_text(build_score(piece, repeats=True)).replace("-.", "")
    if not is_set:
        text = re.sub(r"\\score {\n  <<.*?>>\n  \\layout {[^}]*}\n}", "", text)
    source = folder / "piece.ly"
    source.write_text(text, encoding="utf-8")
    command = ["lilypond", "--loglevel=WARN", "-o", str(folder / "piece"), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return folder / "piece.midi", done.stdout + done.stderr


def _abc2midi(piece: Piece, folder: Path, is_set: bool) -> tuple[Path, str]:
    source = folder / "piece.abc"
    text = abc_text(build_score(piece, repeats=True))
    source.write_text(re.sub(r"\.(?=[\^_=A-Ga-g\[])", "", text), encoding="utf-8")
    command = ["abc2midi", str(source), "-silent", "-o", str(folder / "piece.midi")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return folder / "piece.midi", done.stdout + done.stderr


def _rows(path: Path) -> Rows:
    import mido

    file = mido.MidiFile(path)
    ticks = file.ticks_per_beat / 24
    rows: Rows = Counter()
    for track in file.tracks:
        now = 0
        sounding: dict[tuple[int, int], list[int]] = {}
        for message in track:
            now += message.time
            if message.type not in ("note_on", "note_off"):
                continue
            place = message.channel, message.note
            if message.type == "note_on" and message.velocity:
                sounding.setdefault(place, []).append(now)
            elif sounding.get(place):
                start = sounding[place].pop(0)
                length = round((now - start) / ticks)
                rows[round(start / ticks), length, message.note, message.channel == 9] += 1
    return rows


if __name__ == "__main__":
    main()
