"""What is asked of a verb is obeyed: words become one request, which writes and is reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from composer import arrange, compose, continue_piece, harmonize, infill, vary
from composer.analysis.following import chords_followed
from composer.composing.asking.held_to import held_to
from composer.composing.report import achieved
from composer.composing.verbs.draft import draft_of
from composer.composing.verbs.spans import Turn, Writing
from composer.errors import RequestError
from composer.music.piece import Piece
from composer.music.styles import find_style
from composer.tokens.fields import Kind
from tests.composing.tunes import piano_piece, tune

BLEND, CURVE, WORDS = "bach:0.5,joplin:0.5", "calm@1 tense@2", {"style": "bach", "mood": "calm"}

VERBS: dict[str, Callable[..., Piece]] = {
    "compose --melody": lambda **how: compose(melody=tune(2), bars=4, seed=3, **how).piece,
    "continue": lambda **how: continue_piece(piano_piece(2), 2, seed=3, **how),
    "infill": lambda **how: infill(piano_piece(4), 3, 4, seed=3, **how),
    "harmonize": lambda **how: harmonize(tune(4), seed=3, **how),
    "vary": lambda **how: vary(piano_piece(3), 1.0, seed=3, **how),
    "arrange": lambda **how: arrange(tune(4), instruments="flute,drums", seed=3, **how),
}


@cache
def as_asked(verb: str, **words: str) -> Piece:
    return VERBS[verb](**words)


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("words", [{"style": BLEND}, {"mood": CURVE}], ids=["blend", "curve"])
def test_a_blend_and_a_mood_curve_change_the_notes(verb: str, words: dict[str, str]) -> None:
    """Whatever verb takes them."""
    assert as_asked(verb, **words).parts != as_asked(verb).parts


def test_guidance_changes_the_notes_around_a_melody() -> None:
    """And leaves the melody."""
    plain, guided = (
        compose(melody=tune(4), seed=3, guidance=guidance, **WORDS) for guidance in (0, 3)
    )
    assert plain.piece.parts[0].notes == guided.piece.parts[0].notes == tune(4).parts[0].notes
    assert plain.piece.parts[1:] != guided.piece.parts[1:]


def test_given_chords_go_on_behind_a_melody() -> None:
    """Again and again to the end, as the report says."""
    made = compose(melody=tune(2), bars=6, chords="C | F", instruments="flute,piano", seed=1)
    fields = {field.name: field for field in achieved(made.piece, made.request)}
    assert fields["chords"].kept
    found = chords_followed(made.piece, made.chords)
    assert len({chord.tick for chord in made.chords}) == 6
    assert found.share > 0.85


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("harmonize", {"style": "no-style"}),
        ("vary", {"mood": "calm@99"}),
        ("continue", {"style": "bach:x"}),
    ],
)
def test_what_nobody_knows_is_refused_before_a_note_is_written(
    verb: str, words: dict[str, Any]
) -> None:
    with pytest.raises(RequestError):
        VERBS[verb](**words)


def test_a_blend_is_written_from_all_its_styles_by_their_shares() -> None:
    """Each reads the header as its own; what guidance takes away knows neither style nor mood."""
    piece = piano_piece(4)
    request = held_to(piece, style="bach:3,joplin:1")
    streams = Writing(draft_of(piece), Turn(request, seed=1)).given.streams
    assert [stream.weight for stream in streams] == [0.75, 0.25]
    composers = [stream.fields[Kind.STYLE, "composer"] for stream in streams]
    assert composers == [find_style(name).index for name in ("bach", "joplin")]
    guided = replace(request, guidance=2.0)
    weights = [s.weight for s in Writing(draft_of(piece), Turn(guided, seed=1)).given.streams]
    assert weights == [2.25, 0.75, -2.0]


def test_moods_of_a_curve_are_given_bar_by_bar() -> None:
    """In the bars that are written, behind the end of the piece too; main mood in the header."""
    piece = piano_piece(4)
    request = held_to(piece, more_bars=2, mood="calm@1 tense@4")
    writing = Writing(draft_of(piece), Turn(request, seed=1))
    given = writing._steady(2, 5).bars
    levels = [given[bar][Kind.PLAN, "valence"] for bar in range(6)]
    assert levels[:3] == [levels[0]] * 3
    assert levels[3:] == [levels[3]] * 3
    assert levels[0] > levels[3]


def test_the_report_says_what_was_asked_of_a_verb() -> None:
    """Players by name, chords as they are read in the key that is heard."""
    request = held_to(tune(4), has_its_parts=False, instruments="flute,cello", chords="I | V7")
    asked = request.asked()
    assert asked["instruments"] == "flute, cello"
    assert asked["chords"] == "C | G7"
