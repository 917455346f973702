"""What each player does is counted, and grooves are heard."""

from __future__ import annotations

import pytest

from composer.analysis.grooves import grooves
from composer.analysis.roles import ROLES, Playing, Usual, playing_of, roles_of, usual
from composer.music.piece import MeterChange, Note, Part, Piece
from composer.music.styles import styles

METERS = (MeterChange(0, 4, 4),)


def line(pitch: int, bars: range, per_bar: int = 4, together: int = 1) -> tuple[Note, ...]:
    """Notes evenly in each of these bars, so many at an onset."""
    step = 96 // per_bar
    return tuple(
        Note(96 * bar + step * place, step, pitch + 4 * voice)
        for bar in bars
        for place in range(per_bar)
        for voice in range(together)
    )


def test_stated_roles_count_and_the_rest_are_heard() -> None:
    """A bass by its instrument, chords by notes together, the tune by its line."""
    piece = Piece(
        (
            Part("electric-guitar", 27, line(60, range(4), 2, together=3)),
            Part("trumpet", 56, line(72, range(4), 4)),
            Part("electric-bass", 33, line(36, range(3), 2)),
            Part("drums", 0, line(38, range(4), 8)),
        ),
        METERS,
        384,
    )
    assert roles_of(piece) == ["chords", "lead", "bass", "drums"]
    assert playing_of(piece)[2] == Playing("bass", 3, 4, 6)
    assert playing_of(piece, 2, 2)[2] == Playing("bass", 1, 2, 2)
    named = Part("piano", 0, line(84, range(4)), role="harmony")
    assert roles_of(Piece((named, *piece.parts), METERS, 384))[:3] == ["inner", "chords", "lead"]


def test_a_quartet_has_a_lead_a_bass_and_two_inner_parts() -> None:
    """The cello is the bass because it lies lowest."""
    parts = tuple(
        Part(name, program, line(pitch, range(4)))
        for name, program, pitch in (
            ("violin", 40, 76), ("violin", 40, 67), ("viola", 41, 60), ("cello", 42, 45),
        )
    )  # fmt: skip
    assert roles_of(Piece(parts, METERS, 384)) == ["lead", "inner", "inner", "bass"]


@pytest.mark.parametrize("style", [style.name for style in styles()])
def test_every_style_of_a_band_says_what_is_usual(style: str) -> None:
    """A share of the bars and notes a bar of lead, chords, bass and drums, least before most."""
    for role in ROLES:
        found = usual(role, style, "band")
        assert found is not None
        assert 0 <= found.least_share <= found.most_share <= 1
        assert 0 < found.least_notes <= found.most_notes


def test_a_bass_that_rests_through_half_of_a_rock_song_is_not_usual() -> None:
    """Nor is one with a note a bar; one that plays nearly throughout is."""
    rock = usual("bass", "rock", "band")
    assert rock is not None
    assert rock.holds(Playing("bass", 15, 16, 60))
    assert not rock.holds(Playing("bass", 8, 16, 32))
    assert not rock.holds(Playing("bass", 16, 16, 16))
    assert Usual(0.5, 1.0, 1.0, 4.0).holds(Playing("lead", 7, 16, 7))


def test_a_groove_returns_in_spite_of_its_fill_and_a_solo_does_not() -> None:
    """Of seven bars one fill; and bars that are all different; nobody, where nobody drums."""
    beat = [(0, 36), (24, 38), (48, 36), (72, 38)]
    fill = [(12 * place, 40 + place) for place in range(8)]
    bars = [beat, beat, beat, fill, beat, beat, beat]
    assert grooves(_drummed(bars)).drums == pytest.approx(5 / 6)
    solo = [[(12 * place, 40 + bar + place) for place in range(8)] for bar in range(0, 64, 8)]
    assert grooves(_drummed(solo)).drums == 0.0
    assert grooves(Piece((), METERS, 96)).drums is None


def _drummed(bars: list[list[tuple[int, int]]]) -> Piece:
    notes = tuple(
        Note(96 * bar + tick, 6, drum) for bar, beats in enumerate(bars) for tick, drum in beats
    )
    return Piece((Part("drums", 0, notes),), METERS, 96 * len(bars))
