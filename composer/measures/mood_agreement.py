"""Does the estimate of mood agree with listeners? And the constants it is centred by.

The labelled sets are validated on, never fitted: `norms` reads training corpora alone.
"""

from __future__ import annotations

import csv
import io
import json
import random
import sys
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from composer.analysis.mood import NORMS_PATH, composites, cues, estimate_mood
from composer.analysis.table import note_table
from composer.corpus.corpus import Work, find_corpora
from composer.corpus.readers import read_bytes
from composer.errors import RequestError, UnreadablePieceError
from composer.music.piece import Piece

_PIECES_OF_A_STYLE = 150
_FEWEST_NOTES = 32
_STYLES_FROM_PIECES = 15
_LOW, _HIGH = 15.87, 84.13  # one standard deviation of a normal distribution either side


class Judged(NamedTuple):
    """Signs of valence and arousal: what listeners said and what the estimate says."""

    name: str
    valence: bool
    arousal: bool
    estimated_valence: bool
    estimated_arousal: bool


class Labelled(NamedTuple):
    """A piece with the signs of valence and arousal that listeners gave it. `group` names the
    song that it is a clip of."""

    name: str
    group: str
    piece: Piece
    valence: bool
    arousal: bool


def labelled_pieces(archive: Path) -> Iterator[Labelled]:
    """The pieces of a zip of `labels.csv` and `midi/`, file by file.

    Unreadable files are named on stderr and left out. Raises RequestError if there are no labels.
    """
    with zipfile.ZipFile(archive) as opened:
        if "labels.csv" not in opened.namelist():
            raise RequestError(f"{archive} has no labels.csv; give the zip of a labelled set")
        for row in csv.DictReader(io.StringIO(opened.read("labels.csv").decode())):
            name = row["file"]
            try:
                piece = read_bytes(opened.read("midi/" + name), name)
            except UnreadablePieceError as error:
                print(f"left out: {error}", file=sys.stderr)
                continue
            signs = (int(row["valence"]) > 0, int(row["arousal"]) > 0)
            yield Labelled(name, row["source_id"], piece, *signs)


def validate(archive: Path) -> list[Judged]:
    """The estimate beside the labels of each piece of a zip (see `labelled_pieces`)."""
    return [_judge(labelled) for labelled in labelled_pieces(archive)]


def _judge(labelled: Labelled) -> Judged:
    mood = estimate_mood(labelled.piece)
    return Judged(
        labelled.name,
        labelled.valence,
        labelled.arousal,
        (mood.valence or 0.0) > 0,
        (mood.arousal or 0.0) > 0,
    )


def evaluate(judged: list[Judged]) -> dict[str, float]:
    """Shares of right signs of arousal, of valence, and of both together (quadrants)."""
    arousal = [row.arousal == row.estimated_arousal for row in judged]
    valence = [row.valence == row.estimated_valence for row in judged]
    both = [a and v for a, v in zip(arousal, valence, strict=True)]
    count = max(1, len(judged))
    return {
        "arousal": sum(arousal) / count,
        "valence": sum(valence) / count,
        "quadrant": sum(both) / count,
    }


def confusion(judged: list[Judged]) -> list[list[int]]:
    """Counts of quadrants Q1..Q4, a row a label, a column an estimate: (4, 4)."""
    counts = Counter(
        (
            _quadrant(row.valence, row.arousal),
            _quadrant(row.estimated_valence, row.estimated_arousal),
        )
        for row in judged
    )
    return [[counts[label, estimate] for estimate in range(4)] for label in range(4)]


def _quadrant(valence: bool, arousal: bool) -> int:
    """Q1 happy, Q2 tense, Q3 sad, Q4 calm, from 0."""
    return {(True, True): 0, (False, True): 1, (False, False): 2, (True, False): 3}[
        valence, arousal
    ]


def norms(corpora_folder: Path) -> dict[str, Any]:
    """Medians and deviations of every cue, over pieces written by people, and centres of styles.

    At most `_PIECES_OF_A_STYLE` pieces a style, chosen with a fixed seed from the training split.
    """
    by_style: dict[str, list[dict[str, float]]] = defaultdict(list)
    human: list[dict[str, float]] = []
    for work, found in _cues_of_sample(corpora_folder):
        by_style[work.tags.style].append(found)
        if work.origin == "human":
            human.append(found)
    names = sorted({name for row in human for name in row})
    centred = {name: _centre_and_scale([row.get(name, np.nan) for row in human]) for name in names}
    result: dict[str, Any] = {
        "cues": centred,
        "scales": {"valence": 1.0, "arousal": 1.0},
        "styles": {},
    }
    NORMS_PATH.write_text(json.dumps(result), encoding="utf-8")
    _reload()
    sums = {style: np.array([_sums(row) for row in rows]) for style, rows in by_style.items()}
    everything = np.array([_sums(row) for row in human])
    for column, name in enumerate(("valence", "arousal")):
        result["scales"][name] = _centre_and_scale(everything[:, column].tolist())[1]
    for style, values in sorted(sums.items()):
        if style and len(values) >= _STYLES_FROM_PIECES:
            valence, arousal = np.nanmedian(values, axis=0).round(3).tolist()
            result["styles"][style] = {"valence": valence, "arousal": arousal}
    result["pieces"] = len(human)
    return result


def _cues_of_sample(folder: Path) -> Iterator[tuple[Work, dict[str, float]]]:
    works = [w for corpus in find_corpora(folder) for w in corpus.works() if w.split == "train"]
    random.Random(0).shuffle(works)
    taken: Counter[str] = Counter()
    for work in works:
        if taken[work.tags.style] >= _PIECES_OF_A_STYLE or work.tags.ensemble == "drums":
            continue
        try:
            piece = work.read()
        except UnreadablePieceError:
            continue
        if piece.note_count < _FEWEST_NOTES:
            continue
        taken[work.tags.style] += 1
        table = note_table(piece)
        found = cues(table, piece, np.zeros(len(table.bars), dtype=np.int64))
        yield work, {name: float(values[0]) for name, values in found.items()}


def _centre_and_scale(values: list[float]) -> list[float]:
    low, high = np.nanpercentile(values, [_LOW, _HIGH])
    return [round(float(np.nanmedian(values)), 4), round(float(high - low) / 2, 4)]


def _sums(row: dict[str, float]) -> tuple[float, float]:
    valence, arousal = composites({name: np.array([value]) for name, value in row.items()})
    return float(valence[0]), float(arousal[0])


def _reload() -> None:
    from composer.analysis import mood

    mood.load_norms.cache_clear()
