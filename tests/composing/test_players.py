"""What any verb writes can be played, each part by one player."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from composer import arrange, compose, continue_piece, harmonize, infill, vary
from composer.music.piece import Note, Part, Piece
from composer.music.playable import is_playable
from tests.composing.tunes import BAR, piece

PLAYERS = "violin,electric-guitar,electric-bass"
"""Who was given more than strings and bow allow, before there were limits."""


@cache
def trio() -> Piece:
    return compose(style="romantic", instruments=PLAYERS, bars=4, seed=1).piece


@pytest.mark.parametrize(
    "verb",
    [
        trio,
        lambda: continue_piece(trio(), 4, seed=1),
        lambda: infill(trio(), 2, 3, seed=1),
        lambda: vary(trio(), strength=1, seed=1),
        lambda: harmonize(trio(), ensemble="string-quartet", seed=1),
        lambda: arrange(trio(), instruments="viola,cello,guitar,electric-bass", seed=1),
    ],
    ids=["compose", "continue", "infill", "vary", "harmonize", "arrange"],
)
def test_one_player_can_play_each_part(verb: Callable[[], Piece]) -> None:
    """No chord for a bass, no more strings at once than a bow or a hand can stop."""
    assert all(is_playable(part) for part in verb().parts)


def test_what_a_file_has_stays_playable_or_not() -> None:
    """A violin with five notes at once keeps them, and goes on with what one player can do."""
    chord = tuple(Note(0, 4 * BAR, pitch) for pitch in (55, 60, 64, 67, 72))
    given = piece(Part("violin", 40, chord), bars=4)
    further = continue_piece(given, 2, seed=1)
    assert further.parts[0].notes[:5] == chord
    later = tuple(note for note in further.parts[0].notes if note.onset_tick >= 4 * BAR)
    assert later
    assert is_playable(Part("violin", 40, later))
