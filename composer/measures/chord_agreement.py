"""How well estimated chords agree with those that people annotated (POP909).

Scores are mir_eval's weighted chord overlap ratios (Raffel et al., "mir_eval", ISMIR 2014): root,
and major and minor triads (`majmin`, over the parts of songs whose annotation is one of them).
"""

from __future__ import annotations

import random
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from composer.corpus.readers import read_bytes
from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.facts import Chord
from composer.music.piece import Piece

MEASURES = ("root", "majmin", "mirex", "thirds", "triads", "sevenths")

_PITCH_CLASSES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_HARTE = {
    "major": "maj", "minor": "min", "diminished": "dim", "augmented": "aug", "sus4": "sus4",
    "sus2": "sus2", "power": "5", "dominant7": "7", "major7": "maj7", "minor7": "min7",
    "half-diminished7": "hdim7", "diminished7": "dim7", "minor-major7": "minmaj7",
    "augmented7": "aug(b7)", "major6": "maj6", "minor6": "min6", "dominant9": "9",
    "major9": "maj9", "minor9": "min9", "dominant7sus4": "sus4(b7)", "major-add9": "maj(9)",
    "major6-9": "maj6(9)", "dominant7-flat9": "7(b9)", "dominant7-sharp9": "7(#9)",
    "altered7": "7(b9,#9,b5,#5)", "dominant11": "9(11)", "dominant13": "9(13)",
    "dominant7-flat5": "7(*5,b5)", "major7-sharp11": "maj7(#11)", "minor11": "min9(11)",
}  # fmt: skip


class Annotation(NamedTuple):
    """A chord label in Harte's syntax from `tick` until the next."""

    tick: int
    label: str


def harte_label(chord: Chord) -> str:
    """The label of a chord in the syntax of Harte et al. (ISMIR 2005), root position."""
    if chord.quality == "none":
        return "N"
    return f"{_PITCH_CLASSES[chord.root]}:{_HARTE[chord.quality]}"


def read_annotations(text: str, piece: Piece) -> list[Annotation]:
    """The lines "bar.beat symbol label" of a POP909 chord file, in the ticks of the piece."""
    bars = bars_of(piece)
    found = []
    for line in text.splitlines():
        place, _symbol, label = line.split()
        bar, beat = place.split(".")
        if int(bar) > len(bars):  # the last chord of some songs is after the last note
            break
        at = bars[int(bar) - 1]
        beat_ticks = 4 * piece.ticks_per_quarter // at.meter.denominator
        found.append(Annotation(at.start_tick + (int(beat) - 1) * beat_ticks, label))
    return found


def evaluate(
    annotated: Iterable[Annotation], estimated: Iterable[Chord], end_tick: int
) -> dict[str, float]:
    """mir_eval's scores of one piece, 0..1; time is counted in ticks."""
    from mir_eval import chord as measures
    from mir_eval import util

    labelled = [(at.tick, at.label) for at in annotated]
    reference, reference_labels = _intervals(labelled, end_tick)
    start = float(reference[0, 0])
    guess, guess_labels = util.adjust_intervals(
        *_intervals([(chord.tick, harte_label(chord)) for chord in estimated], end_tick),
        start,
        float(end_tick),
        "N",
        "N",
    )
    both, reference_labels, guess_labels = util.merge_labeled_intervals(
        reference, reference_labels, guess, guess_labels
    )
    lengths = util.intervals_to_durations(both)
    return {
        name: float(
            measures.weighted_accuracy(
                getattr(measures, name)(reference_labels, guess_labels), lengths
            )
        )
        for name in MEASURES
    }


def _intervals(
    labelled: list[tuple[int, str]], end_tick: int
) -> tuple[npt.NDArray[np.float64], list[str]]:
    """Spans from each label to the next, (labels, 2); of labels at one tick the last holds."""
    kept = sorted({tick: label for tick, label in labelled if tick < end_tick}.items())
    starts = [tick for tick, _ in kept]
    spans = np.array([starts, [*starts[1:], end_tick]], dtype=np.float64).T
    return spans, [label for _, label in kept]


def songs(archive: Path, count: int = 0, seed: int = 0) -> Iterable[tuple[Piece, list[Annotation]]]:
    """Pieces with their annotations, all or `count` chosen with the seed.

    Raises RequestError if the zip holds no `chords/NNN.txt`.
    """
    with zipfile.ZipFile(archive) as opened:
        names = sorted(name for name in opened.namelist() if name.startswith("chords/"))
        if not names:
            raise RequestError(f"{archive} has no chords/*.txt; give the shared zip of POP909")
        random.Random(seed).shuffle(names)
        for name in names[: count or None]:
            midi = name.removeprefix("chords/").replace(".txt", ".mid")
            piece = read_bytes(opened.read(midi), midi)
            yield piece, read_annotations(opened.read(name).decode(), piece)
