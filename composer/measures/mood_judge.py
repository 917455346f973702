"""Does music sound in the mood that was asked for? A judge taught by listeners says.

The judge is fitted to the clips that listeners labelled whenever something is judged; it goes into
no weights and is never shipped. Its ceiling is how often it is right about clips of songs that it
has not heard. The clips are performed piano music without beats, so it hears everything in seconds,
and generated pieces as they are performed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from composer.analysis.key_finding import profile_scores_by_group
from composer.analysis.mood import cues, seconds_of
from composer.analysis.sounding import sounding
from composer.analysis.table import Floats, NoteTable, note_table
from composer.analysis.texture import dissonance, legato, mean_pitch, pitch_range, polyphony
from composer.errors import RequestError
from composer.measures.judge import Judge, cross_validated, fit, mean_accuracy
from composer.measures.mood_agreement import labelled_pieces
from composer.measures.pitch import pitch_class_entropy
from composer.music.moods import find_mood
from composer.music.piece import Piece, TempoChange
from composer.rendering.performance.performance import perform

_SETS = ("emopia.zip", "vgmidi.zip")
_CUES = ("notes_per_second", "onsets_per_second", "note_seconds", "pitch_spread", "mode",
         "mode_of_triads", "loudness")  # fmt: skip
_DECAY = 0.02
_DEFAULT_TEMPO = 120.0  # what players of files without a tempo take


@dataclass(frozen=True, slots=True)
class Clips:
    """Labelled clips as the judge hears them: `features` (clips, features), a quadrant "q1".."q4"
    and the song of each."""

    features: Floats
    quadrants: tuple[str, ...]
    songs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MoodScores:
    """Shares of right signs, and of right quadrants (each quadrant counting alike)."""

    pieces: int
    quadrant: float
    arousal: float
    valence: float


def validate(folder: Path) -> None:
    """Raises RequestError unless the labelled sets are there."""
    missing = [name for name in _SETS if not (folder / name).is_file()]
    if missing:
        raise RequestError(f"{folder} has no {', '.join(missing)}; give the evaluation folder")


def labelled_clips(folder: Path) -> Clips:
    """The clips of EMOPIA and VGMIDI in the evaluation folder."""
    validate(folder)
    clips = [clip for name in _SETS for clip in labelled_pieces(folder / name)]
    return Clips(
        np.array([mood_features(clip.piece) for clip in clips]),
        tuple(quadrant(clip.valence, clip.arousal) for clip in clips),
        tuple(clip.group for clip in clips),
    )


def mood_features(piece: Piece) -> Floats:
    """What the judge hears of a piece with pitched notes, in seconds: (features,)."""
    if not piece.tempi:
        piece = replace(piece, tempi=(TempoChange(0, _DEFAULT_TEMPO),))
    table = note_table(piece)
    notes = table.pitched()
    found = cues(table, piece, np.zeros(len(table.bars), dtype=np.int64))
    moments = sounding(notes)
    scores = profile_scores_by_group(notes, np.zeros(notes.count, dtype=np.int64))[0]
    velocities = notes.velocity[notes.velocity > 0]
    further = [
        mean_pitch(notes),
        float(np.percentile(notes.pitch, 10)),
        pitch_range(notes),
        legato(notes),
        dissonance(moments),
        np.log2(polyphony(moments)),
        pitch_class_entropy(notes.pitch),
        float(scores.max()),
        float(velocities.std()) if len(velocities) else None,
        _irregularity(notes, piece),
    ]
    heard = [float(found[name][0]) if name in found else np.nan for name in _CUES]
    return np.array([*heard, *(np.nan if value is None else value for value in further)])


def quadrant(valence: bool, arousal: bool) -> str:
    """ "q1" happy, "q2" tense, "q3" sad, "q4" calm."""
    return {(True, True): "q1", (False, True): "q2", (False, False): "q3", (True, False): "q4"}[
        valence, arousal
    ]


def quadrant_of_mood(word: str) -> str:
    """The quadrant that a mood lies in."""
    mood = find_mood(word)
    return quadrant(mood.valence > 0, mood.arousal > 0)


def mood_judge(clips: Clips) -> Judge:
    return fit(clips.features, clips.quadrants, _DECAY)


def ceiling(clips: Clips) -> MoodScores:
    """How often the judge is right about real clips of songs that it has not heard."""
    guesses = cross_validated(clips.features, clips.quadrants, clips.songs, _DECAY)
    return scores_of(guesses, clips.quadrants)


def evaluate(judge: Judge, pieces: Sequence[Piece], quadrants: Sequence[str]) -> MoodScores:
    """How often the judge hears the quadrant that was asked for, in pieces as performed."""
    features = np.array([mood_features(perform(piece).piece) for piece in pieces])
    return scores_of(judge.guesses(features), quadrants)


def scores_of(guesses: Sequence[str], quadrants: Sequence[str]) -> MoodScores:
    def share(alike: dict[str, bool]) -> float:
        return float(
            np.mean([alike[g] == alike[q] for g, q in zip(guesses, quadrants, strict=True)])
        )

    return MoodScores(
        len(guesses),
        mean_accuracy(guesses, quadrants),
        share({"q1": True, "q2": True, "q3": False, "q4": False}),
        share({"q1": True, "q2": False, "q3": False, "q4": True}),
    )


def _irregularity(notes: NoteTable, piece: Piece) -> float:
    """The spread of the logarithm of inter-onset seconds: even running against halting."""
    gaps = np.diff(seconds_of(piece, np.unique(notes.onset)))
    return float(np.log2(np.maximum(gaps, 0.03)).std()) if len(gaps) else 0.0
