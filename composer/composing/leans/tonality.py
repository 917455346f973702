"""Keeps a key that was asked for: a lean on notes and chords where another key begins to be heard.

What is written so far is heard as `composer.analysis.key_finding` hears it. As long as the key that
was asked for is well ahead of every other nothing happens; where it is not, pitch classes that
speak for it and against its nearest rival gain.
"""

from __future__ import annotations

import numpy as np

from composer.analysis.key_finding import key_profiles, profile_scores
from composer.composing.leans.lean import Floats, next_field
from composer.music.lengths import LENGTHS_TICKS
from composer.music.piece import GRID_TICKS_PER_QUARTER
from composer.tokens.fields import DRUM_PITCH_OFFSET, FIELD_SIZES, Kind, column_of
from composer.tokens.grammar import Grammar
from composer.tokens.values import key_of

AHEAD = 0.15
"""By how much the correlation with the key is to be higher than with any other."""
STRENGTH = 2.0
"""Logits for the pitch class that tells most, where the key is not ahead at all."""
FIRST_CHORD = 1.5
"""Logits for the tonic as the first chord's root."""
_LONGEST_QUARTERS = 1.0
_TONIC = {"major": 0, "minor": 9}  # of the key without signature


class Tonality:
    """Hears the notes of a piece of `grammar` that is to keep its key."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.key = -1
        """Place among the profiles of 12 major and 12 minor keys; -1 without a key."""
        self.quarters = np.zeros(12)
        """How long each pitch class was heard, (12,)."""
        self.has_chord = False

    def advance(self, row: list[int]) -> None:
        """Take a complete row as written; the grammar has taken it already."""
        if row[0] == Kind.FORM:
            key = key_of(row[column_of(Kind.FORM, "key")])
            if key is not None and key[0] == 0:
                self.key = 12 * (key[1] == "minor") + _TONIC[key[1]]
        elif row[0] == Kind.CHORD:
            self.has_chord = True
        elif row[0] == Kind.NOTE and row[4] < DRUM_PITCH_OFFSET:
            quarters = LENGTHS_TICKS[row[5]] / GRID_TICKS_PER_QUARTER
            self.quarters[row[4] % 12] += min(_LONGEST_QUARTERS, quarters)

    def tilt(self, row: list[int]) -> Floats | None:
        """What to add to the logits of the next field of a row; None for nothing."""
        if self.key < 0:
            return None
        match next_field(row):
            case Kind.NOTE, "pitch":
                lean = self._lean()
                if lean is None:
                    return None
                tilt = np.zeros(FIELD_SIZES["pitch"])
                tilt[:DRUM_PITCH_OFFSET] = np.resize(lean, DRUM_PITCH_OFFSET)
                return tilt
            case Kind.CHORD, "root":
                return self._root()
        return None

    def _root(self) -> Floats | None:
        tilt = np.zeros(FIELD_SIZES["root"])
        lean = self._lean()
        if lean is not None:
            tilt[1:] = lean
        if not self.has_chord:
            tilt[1 + self.key % 12] += FIRST_CHORD
        return tilt if tilt.any() else None

    def _lean(self) -> Floats | None:
        """Logits for each pitch class, (12,); None while the key is well ahead."""
        if not self.quarters.any():
            return None
        scores = profile_scores(self.quarters[None])[0].ravel()
        mine = scores[self.key]
        scores[self.key] = -np.inf
        rival = int(scores.argmax())
        behind = min(1.0, 1.0 - (mine - scores[rival]) / AHEAD)
        if behind <= 0:
            return None
        apart = key_profiles()[self.key] - key_profiles()[rival]
        lean: Floats = STRENGTH * behind * apart / np.abs(apart).max()
        return lean
