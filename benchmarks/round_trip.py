"""MIDI to MIDI, MusicXML to MusicXML: what is lost on the way through `render`.

    python -m benchmarks.round_trip CORPORA EVALUATION [FILES]

FILES (200) MIDI files out of the zips in CORPORA, and the engraved scores in EVALUATION, are read
and written as `composer render --mechanical` does. MIDI is compared by symusic (notes with track
name, program, drums, velocity) and mido (every other message, its track and tick); MusicXML by
music21 (notes with onset, length, tuplet, words, articulations, and chord symbols). Each difference
is listed.
"""

from __future__ import annotations

import io
import random
import sys
import warnings
import zipfile
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from composer.corpus.readers import read_piece
from composer.rendering.files import write_piece


def midi_view(data: bytes) -> Counter[Any]:
    """Everything a MIDI file says, by two libraries."""
    import mido
    import symusic

    found: Counter[Any] = Counter()
    for track in symusic.Score.from_midi(data).tracks:
        for note in track.notes:
            length = max(1, note.duration)
            found[track.name, track.program, note.time, length, note.pitch, note.velocity] += 1
    for number, messages in enumerate(mido.MidiFile(file=io.BytesIO(data), clip=True).tracks):
        now = 0
        for message in messages:
            now += message.time
            if message.type not in ("note_on", "note_off"):
                found[number, now, str(message.copy(time=0))] += 1
    return found


def score_view(path: Path) -> Counter[Any]:
    """What music21 reads of a score; its complaint, where it reads none."""
    from music21 import converter

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            score = converter.parse(path, forceSource=True)
        except Exception as error:
            return Counter({str(error): 1})
    found: Counter[Any] = Counter()
    for number, part in enumerate(score.parts):
        for element in part.recurse().notes:
            onset = element.getOffsetInHierarchy(part)
            tuplets = tuple(str(t.tupletMultiplier()) for t in element.duration.tuplets)
            words = tuple((w.text, w.syllabic, w.number) for w in element.lyrics)
            marks = tuple(sorted(type(a).__name__ for a in element.articulations))
            name = getattr(element, "figure", "") or "/".join(map(str, element.pitches))
            length = str(element.duration.quarterLength)
            found[number, str(onset), length, name, tuplets, words, marks] += 1
    return found


def main() -> None:
    """Count and list differences."""
    corpora, evaluation = Path(sys.argv[1]), Path(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 200
    chance = random.Random(16)
    files = [
        (archive, name)
        for archive in sorted(corpora.glob("*.zip"))
        for name in zipfile.ZipFile(archive).namelist()
        if name.endswith(".mid")
    ]
    engraved = evaluation / "engraved.zip"
    scores = [(engraved, n) for n in zipfile.ZipFile(engraved).namelist() if n.endswith(".mxl")]
    for kind, chosen in (("mid", chance.sample(files, count)), ("musicxml", scores)):
        same = 0
        for archive, name in chosen:
            with TemporaryDirectory() as folder:
                source = Path(folder) / f"source{Path(name).suffix}"
                source.write_bytes(zipfile.ZipFile(archive).read(name))
                piece = read_piece(source)
                (written,) = write_piece(
                    piece, Path(folder) / "out", "again", [kind], mechanical=True
                )
                if kind == "mid":
                    before, after = midi_view(source.read_bytes()), midi_view(written.read_bytes())
                else:
                    before, after = score_view(source), score_view(written)
            lost, new = before - after, after - before
            same += not lost and not new
            if lost or new:
                print(f"{name}: {lost.total()} lost, {new.total()} new of {before.total()}")
                for row in [*list(lost)[:3], *list(new)[:3]]:
                    print(f"    {row}")
        print(f"{kind}: {same} of {len(chosen)} identical")


if __name__ == "__main__":
    main()
