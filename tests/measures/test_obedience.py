"""Obedience judges what is there, not what was meant."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from composer import compose
from composer.measures.obedience import judge
from composer.music.piece import Note, Part

REQUEST: dict[str, Any] = {"ensemble": "string-quartet", "bars": 2, "seed": 1}


def test_what_one_player_cannot_play_is_told() -> None:
    """A quartet as it was written is playable, a violin with five notes at once is not, nor is one
    below its lowest string."""
    made = compose(**REQUEST)
    assert judge(REQUEST, made).met["range"]
    violin, *others = made.piece.parts
    cluster = tuple(Note(0, 24, pitch) for pitch in (62, 64, 66, 68, 70))
    for notes in (cluster, (Note(0, 24, 54),)):
        part = Part(violin.instrument, violin.program, notes)
        piece = replace(made.piece, parts=(part, *others))
        assert not judge(REQUEST, replace(made, piece=piece)).met["range"]
