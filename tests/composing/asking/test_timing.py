"""Exact durations: the file lasts as long as was asked, and the climax is where it was asked."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.composing.asking.climax import held_to_the_end, intensities, plan_fields, with_climax
from composer.composing.asking.likely_header import with_cue
from composer.composing.asking.request import make_request
from composer.composing.asking.timing import (
    FASTEST,
    SLOWEST,
    Cue,
    Timing,
    check_timing,
    find_cue,
    possible_meters,
)
from composer.composing.compose import Composition, compose, write
from composer.composing.writing.sampling import Chance
from composer.composing.writing.weights import load_weights
from composer.errors import RequestError
from composer.music.bars import bars_of, seconds_at
from composer.music.moods import find_mood
from composer.music.piece import MeterChange, Note, Part, Piece, TempoChange
from composer.rendering.performance.performance import perform
from composer.tokens.fields import Kind

FIFTY_MILLISECONDS = 0.05


@given(
    seconds=st.floats(2, 900),
    share=st.none() | st.floats(0, 1),
    meter=st.sampled_from([(4, 4), (3, 4), (6, 8), (2, 2), (5, 4), (12, 8)]),
    tempo=st.floats(50, 180),
    bars=st.none() | st.integers(1, 512),
    multiple=st.integers(1, 5),
)
@settings(max_examples=60, deadline=None)
def test_a_cue_lasts_exactly_as_long(
    seconds: float,
    share: float | None,
    meter: tuple[int, int],
    tempo: float,
    bars: int | None,
    multiple: int,
) -> None:
    """Bars, meter and tempi make the spans before and after the hit, unless none can."""
    hit = None if share is None else 1 + share * (seconds - 2)
    try:
        timing = check_timing(seconds, hit)
        cue = find_cue(timing, (meter,), tempo, bars=bars, multiple=multiple)
    except RequestError:
        return
    quarters = 4 * meter[0] / meter[1]
    lasting = [
        count * quarters * 60 / speed
        for count, speed in zip(cue.span_bars, cue.quarters_per_minute, strict=True)
    ]
    assert lasting == pytest.approx(timing.spans)
    assert all(SLOWEST <= speed <= FASTEST for speed in cue.quarters_per_minute)
    assert cue.bars == bars if bars is not None else cue.bars % multiple == 0


def test_a_usual_cue_keeps_near_its_tempo() -> None:
    """42 seconds with a hit at 17.5 at about 96: seven bars of 4/4, then ten a little faster."""
    cue = find_cue(check_timing(42, 17.5), possible_meters((4, 4), is_given=False), 96.0)
    assert cue.meter == (4, 4)
    assert cue.span_bars == (7, 10)
    assert cue.quarters_per_minute == pytest.approx((96.0, 97.96), abs=0.01)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"seconds": 0.5}, "give 2 to 900"),
        ({"seconds": 2000.0}, "give 2 to 900"),
        ({"seconds": 20.0, "hit": 30.0}, "give 1 to 19"),
        ({"hit": 3.0}, "give --seconds"),
        ({"seconds": 20.0, "bars": 400, "meter": "4/4"}, "give about 2 to 26 bars"),
        ({"seconds": 42.0, "hit": 17.5, "tempo": 200.0, "bars": 17}, "leave --bars or --tempo"),
        ({"seconds": 3.0, "hit": 1.3, "tempo": 90.0, "meter": "4/4"}, "or leave --tempo out"),
        ({"seconds": 10.0, "mood": "calm@1 tense@200"}, "lies beyond"),
    ],
)
def test_what_cannot_last_so_long_is_said_in_one_line(
    flags: dict[str, float | str], message: str
) -> None:
    """With what is possible instead."""
    with pytest.raises(RequestError, match=message) as caught:
        compose(style="classical", seed=1, **flags)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def cue() -> Composition:
    """Eleven seconds and a bit, with a hit."""
    return compose(
        style="classical", ensemble="solo-piano", mood="tense", seconds=11.37, hit=6.1, seed=5
    )


@pytest.mark.parametrize("mechanical", [False, True])
def test_the_file_lasts_as_long_as_was_asked(
    cue: Composition, mechanical: bool, tmp_path: Path
) -> None:
    """By mido's clock: end of track and last note at the end, a bar line and the marker at the hit;
    played, with its ritardando, as well as in strict time."""
    (path,) = write(cue, tmp_path, ["mid"], mechanical=mechanical)
    file = mido.MidiFile(path)
    times: dict[str, list[float]] = {"note_off": [], "marker": [], "note_on": []}
    now = 0.0
    for message in file:
        now += message.time
        times.setdefault(message.type, []).append(now)
    assert file.length == pytest.approx(11.37, abs=FIFTY_MILLISECONDS)
    assert max(times["note_off"]) == pytest.approx(11.37, abs=FIFTY_MILLISECONDS)
    assert times["marker"] == pytest.approx([6.1], abs=FIFTY_MILLISECONDS)
    lines = [seconds_at(cue.piece, bar.start_tick) for bar in bars_of(cue.piece)]
    assert min(abs(line - 6.1) for line in lines) < 0.001


def test_the_report_keeps_duration_and_hit(cue: Composition) -> None:
    """Asked beside achieved; bars and tempo were free."""
    told = cue.report()
    assert told["request"]["seconds"] == 11.37
    assert "bars" not in told["request"]
    assert told["achieved"]["seconds"]["kept"]
    assert told["achieved"]["hit"]["kept"]


def test_loudness_rises_to_the_hit_and_falls_behind_it(cue: Composition) -> None:
    """In the score, and so in every performance of it."""
    assert cue.request.cue is not None
    hit = cue.request.cue.hit_bar
    loud = [
        [
            n.velocity
            for p in cue.piece.parts
            for n in p.notes
            if b.start_tick <= n.onset_tick < b.end_tick
        ]
        for b in bars_of(cue.piece)
    ]
    means = [sum(bar) / len(bar) if bar else 0 for bar in loud]
    assert hit is not None
    assert max(means[: hit + 1]) == means[hit]
    assert means[0] < means[hit] > means[-1]


def test_tempo_follows_from_bars_and_seconds() -> None:
    """Eight bars of 3/4 in ten seconds: 144 quarters a minute."""
    made = compose(style="folk", meter="3/4", bars=8, seconds=10, seed=1)
    assert len(bars_of(made.piece)) == 8
    assert made.piece.tempi == (TempoChange(0, 144.0),)


@pytest.mark.parametrize(("style", "is_named"), [("romantic", False), ("", True)])
def test_the_model_names_an_ensemble_for_a_cue_only_where_no_style_does(
    style: str, is_named: bool
) -> None:
    """Who plays a style is drawn from music of the style, for a cue as for other pieces."""
    request = make_request(style=style, seconds=10)
    timed = with_cue(load_weights().model, request, Chance(), np.random.default_rng(1))
    assert ((Kind.STYLE, "ensemble") in timed.header) == is_named


def test_sections_of_a_form_are_whole_in_a_cue() -> None:
    """Bars are a multiple of four sections."""
    made = compose(style="folk", ensemble="melody", seconds=9, form="AABA", seed=1)
    assert len(bars_of(made.piece)) % 4 == 0


def test_a_preset_gives_no_tempo_to_a_cue() -> None:
    """Its style, mood and players remain."""
    request = make_request(preset="lullaby", seconds=30)
    assert request.quarters_per_minute is None
    assert request.mood is not None


@given(bars=st.integers(3, 60), data=st.data())
@settings(max_examples=40, deadline=None)
def test_intensity_rises_to_the_hit_and_falls_behind(bars: int, data: st.DataObject) -> None:
    """One at the hit, more from bar to bar before it and less behind it."""
    hit = data.draw(st.integers(1, bars - 1))
    found = intensities(bars, hit)
    assert len(found) == bars
    assert found[hit] == 1
    assert all(0 <= one <= 1 for one in found)
    assert all(a < b for a, b in pairwise(found[: hit + 1]))
    assert all(a > b for a, b in pairwise(found[hit:]))


def test_the_plan_is_densest_and_most_driven_at_the_hit() -> None:
    """Whatever the mood."""
    for mood in (None, find_mood("calm"), find_mood("tense")):
        fields = plan_fields(Cue(Timing(30, 17), (4, 4), (7, 5), (96.0, 100.0)), mood)
        for name in ("density", "arousal"):
            values = [bar[Kind.PLAN, name] for bar in fields]
            assert values[7] == max(values) > values[0]
            assert values[7] > values[-1]


def test_a_climax_keeps_accents_and_lets_the_melody_lead() -> None:
    """An accent stays above its bar, accompaniment a level below."""
    ticks = [(bar * 96, 24) for bar in range(4)]
    tune = Part("flute", 73, tuple(Note(t, n, 70, 64) for t, n in ticks), role="melody")
    accented = tune.notes[2]._replace(onset_tick=2 * 96 + 24, velocity=72)
    other = tune.notes[2]._replace(onset_tick=2 * 96 + 48)
    tune = Part("flute", 73, (*tune.notes[:3], accented, other, tune.notes[3]), role="melody")
    chords = Part("piano", 0, tuple(Note(t, n, 50, 0) for t, n in ticks), role="chords")
    made = with_climax(Piece((tune, chords), (MeterChange(0, 4, 4),), 4 * 96), 2, None)
    lead = [note.velocity for note in made.parts[0].notes]
    under = [note.velocity for note in made.parts[1].notes]
    assert lead[3] == lead[2] + 8
    assert max(under) == under[2] == lead[2] - 16


def test_the_end_is_held_by_pitched_parts_alone() -> None:
    """To the last bar line; drums and earlier notes stay as they are."""
    flute = Part("flute", 73, (Note(0, 24, 70), Note(96, 24, 72)))
    drums = Part("drums", 0, (Note(96, 6, 38),))
    made = held_to_the_end(Piece((flute, drums), (MeterChange(0, 4, 4),), 192))
    assert made.parts[0].notes == (Note(0, 24, 70), Note(96, 96, 72))
    assert made.parts[1] == drums


@given(
    bars=st.integers(2, 24),
    tempo=st.floats(40, 200),
    later=st.floats(40, 200),
    data=st.data(),
)
@settings(max_examples=40, deadline=None)
def test_a_punctual_performance_is_on_time_however_it_bends(
    bars: int, tempo: float, later: float, data: st.DataObject
) -> None:
    """At the tick that is asked for and at the end; elsewhere time bends."""
    tick = 72 * data.draw(st.integers(1, bars - 1))
    notes = tuple(Note(72 * bar, 72, 60 + bar) for bar in range(bars))
    tempi = (TempoChange(0, tempo), TempoChange(tick, later))
    piece = Piece((Part("piano", 0, notes),), (MeterChange(0, 3, 4),), 72 * bars, tempi=tempi)
    played = perform(piece, punctual=[tick]).piece
    for moment in (tick, piece.end_tick):
        assert seconds_at(played, moment) == pytest.approx(seconds_at(piece, moment), abs=1e-6)
    if bars > 4:
        assert played.tempi != piece.tempi
