"""`like`: how a piece is made is taken from it, never its notes, and the user's own words win."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from composer.analysis.analyse import analyse
from composer.composing.asking.fields_asked import given_fields
from composer.composing.asking.influence import influence_of
from composer.composing.asking.request import make_request
from composer.composing.compose import compose
from composer.composing.leans.lean import Setting
from composer.composing.leans.note_density import NoteDensity
from composer.composing.leans.registers import AskedRegisters
from composer.errors import RequestError
from composer.music.normalise import normalise
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece, TempoChange
from composer.tokens.fields import Kind
from composer.tokens.grammar import Grammar
from composer.tokens.values import density_of, density_value
from tests.pieces import pieces

BAR = 72


def tune(first: int) -> list[Note]:
    """Three bars of 3/4 on A minor."""
    steps = (0, 3, 7, 12, 7, 3, 0, 7, 0)
    return [Note(first + 24 * i, 24, 57 + step, 64) for i, step in enumerate(steps)]


INFLUENCE = Piece(
    parts=(
        Part("flute", 73, tuple(tune(0) + tune(3 * BAR)), role="melody"),
        Part("harp", 46, tuple(Note(BAR * bar, BAR, 45, 48) for bar in range(6)), role="chords"),
    ),
    meters=(MeterChange(0, 3, 4),),
    end_tick=6 * BAR,
    keys=(KeyChange(0, 0, "minor"),),
    tempi=(TempoChange(0, 66.0),),
    title="Six bars",
)


def test_free_fields_come_from_the_influence() -> None:
    """Meter, tempo, mode, players and their roles, bars; every bar's density; repeats."""
    request = make_request(like=INFLUENCE)
    assert request.meter == (3, 4)
    assert request.quarters_per_minute == 66.0
    assert request.mode == "minor"
    assert [i.name for i in request.instruments] == ["flute", "harp"]
    assert request.roles == ("melody", "chords")
    assert request.bars == 6
    densities = [density_value(bar.onsets_per_quarter) for bar in analyse(INFLUENCE).bars]
    assert [bar[Kind.PLAN, "density"] for bar in request.plan] == densities
    assert request.copies == {3: 0, 4: 1, 5: 2}
    assert "Six bars" in str(request.asked()["like"])


def test_what_the_user_says_wins() -> None:
    """Players, meter, tempo, key, bars, mood and form of one's own."""
    request = make_request(
        like=INFLUENCE, ensemble="choir", meter="4/4", tempo=90, key="G major", bars=8,
        mood="happy", form="AB",
    )  # fmt: skip
    assert request.ensemble is not None
    assert not request.instruments
    assert request.meter == (4, 4)
    assert request.quarters_per_minute == 90
    assert request.key == KeyChange(0, 1, "major")
    assert request.bars == 8
    assert request.copies == {}
    fields = given_fields(request)
    happy = given_fields(make_request(mood="happy")).fields
    for name in ("valence", "arousal"):
        assert fields.fields[Kind.MOOD, name] == happy[Kind.MOOD, name]
        assert (Kind.PLAN, name) not in fields.bars[1]


def test_a_preset_goes_before_an_influence() -> None:
    """It is the user's word too."""
    request = make_request(preset="lullaby", like=INFLUENCE)
    alone = make_request(preset="lullaby")
    for name in ("style", "ensemble", "meter", "quarters_per_minute", "bars", "instruments"):
        assert getattr(request, name) == getattr(alone, name)


def test_a_piece_like_another_repeats_where_that_repeats() -> None:
    """And has its players, meter and bars, but not its tune."""
    made = compose(like=INFLUENCE, style="folk", seed=3).piece
    heard = [
        sorted(
            (n.onset_tick - BAR * bar, n.pitch, place)
            for place, part in enumerate(made.parts)
            for n in part.notes
            if BAR * bar <= n.onset_tick < BAR * (bar + 1)
        )
        for bar in range(6)
    ]
    assert heard[:3] == heard[3:]
    assert {part.instrument for part in made.parts} <= {"flute", "harp"}
    theirs = [(note.onset_tick, note.pitch % 12) for note in INFLUENCE.parts[0].notes]
    ours = {(note.onset_tick, note.pitch % 12) for part in made.parts for note in part.notes}
    assert sum(note in ours for note in theirs) < len(theirs)


def test_parts_lie_where_those_of_the_influence_lie() -> None:
    """If its players are taken; the logits lean most to the mean pitch, in any key."""
    given_ = given_fields(make_request(like=INFLUENCE))
    low = min(given_.registers, key=lambda value: given_.registers[value].mean)
    assert given_.registers[low].mean == 45
    row = [Kind.NOTE, 0, 0, low]
    for semitones in (0, 5):
        setting = Setting(Grammar(6, semitones=semitones), registers=given_.registers)
        tilt = AskedRegisters(setting).tilt(row)
        assert tilt is not None
        assert tilt[:128].argmax() == 45 - semitones
        assert AskedRegisters(setting).tilt(row[:2]) is None
    assert not given_fields(make_request(like=INFLUENCE, ensemble="choir")).registers


def test_a_given_density_leans_to_its_pace() -> None:
    """After a first onset the likeliest next one comes the sooner, the more are wanted, and the bar
    ends the less readily."""
    nexts, ends = [], []
    for level in range(1, 9):
        grammar = Grammar(2)
        grammar.bar, grammar.bar_ticks = 0, 96
        pace = NoteDensity(Setting(grammar, densities={0: level}))
        assert pace.tilt([]) is None
        pace.advance([Kind.NOTE, 0, 0, 0, 0, 0, 0])
        beats, end = pace.tilt([Kind.NOTE]), pace.tilt([])
        assert beats is not None
        assert end is not None
        nexts.append(int(beats[1:4].argmax()))
        ends.append(float(end[Kind.BAR]))
        assert density_value(density_of(level)) == level
    assert nexts == sorted(nexts, reverse=True)
    assert nexts[0] > nexts[-1]
    assert ends == sorted(ends, reverse=True)
    assert ends[0] >= 0 > ends[-1]


def test_a_pickup_is_no_bar_of_the_plan() -> None:
    """The plan begins with the first whole bar."""
    shift = BAR // 3
    parts = tuple(
        replace(part, notes=tuple(n._replace(onset_tick=n.onset_tick + shift) for n in part.notes))
        for part in INFLUENCE.parts
    )
    meters = (MeterChange(0, 1, 4), MeterChange(shift, 3, 4))
    piece = replace(INFLUENCE, parts=parts, meters=meters, end_tick=6 * BAR + shift)
    assert influence_of(piece).plan == influence_of(INFLUENCE).plan


def test_a_piece_without_notes_is_no_influence() -> None:
    """One line says so."""
    with pytest.raises(RequestError, match="no notes"):
        influence_of(replace(INFLUENCE, parts=()))


@given(pieces())
@settings(max_examples=25, deadline=None)
def test_any_piece_can_be_an_influence(piece: Piece) -> None:
    """Odd meters, resolutions, tempi and crowds of parts too; what is taken can be given."""
    bars = len(normalise(piece).meters)
    request = make_request(like=piece)
    assert given_fields(request).fields
    assert len(request.plan) >= bars - 1
