"""Which chords a piece goes through: root, quality and bass, beat by beat."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from composer.analysis.sounding import sounding
from composer.analysis.table import Floats, Ints, NoteTable, note_table
from composer.analysis.texture import beat_ticks
from composer.music.chords import CHORD_INTERVALS, PLAIN_QUALITIES
from composer.music.facts import CHORD_QUALITIES, Chord
from composer.music.piece import Piece

# Chosen by coordinate search on 50 songs of POP909 (docs/experiments/analysis.md); the score is
# Pardo and Birmingham's.
_FOREIGN_WEIGHT = 0.7
_MISSING_WEIGHT = 0.2
_BASS_ROOT_BONUS = 0.45
_BASS_MEMBER_BONUS = 0.2
_CHANGE_COSTS = (0.25, 0.4, 0.8)  # at a bar line, in the middle of a bar, on another beat
_SILENCE_SCORE = -0.1
_LEAST_SHARE_IN_HARMONY = 0.25
_BEAT_FULLNESS = 4.0  # a note that sounds for a quarter of a beat is there
_RUN_FULLNESS = 3.0  # and over a run of beats for a third: passing notes are shorter

# Among chords that fit equally the usual one is meant.
_QUALITY_COSTS = {
    "major": 0.0, "minor": 0.0, "dominant7": 0.05, "minor7": 0.12, "major7": 0.14,
    "diminished": 0.15, "diminished7": 0.15, "half-diminished7": 0.2, "augmented": 0.2,
    "augmented7": 0.18, "power": 0.18, "dominant9": 0.2, "minor-major7": 0.2, "major6": 0.22,
    "sus4": 0.25, "sus2": 0.3, "dominant7sus4": 0.3, "minor6": 0.3, "major9": 0.33, "minor9": 0.33,
    "major-add9": 0.3, "major6-9": 0.4, "dominant7-flat9": 0.3, "dominant7-sharp9": 0.28,
    "altered7": 0.6, "dominant11": 0.45, "dominant13": 0.4, "dominant7-flat5": 0.3,
    "major7-sharp11": 0.35, "minor11": 0.45,
}  # fmt: skip


_ALL = tuple(quality for quality in CHORD_QUALITIES if quality != "none")
_PLAIN = tuple(quality for quality in _ALL if quality not in PLAIN_QUALITIES)
"""A path is found among these; only then a run of beats may show the colour of its chord."""


class Beats(NamedTuple):
    """The grid chords change on: starts and the cost of a change there (beats,), and the end."""

    start: Ints
    change_cost: Floats
    end: int


def estimate_chords(piece: Piece) -> tuple[Chord, ...]:
    """The chords of a piece, each until the next; "none" where nothing
    sounds; () for a melody alone, whose chords are anybody's guess.

    A chord's score over a beat is what Pardo and Birmingham proposed ("Algorithms for chordal
    analysis", Computer Music Journal 26, 2002): the share of what sounds that belongs to it, less
    what does not, less its missing notes; the lowest note favours chords that it is the root of.
    Dynamic programming finds the best sequence where changes cost, least at bar lines.
    """
    return chords_of_table(note_table(piece), piece)


def chords_of_table(table: NoteTable, piece: Piece) -> tuple[Chord, ...]:
    """As `estimate_chords`, of a table already made of the piece."""
    pitched = table.pitched()
    if pitched.count == 0 or not _has_harmony(pitched):
        return ()
    beats = beats_of(table, piece.end_tick)
    weights, lowest = _beat_weights(pitched, beats)
    states = _best_path(_scores(weights, lowest, _BEAT_FULLNESS, _PLAIN), beats.change_cost)
    return _as_chords(states, weights, lowest, beats)


def _has_harmony(pitched: NoteTable) -> bool:
    """Whether at least a quarter of the moments has two pitch classes or more."""
    several = sounding(pitched).present.sum(axis=1) >= 2
    return bool(several.mean() >= _LEAST_SHARE_IN_HARMONY)


def beats_of(table: NoteTable, end_tick: int) -> Beats:
    """The beats of all bars; dotted in compound meters, at least a quarter long elsewhere."""
    starts: list[int] = []
    costs: list[float] = []
    for bar in table.bars:
        beat = beat_ticks(bar.meter, table.ticks_per_quarter)
        count = max(1, -(-bar.length_ticks // beat))
        for index in range(count):
            starts.append(bar.start_tick + index * beat)
            middle = count % 2 == 0 and index == count // 2
            costs.append(_CHANGE_COSTS[0 if index == 0 else 1 if middle else 2])
    return Beats(np.array(starts, dtype=np.int64), np.array(costs), max(end_tick, starts[-1] + 1))


def _beat_weights(table: NoteTable, beats: Beats) -> tuple[Floats, Ints]:
    """How long each pitch class sounds in each beat, in beats (beats, 12), and the pitch of the
    lowest note (beats,), -1 where nothing sounds."""
    count = len(beats.start)
    edges = np.append(beats.start, beats.end)
    end = np.maximum(table.onset + table.length, table.onset + 1)
    first = np.clip(np.searchsorted(edges, table.onset, side="right") - 1, 0, count - 1)
    last = np.clip(np.searchsorted(edges, end, side="left") - 1, first, count - 1)
    spans = last - first + 1
    note = np.repeat(np.arange(table.count), spans)
    beat = np.arange(len(note)) - np.repeat(np.cumsum(spans) - spans, spans) + first[note]
    overlap = np.minimum(end[note], edges[beat + 1]) - np.maximum(table.onset[note], edges[beat])
    share = np.maximum(overlap, 0) / (edges[beat + 1] - edges[beat])
    weights = np.bincount(
        beat * 12 + table.pitch[note] % 12, weights=share, minlength=count * 12
    ).reshape(count, 12)
    lowest = np.full(count, 128, dtype=np.int64)
    heard = share > 0.1
    np.minimum.at(lowest, beat[heard], table.pitch[note][heard])
    return weights.astype(np.float64), np.where(lowest == 128, -1, lowest)


@cache
def _templates(
    qualities: tuple[str, ...],
) -> tuple[Floats, Floats, tuple[tuple[int, str], ...]]:
    """Membership (states, 12), quality costs (states,), and root and quality of each state."""
    states = [(root, quality) for quality in qualities for root in range(12)]
    members = np.zeros((len(states), 12))
    for row, (root, quality) in enumerate(states):
        members[row, [(root + interval) % 12 for interval in CHORD_INTERVALS[quality]]] = 1.0
    costs = np.array([_QUALITY_COSTS[quality] for _, quality in states])
    return members, costs, tuple(states)


def _scores(weights: Floats, lowest: Ints, fullness: float, qualities: tuple[str, ...]) -> Floats:
    """The score of each chord, and last of silence, over each beat: (beats, states + 1).

    A pitch class is wholly there where its weight times `fullness` reaches 1.
    """
    members, costs, states = _templates(qualities)
    total = weights.sum(axis=1, keepdims=True)
    share = weights / np.maximum(total, 1e-9)
    present = np.minimum(weights * fullness, 1.0)
    inside = share @ members.T
    missing = members.sum(axis=1)[None, :] - present @ members.T
    # A lone root is no power chord: its fifth has to be heard.
    missing = np.where([quality == "power" for _, quality in states], 2.0 * missing, missing)
    score = inside - _FOREIGN_WEIGHT * (1 - inside) - _MISSING_WEIGHT * missing - costs
    bass = np.where(lowest >= 0, lowest % 12, 0)
    roots = np.array([root for root, _ in states])
    bass_member = members[:, bass].T > 0
    bonus = np.where(bass_member, _BASS_MEMBER_BONUS, 0.0)
    bonus = np.where(roots[None, :] == bass[:, None], _BASS_ROOT_BONUS, bonus)
    silent = total[:, 0] < 0.05
    score = np.where(silent[:, None], _SILENCE_SCORE - 0.05, score + bonus)
    silence = np.where(silent, _SILENCE_SCORE, -1.0)
    return np.concatenate([score, silence[:, None]], axis=1)


def _best_path(scores: Floats, change_cost: Floats) -> Ints:
    """The best state of each beat where a change costs what its beat says: (beats,)."""
    beats, states = scores.shape
    stay = np.arange(states)
    back = np.empty((beats, states), dtype=np.int64)
    best = scores[0]
    for beat in range(1, beats):
        leader = int(best.argmax())
        changed = best[leader] - change_cost[beat]
        moves = changed > best
        back[beat] = np.where(moves, leader, stay)
        best = np.where(moves, changed, best) + scores[beat]
    path = np.empty(beats, dtype=np.int64)
    path[-1] = best.argmax()
    for beat in range(beats - 1, 0, -1):
        path[beat - 1] = back[beat, path[beat]]
    return path


def _as_chords(path: Ints, weights: Floats, lowest: Ints, beats: Beats) -> tuple[Chord, ...]:
    """The runs of the path, each root's quality chosen again over the whole run: a broken
    seventh chord shows its notes only in time."""
    states = _templates(_PLAIN)[2]
    begins = np.nonzero(np.diff(path, prepend=-1))[0]
    lengths = np.diff(np.append(begins, len(path)))
    mean_weights = np.add.reduceat(weights, begins, axis=0) / lengths[:, None]
    scores = _scores(mean_weights, lowest[begins], _RUN_FULLNESS, _ALL)
    chords: list[Chord] = []
    for run, begin in enumerate(begins.tolist()):
        state = int(path[begin])
        chord = Chord(int(beats.start[begin]), 0, "none", 0)
        if state < len(states):
            root = states[state][0]
            quality = _ALL[int(scores[run, root:-1:12].argmax())]
            bass = _bass(root, quality, lowest[begin : begin + int(lengths[run])])
            chord = Chord(chord.tick, root, quality, bass)
        if not chords or chords[-1][1:] != chord[1:]:
            chords.append(chord)
    return tuple(chords)


def _bass(root: int, quality: str, lowest: Ints) -> int:
    """The lowest note of the chord's first two beats, its root where that is a passing note."""
    members = {(root + interval) % 12 for interval in CHORD_INTERVALS[quality]}
    heard = [int(pitch) for pitch in lowest[:2] if pitch >= 0]
    bass = min(heard) % 12 if heard else root
    return bass if bass in members else root
