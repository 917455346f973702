"""Which key a piece is in, and each of its sections, judged by its notes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np

from composer.analysis.table import Floats, Ints, NoteTable, note_table
from composer.music.bars import prevailing_key
from composer.music.keys import EVENLY_FAR, beside, key_of, tonic_pitch_class
from composer.music.piece import KeyChange, Piece

# Albrecht and Shanahan, "The use of large corpora to train a new type of key-finding algorithm",
# Music Perception 31 (2013): shares of the pitch classes above the tonic.
_MAJOR_PROFILE = (
    0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081,
)  # fmt: skip
_MINOR_PROFILE = (
    0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052,
)  # fmt: skip

_LAST_BASS_WEIGHT = 0.1
_FIRST_BASS_WEIGHT = 0.05
_SIGNATURE_WEIGHT = 0.15
_LONGEST_NOTE_QUARTERS = 1.0  # a held bass is no more of a key than a played one

_WINDOW_BARS = 2
_SECTION_CHANGE_COST = 1.8  # a key must hold for about eight bars to be heard as one


def estimate_key(piece: Piece, heed_signature: bool = False) -> KeyChange | None:
    """The key of the whole piece; None where it has no pitched notes.

    Correlates the piece's pitch classes with the profiles of Albrecht and Shanahan; its last and
    first bass note count a little as tonic. `heed_signature` also favours the two keys of the
    written signature, for descriptions; leave it out to judge a piece by its notes alone.
    """
    return key_of_table(note_table(piece).pitched(), piece if heed_signature else None)


def key_of_table(table: NoteTable, signed: Piece | None = None) -> KeyChange | None:
    """As `estimate_key`, of pitched notes; `signed` is the piece whose signature counts."""
    if table.count == 0:
        return None
    scores = profile_scores_by_group(table, np.zeros(table.count, dtype=np.int64))[0]
    last, first = int(table.onset.max()), int(table.onset.min())
    scores[:, _bass(table, last)] += _LAST_BASS_WEIGHT
    scores[:, _bass(table, first)] += _FIRST_BASS_WEIGHT
    written = prevailing_key(signed) if signed is not None else None
    if written is not None:
        major = written.fifths * 7 % 12
        scores[0, major] += _SIGNATURE_WEIGHT
        scores[1, (major + 9) % 12] += _SIGNATURE_WEIGHT
    key = _key(int(scores.argmax()))
    return beside(key, _section_keys(table)) if abs(key.fifths) == EVENLY_FAR else key


def with_key_as_heard(piece: Piece, heard: KeyChange | None) -> Piece:
    """The piece with its prevailing key signature named as it is heard.

    Many files sign minor as its relative major, and old music signs its modes as a neighbour; who
    asks for D minor wants D as its tonic. Other signatures, and a piece without any, stay.
    """
    written = prevailing_key(piece)
    if heard is None or written is None:
        return piece
    keys = (heard._replace(tick=k.tick) if k[1:] == written[1:] else k for k in piece.keys)
    return replace(piece, keys=tuple(keys))


def estimate_section_keys(piece: Piece) -> tuple[KeyChange, ...]:
    """The keys a piece goes through, as changes at bar lines; () without pitched notes.

    The path through the 24 keys that agrees best with the notes of every two bars, each change
    at a price (dynamic programming), so that a passing chord is no modulation.
    """
    table = note_table(piece).pitched()
    if table.count == 0:
        return ()
    changes = _section_keys(table)
    return tuple(beside(key, changes) for key in changes)


def _section_keys(table: NoteTable) -> list[KeyChange]:
    scores = profile_scores_by_group(table, table.bar // _WINDOW_BARS)
    path = _cheapest_path(scores.reshape(-1, 24))
    changes: list[KeyChange] = []
    for window, state in enumerate(path):
        key = _key(state)._replace(tick=int(table.bar_starts[window * _WINDOW_BARS]))
        if not changes or changes[-1][1:] != key[1:]:
            changes.append(key)
    return changes


def profile_scores_by_group(table: NoteTable, group: Ints, groups: int = 0) -> Floats:
    """Correlations of each group of pitched notes with all keys: (groups, 2 modes, 12 tonics).

    `group` (notes,) counts from 0, `groups` says how many there are at least; silence scores 0.
    """
    return profile_scores(_pitch_class_weights(table, group, groups))


def agreement(estimated: KeyChange, written: KeyChange) -> str:
    """How two keys agree: "exact", "relative" (same signature, other mode), "neighbour" (one
    accidental apart, as where old music signs its modes, or the same tonic) or "other"."""
    apart = (estimated.fifths - written.fifths + 6) % 12 - 6
    if apart == 0:
        return "exact" if estimated.mode == written.mode else "relative"
    same_tonic = tonic_pitch_class(estimated) == tonic_pitch_class(written)
    return "neighbour" if same_tonic or abs(apart) == 1 else "other"


def _key(state: int) -> KeyChange:
    mode, tonic = divmod(state, 12)
    return key_of(tonic, "minor" if mode else "major")


def _bass(table: NoteTable, tick: int) -> int:
    """The pitch class of the lowest note that sounds at `tick`."""
    sounding = (table.onset <= tick) & (table.onset + np.maximum(table.length, 1) > tick)
    return int(table.pitch[sounding].min()) % 12


def _pitch_class_weights(table: NoteTable, group: Ints, groups: int = 0) -> Floats:
    """Quarters of each pitch class in each group of notes: (groups, 12)."""
    quarters = np.minimum(table.length / table.ticks_per_quarter, _LONGEST_NOTE_QUARTERS)
    groups = max(groups, int(group.max()) + 1)
    weights = np.bincount(group * 12 + table.pitch % 12, weights=quarters, minlength=groups * 12)
    return np.asarray(weights, dtype=np.float64).reshape(groups, 12)


@cache
def key_profiles() -> Floats:
    """All keys' profiles, centred and of length 1: (24, 12)."""
    both = (_MAJOR_PROFILE, _MINOR_PROFILE)
    profiles = np.array([np.roll(profile, tonic) for profile in both for tonic in range(12)])
    profiles = profiles - profiles.mean(axis=1, keepdims=True)
    return np.asarray(profiles / np.linalg.norm(profiles, axis=1, keepdims=True))


def profile_scores(weights: Floats) -> Floats:
    """Correlations with every key's profile: (groups, 2 modes, 12 tonics); silence scores 0."""
    centred = weights - weights.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(norms, 1e-9) @ key_profiles().T).reshape(-1, 2, 12)


def _cheapest_path(scores: Floats) -> list[int]:
    """The best state of each row where a change of state costs `_SECTION_CHANGE_COST`."""
    best, back = scores[0], []
    for row in scores[1:]:
        leader = int(best.argmax())
        changed = best[leader] - _SECTION_CHANGE_COST > best
        back.append(np.where(changed, leader, np.arange(len(best))))
        best = np.where(changed, best[leader] - _SECTION_CHANGE_COST, best) + row
    path = [int(best.argmax())]
    for previous in reversed(back):
        path.append(int(previous[path[-1]]))
    return path[::-1]
