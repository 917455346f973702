"""Given chords and forms: judged note by note."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from composer.analysis.following import chord_spans, chords_followed, chords_heard, form_followed
from composer.composing.asking.request import make_request
from composer.errors import RequestError
from composer.measures import endings
from composer.measures.requests import FORMS, PROGRESSIONS, mood_requests, random_requests
from composer.music.bars import bars_of
from composer.music.chords import parse_progression, place_progression
from composer.music.facts import Chord
from composer.music.keys import parse_key
from composer.music.piece import MeterChange, Note, Part, Piece
from tests.analysis.playing import played
from tests.measures.music import in_bars, melody

C_MAJOR = (Chord(0, 0, "major", 0),)


def placed(text: str, piece: Piece) -> tuple[Chord, ...]:
    return place_progression(parse_progression(text), bars_of(piece), piece.ticks_per_quarter)


def test_chords_played_as_given_are_followed_and_others_are_not() -> None:
    """Block chords are all chord tones; of chords a semitone higher hardly any are."""
    piece = played("C | Am | F | G7")
    followed = chords_followed(piece, placed("C | Am | F | G7", piece))
    other = chords_followed(piece, placed("C# | A#m | F# | G#7", piece))
    assert followed.chord_tones == followed.explained == 1.0
    assert other.chord_tones < 0.35
    assert followed.chance < 0.6


def test_an_appoggiatura_is_explained_and_a_leap_is_not() -> None:
    """D to C over C major resolves; D to G does not."""
    resolved = chords_followed(in_bars([(0, 62), (24, 60)]), C_MAJOR)
    left = chords_followed(in_bars([(0, 62), (24, 67)]), C_MAJOR)
    assert (resolved.chord_tones, resolved.explained) == (0.0, 1.0)
    assert (left.chord_tones, left.explained) == (0.0, 0.0)


def test_only_strong_beats_count() -> None:
    """In 4/4 the first and the third; wrong notes on the others are nobody's business."""
    followed = chords_followed(in_bars([(0, 60), (24, 61), (48, 67), (72, 66)]), C_MAJOR)
    assert (followed.notes, followed.chord_tones) == (2, 1.0)


def test_a_silent_piece_has_nothing_to_judge() -> None:
    """nan, and no notes."""
    followed = chords_followed(in_bars([(24, 60)]), C_MAJOR)
    assert followed.notes == 0
    assert math.isnan(followed.explained)


def test_a_part_without_notes_changes_nothing() -> None:
    """As a band has where a player is silent throughout."""
    piece = played("C | F")
    silent = replace(piece, parts=(*piece.parts, Part("flute", 73, ())))
    chords = placed("C | F", piece)
    assert chords_followed(silent, chords) == chords_followed(piece, chords)


def test_a_chord_that_never_sounds_is_not_followed() -> None:
    """However well the rest agrees: of C, F, G and C somebody plays only the first two."""
    piece = played("C | F | C | C")
    whole = chords_followed(piece, placed("C | F | C | C", piece))
    silent = replace(
        piece,
        parts=(
            replace(piece.parts[0], notes=tuple(n for n in piece.parts[0].notes if n[0] < 192)),
        ),
    )
    followed = chords_followed(silent, placed("C | F | G | C", piece))
    assert (whole.chords, whole.heard, whole.are_met) == (4, 1.0, True)
    assert (followed.explained, followed.heard, followed.share) == (1.0, 0.5, 0.5)
    assert not followed.are_met


def test_a_held_note_makes_a_chord_heard_and_a_drum_does_not() -> None:
    """What sounds is judged, not what begins; a power chord is known by its fifth too."""
    note = Note(0, 192, 64)
    held = Piece((Part("piano", 0, (note,)),), (MeterChange(0, 4, 4),), 192)
    chords = (Chord(0, 0, "major", 0), Chord(96, 9, "power", 9))
    assert chords_heard(held, chord_spans(held, chords)) == [True, True]
    drums = replace(held, parts=(Part("drums", 0, (note,)),))
    assert not any(chords_heard(drums, chord_spans(drums, chords)))


def test_a_form_is_followed_where_letters_return_and_differ() -> None:
    """AABA of one bar each: what is heard is what is judged."""
    a, b = [(0, 60), (24, 64)], [(0, 65), (36, 69)]
    exact = form_followed(in_bars(a, a, b, a), "AABA")
    broken = form_followed(in_bars(a, a, b, b), "AABA")
    static = form_followed(in_bars(a, a, a, a), "AABA")
    assert (exact.heard, exact.share, exact.is_met) == ("AABA", 1.0, True)
    assert (broken.heard, broken.share, broken.is_met) == ("AABB", 0.75, False)
    assert (static.heard, static.share, static.is_met) == ("AAAA", 0.75, False)
    assert form_followed(in_bars(a, b, a), "XYX").is_met


def test_a_section_that_repeats_three_bars_of_four_is_not_a_new_one() -> None:
    """Nor is it a return where only half of it comes back: it is heard as a variation."""
    a = [[(0, 60 + bar), (24, 64 + bar)] for bar in range(4)]
    other = [[(0, 72 + bar), (36, 79 + bar)] for bar in range(4)]
    b_like_a = form_followed(in_bars(*a, *a[:3], other[3], *a), "ABA")
    half = form_followed(in_bars(*a, *a[:2], *other[2:], *a), "ABA")
    assert (b_like_a.heard, b_like_a.is_met) == ("AAA", False)
    assert (half.heard, half.is_met) == ("AA'A", False)


def test_the_last_section_may_have_an_ending_of_its_own() -> None:
    """A quarter of it, here one bar of four; a first one that differs so is no return."""
    a = [[(0, 60 + bar), (24, 64 + bar)] for bar in range(4)]
    b = [[(0, 72 + bar), (36, 79 + bar)] for bar in range(4)]
    ended = form_followed(in_bars(*a, *b, *a[:2], b[0], b[3]), "ABA")
    assert ended.heard == "ABA'"
    assert form_followed(in_bars(*a, *b, *a[:3], b[3]), "ABA").is_met


def test_bars_must_divide_into_the_form() -> None:
    """Three bars are no AB."""
    with pytest.raises(RequestError, match="AB"):
        form_followed(in_bars([(0, 60)], [(0, 60)], [(0, 60)]), "AB")


def test_a_piece_at_rest_ends_on_its_tonic_with_a_long_note() -> None:
    """A scale down to a held tonic does; one that stops on the way, in eighths, does not."""
    at_rest = melody([72, 71, 69, 67, 65, 64, 62, 60])
    stopped = melody([60, 64, 67, 72, 71, 69, 67, 65], ticks=12)
    assert set(endings.evaluate([at_rest]).values()) == {1.0}
    assert set(endings.evaluate([stopped]).values()) == {0.0}
    assert set(endings.evaluate([at_rest, stopped]).values()) == {0.5}


def test_random_requests_can_all_be_met() -> None:
    """`compose` accepts each of them; the same seed asks the same."""
    requests = list(random_requests(300))
    assert requests == list(random_requests(300))
    for request in requests:
        make_request(**{name: value for name, value in request.items() if name != "seed"})
    given = [sum(name in request for request in requests) for name in ("key", "chords", "form")]
    assert min(given) > 30


def test_every_progression_and_form_is_well_formed() -> None:
    """In its key, and with a first letter of A."""
    for mode, progressions in PROGRESSIONS.items():
        for text in progressions:
            assert len(parse_progression(text, parse_key(f"C {mode}"))) >= 2
    assert all(form.startswith("A") for form in FORMS)


def test_moods_are_asked_of_a_piano() -> None:
    """As many of each quadrant."""
    requests = list(mood_requests(2, 4))
    assert [request["mood"] for request in requests] == ["q1", "q2", "q3", "q4"] * 2
    assert {request["ensemble"] for request in requests} == {"solo-piano"}
