"""Beats for music that was played without any: where a listener would tap.

The period comes from the autocorrelation of the onsets, the beats from dynamic programming that
likes strong onsets and even steps (Ellis, "Beat tracking by dynamic programming", Journal of New
Music Research 36, 2007), the meter and its first beat from where the bass moves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from composer.music.bars import seconds_at
from composer.music.piece import MeterChange, Note, Piece, TempoChange
from composer.music.source import Source, with_words_moved

_FRAMES_A_SECOND = 100
_TOGETHER_FRAMES = 2.0
_SHORTEST_SECONDS, _LONGEST_SECONDS = 0.3, 1.25
_USUAL_SECONDS = 0.7
_OCTAVES_AROUND_USUAL = 0.7
_TIGHTNESS = 60.0
_BASS_PITCH = 52
_LONGEST_HEARD_SECONDS = 1.5
_BEATS_OF_A_BAR = (4, 3)
_FEWEST_BEATS = 8
_STEADY_SHARE = 0.1
_EARLY = 0.25
"""How far before its first beat a piece may begin, in beats."""
_THREE_MUST_BE_BETTER = 1.15
TICKS_PER_QUARTER = 480

Floats = NDArray[np.float64]


class _Onsets(NamedTuple):
    """Of every note, seconds and how much it is heard; the same counting the bass alone."""

    seconds: Floats
    weights: Floats
    bass_weights: Floats


def with_tracked_beats(piece: Piece) -> Piece:
    """The piece with a quarter for each beat that is heard in it, in bars of four or three.

    Every note keeps its place among the beats; of the player's tempo only clear changes remain.
    Meters and tempi of the piece count for nothing. A piece too short to have beats comes back as
    it is.
    """
    onsets = _onsets(piece)
    beats = _beats(onsets)
    if len(beats) < _FEWEST_BEATS:
        return piece
    last_second = seconds_at(piece, max(n.end_tick for part in piece.parts for n in part.notes))
    beats = _to_the_edges(beats, float(onsets.seconds.min()), last_second)
    numerator, first = _bars(onsets, beats)
    return _on_beats(piece, beats, numerator, -first % numerator)


def beats_of(piece: Piece) -> Floats:
    """The seconds at which a listener would tap to the piece; shape (beats,)."""
    return _beats(_onsets(piece))


def _onsets(piece: Piece) -> _Onsets:
    rows = sorted(
        (
            seconds_at(piece, note.onset_tick),
            seconds_at(piece, note.end_tick) - seconds_at(piece, note.onset_tick),
            note.pitch < _BASS_PITCH or part.is_drums,
        )
        for part in piece.parts
        for note in part.notes
    )
    seconds, lengths, is_bass = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    weights = 0.3 + np.sqrt(np.minimum(lengths, _LONGEST_HEARD_SECONDS))
    return _Onsets(seconds, weights * (1 + is_bass), weights * is_bass)


def _strength(seconds: Floats, weights: Floats) -> Floats:
    """How much begins in each frame, smoothed over what sounds together."""
    frames = np.round(seconds * _FRAMES_A_SECOND).astype(np.int64)
    strength = np.bincount(frames, weights, minlength=int(frames.max()) + 2)
    reach = np.arange(-8, 9)
    kernel = np.exp(-0.5 * (reach / _TOGETHER_FRAMES) ** 2)
    smooth: Floats = np.sqrt(np.convolve(strength, kernel, mode="same"))
    return smooth


def _period(onsets: _Onsets) -> float:
    """Seconds from beat to beat: the best lag, and twice and four times it, near a usual one."""
    strength = _strength(onsets.seconds, onsets.weights)
    strength = strength - strength.mean()
    longest = round(4 * _LONGEST_SECONDS * _FRAMES_A_SECOND) + 4
    size = 1 << int(np.ceil(np.log2(len(strength) + longest)))
    spectrum = np.abs(np.fft.rfft(strength, size)) ** 2
    likeness = np.fft.irfft(spectrum)[:longest]
    lags = np.arange(
        round(_SHORTEST_SECONDS * _FRAMES_A_SECOND), round(_LONGEST_SECONDS * _FRAMES_A_SECOND)
    )
    combined = likeness[lags] + 0.5 * likeness[2 * lags] + 0.25 * likeness[4 * lags]
    octaves = np.log2(lags / _FRAMES_A_SECOND / _USUAL_SECONDS)
    usual = np.exp(-0.5 * (octaves / _OCTAVES_AROUND_USUAL) ** 2)
    return float(lags[np.argmax(np.maximum(combined, 0) * usual)]) / _FRAMES_A_SECOND


def _beats(onsets: _Onsets) -> Floats:
    """The seconds of the best row of beats about a period apart."""
    if not len(onsets.seconds):
        return np.zeros(0)
    strength = _strength(onsets.seconds, onsets.weights)
    strength = strength / strength.std()
    step = _period(onsets) * _FRAMES_A_SECOND
    back = np.arange(-round(2 * step), -round(step / 2) + 1)
    costs = _TIGHTNESS * np.log(-back / step) ** 2
    scores = strength.copy()
    before = np.full(len(strength), -1)
    for frame in range(len(strength)):
        start = max(0, -(frame + back[0]))
        if start >= len(back):
            continue
        candidates = scores[frame + back[start:]] - costs[start:]
        best = int(np.argmax(candidates))
        if candidates[best] > 0:
            scores[frame] += candidates[best]
            before[frame] = frame + back[start + best]
    tail = max(0, len(scores) - round(step))
    frame = tail + int(np.argmax(scores[tail:]))
    frames = []
    while frame >= 0:
        frames.append(frame)
        frame = int(before[frame])
    return np.array(frames[::-1], dtype=np.float64) / _FRAMES_A_SECOND


def _to_the_edges(beats: Floats, first_second: float, last_second: float) -> Floats:
    """More beats at both ends, until every note lies between two of them."""
    early, late = beats[1] - beats[0], beats[-1] - beats[-2]
    before = max(0, int(np.ceil((beats[0] - first_second) / early - _EARLY)))
    behind = max(1, int(np.ceil((last_second - beats[-1]) / late)))
    return np.concatenate(
        [
            beats[0] - early * np.arange(before, 0, -1),
            beats,
            beats[-1] + late * np.arange(1, behind + 1),
        ]
    )


def _bars(onsets: _Onsets, beats: Floats) -> tuple[int, int]:
    """How many beats a bar has, and which beat (from 0) begins one: where the bass is heard."""
    nearest = np.abs(onsets.seconds[:, None] - beats[None, :])
    on_beat = nearest < 0.15 * np.diff(beats).mean()
    heard = (on_beat * (onsets.bass_weights + 0.3 * onsets.weights)[:, None]).sum(axis=0)
    found = {}
    for numerator in _BEATS_OF_A_BAR:
        means = [float(heard[first::numerator].mean()) for first in range(numerator)]
        first = int(np.argmax(means))
        found[numerator] = (means[first] / (sum(means) / numerator + 1e-9), first)
    numerator = 3 if found[3][0] > _THREE_MUST_BE_BETTER * found[4][0] else 4
    return numerator, found[numerator][1]


def _on_beats(piece: Piece, beats: Floats, numerator: int, lead: int) -> Piece:
    """The piece with beat `lead` of its first bar at the first of `beats`."""
    quarters = np.arange(len(beats)) + lead
    if lead:  # a bar is silent before the first beat
        early = beats[1] - beats[0]
        beats = np.concatenate([beats[0] - early * np.arange(lead, 0, -1), beats])
        quarters = np.arange(len(beats))

    def tick_at(second: float) -> int:
        return round(float(np.interp(second, beats, quarters)) * TICKS_PER_QUARTER)

    def on_beat(note: Note) -> Note:
        onset = tick_at(seconds_at(piece, note.onset_tick))
        end = tick_at(seconds_at(piece, note.end_tick))
        return note._replace(onset_tick=onset, length_ticks=max(1, end - onset))

    parts = tuple(
        replace(part, notes=tuple(sorted(map(on_beat, part.notes)))) for part in piece.parts
    )
    bar = numerator * TICKS_PER_QUARTER
    last_tick = max(note.end_tick for part in parts for note in part.notes)
    return replace(
        piece,
        parts=parts,
        meters=(MeterChange(0, numerator, 4),),
        keys=tuple(key._replace(tick=0) for key in piece.keys[:1]),
        tempi=_tempi(beats, numerator),
        end_tick=-(-last_tick // bar) * bar,
        ticks_per_quarter=TICKS_PER_QUARTER,
        source=_words_on_beats(piece, tick_at),
    )


def _words_on_beats(piece: Piece, tick_at: Callable[[float], int]) -> Source | None:
    """The words and chord symbols of the piece's file, at the beats that were heard."""
    source = piece.source
    if source is None:
        return None

    def moved(tick: int) -> int:
        own = tick * piece.ticks_per_quarter // source.ticks_per_quarter
        return max(0, tick_at(seconds_at(piece, own)))

    return with_words_moved(source, moved, TICKS_PER_QUARTER)


def _tempi(beats: Floats, numerator: int) -> tuple[TempoChange, ...]:
    """A tempo wherever a bar is clearly faster or slower than the last one that is stated."""
    tempi: list[TempoChange] = []
    for first in range(0, len(beats) - numerator, numerator):
        tempo = 60.0 * numerator / float(beats[first + numerator] - beats[first])
        stated = tempi[-1].quarters_per_minute if tempi else 0.0
        if abs(tempo - stated) > _STEADY_SHARE * stated:
            tempi.append(TempoChange(first * TICKS_PER_QUARTER, round(tempo, 2)))
    return tuple(tempi)
