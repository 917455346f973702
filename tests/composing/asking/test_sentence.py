"""A sentence becomes fields, in five languages, and no word of it is dropped in silence."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import composer
from composer.composing.asking.request import make_request
from composer.errors import RequestError

WALTZ = {
    "mood": "sad", "style": "waltz", "ensemble": "solo-piano", "key": "D minor", "bars": 40,
    "meter": "3/4",
}  # fmt: skip

WORDS = (
    "sad", "waltz", "piano", "in", "D", "minor", "40", "bars", "hit", "at", "17", "s", "then",
    "3/4", "zzyzx", "blorp", "and", "two", "|", "Dm7", "G7", "悲", "大", "1:30", "99", "AABA",
    "violins", "#x", "tempo",
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "a sad waltz for piano in D minor, 40 bars",
        "ein trauriger Walzer für Klavier in d-Moll, 40 Takte",
        "une valse triste pour piano en ré mineur, 40 mesures",
        "un vals triste para piano en re menor, 40 compases",
        "一首悲伤的钢琴圆舞曲，D小调，四十小节",
    ],
)
def test_the_same_waltz_in_five_languages(text: str) -> None:
    """Style, mood, players, key, length, and the meter that a waltz has."""
    read = composer.request_from_text(text)
    assert read.fields == WALTZ
    assert read.unknown == ()


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (
            "tense, strings and timpani, 42 s, hit at 17.5",
            {
                "mood": "tense", "instruments": "violin,violin,viola,cello,timpani",
                "seconds": 42.0, "hit": 17.5,
            },
        ),
        (
            "Streichquartett, Es-Dur, 1 Minute 30 Sekunden, Treffer bei 20 s",
            {"ensemble": "string-quartet", "key": "Eb major", "seconds": 90.0, "hit": 20.0},
        ),
        (
            "happy jazz band, AABA, 32 bars, 120 bpm, chords: Dm7 G7 | Cmaj7",
            {
                "mood": "happy", "style": "jazz", "ensemble": "band", "form": "AABA", "bars": 32,
                "tempo": 120.0, "chords": "Dm7 G7 | Cmaj7",
            },
        ),
        ("calm then tense, 16 bars, 6/8", {"mood": "calm@1 tense@9", "bars": 16, "meter": "6/8"}),
        ("two violins and cello, 1:30", {"instruments": "violin,violin,cello", "seconds": 90.0}),
        ("in the style of Bach", {"style": "bach"}),
        ("ragtime in a minor key, fast", {"style": "ragtime", "key": "minor", "tempo": 132.0}),
        ("b-Moll", {"key": "Bb minor"}),
        ("fa sostenido menor", {"key": "F# minor"}),
        ("降E大调", {"key": "Eb major"}),
        ("in F#, slow", {"key": "F# major", "tempo": 66.0}),
        ("a lullaby", {"preset": "lullaby"}),
        ("a jazz waltz", {"style": "jazz:0.5,waltz:0.5"}),
        ("", {}),
    ],
)  # fmt: skip
def test_what_a_sentence_asks_for(text: str, fields: dict[str, Any]) -> None:
    """Fields that `compose` takes; those of a film cue, a form, chords and keys by their rules."""
    read = composer.request_from_text(text)
    assert read.fields == fields
    assert read.unknown == ()
    if fields:
        make_request(**read.fields)


def test_words_that_nobody_knows_are_told() -> None:
    """In their order, beside what was understood."""
    read = composer.request_from_text("a purple elephant dances in Bb major, 悲伤的大象")
    assert read.fields == {"key": "Bb major", "mood": "sad"}
    assert read.unknown == ("purple", "elephant", "dances", "大象")


def test_a_chip_says_which_words_it_was_read_from() -> None:
    """So that a page can show them."""
    chips = composer.request_from_text("ein trauriger Walzer, 8 Takte").chips
    assert [(chip.field, chip.words) for chip in chips] == [
        ("mood", "trauriger"), ("style", "Walzer"), ("bars", "8 Takte"), ("meter", "Walzer"),
    ]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=12))
def test_no_made_up_word_is_lost(words: list[str]) -> None:
    """Whatever stands around it, what no table knows is in `unknown`."""
    unknown = composer.request_from_text(" ".join(words)).unknown
    for word in ("zzyzx", "blorp", "大"):
        assert (word in words) == any(word in told for told in unknown)


@settings(max_examples=100, deadline=None)
@example("䷀")
@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    """Without an error."""
    read = composer.request_from_text(text)
    assert all(re.search(r"\w", word) for word in read.unknown)


def test_a_text_without_end_is_refused() -> None:
    """In one line."""
    with pytest.raises(RequestError, match="too long"):
        composer.request_from_text("sad " * 1_000)
