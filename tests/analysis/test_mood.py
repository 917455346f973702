"""Mood follows the cues that people hear, and stays unknown where they are silent."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from composer.analysis.mood import estimate_mood, estimate_moods, seconds_of, window_of_bar
from composer.measures.mood_agreement import confusion, evaluate, validate
from composer.music.bars import seconds_at
from composer.music.piece import MeterChange, Note, Part, Piece, Tags, TempoChange
from tests.shared import EVALUATION, needs_evaluation


def music(minor: bool = False, step: int = 24, tempo: float = 100.0, velocity: int = 70) -> Piece:
    """Broken triads I IV V I on C, a note every `step` ticks, with some dynamics."""
    third = 3 if minor else 4
    roots = [0, 5, 7, 0]
    notes = []
    for index, tick in enumerate(range(0, 96 * 16, step)):
        root = 60 + roots[tick // 96 % 4]
        chord = (0, 4 if roots[tick // 96 % 4] == 7 else third, 7)
        for pitch in chord if index % 4 == 0 else (chord[index % 3],):
            notes.append(Note(tick, step, root + pitch, velocity + index % 5))
    tempi = (TempoChange(0, tempo),) if tempo else ()
    part = Part("piano", 0, tuple(sorted(notes)))
    return Piece((part,), (MeterChange(0, 4, 4),), 96 * 16, tempi=tempi)


def known(value: float | None) -> float:
    assert value is not None
    return value


def test_major_feels_better_than_minor() -> None:
    """Valence is positive in major, negative in minor; arousal does not care."""
    bright, dark = estimate_mood(music()), estimate_mood(music(minor=True))
    assert known(bright.valence) > 0.2
    assert known(dark.valence) < -0.2
    assert bright.arousal == pytest.approx(dark.arousal, abs=0.02)


@pytest.mark.parametrize(
    "livelier",
    [{"step": 12}, {"tempo": 170.0}, {"velocity": 110}],
    ids=["denser", "faster", "louder"],
)
def test_more_is_more_arousing(livelier: dict[str, float]) -> None:
    """Each cue alone raises arousal."""
    lively = music(**livelier)  # type: ignore[arg-type]
    assert known(estimate_mood(lively).arousal) > known(estimate_mood(music()).arousal) + 0.1


def test_an_unknown_tempo_is_left_out() -> None:
    """Density by the beat speaks instead; nothing is guessed."""
    assert estimate_mood(music(tempo=0)).arousal is not None
    assert known(estimate_mood(music(tempo=0, step=12)).arousal) > known(
        estimate_mood(music(tempo=0)).arousal
    )


def test_a_tagged_piece_is_judged_by_its_style() -> None:
    """What is lively for a renaissance piece is quiet for metal."""
    renaissance = replace(music(), tags=Tags(style="renaissance"))
    metal = replace(music(), tags=Tags(style="metal"))
    assert known(estimate_mood(renaissance).arousal) > known(estimate_mood(metal).arousal)


def test_sections_have_moods_of_their_own() -> None:
    """Eight bars of major before eight of minor differ in valence, and so does each bar."""
    first, second = music(), music(minor=True)
    later = tuple(
        n._replace(onset_tick=n.onset_tick + first.end_tick) for n in second.parts[0].notes
    )
    both = replace(
        first,
        parts=(replace(first.parts[0], notes=first.parts[0].notes + later),),
        end_tick=2 * first.end_tick,
    )
    moods = estimate_moods(both).bars
    assert len(moods) == 32
    assert known(moods[0].valence) > 0 > known(moods[31].valence)


def test_drums_and_silence_have_no_valence() -> None:
    """Drums can be lively, not happy; silence is neither."""
    drums = Part("drums", 0, tuple(Note(tick, 6, 36, 80 + tick % 7) for tick in range(0, 384, 12)))
    mood = estimate_mood(Piece((drums,), (MeterChange(0, 4, 4),), 384))
    assert mood.valence is None
    assert mood.arousal is not None
    assert estimate_mood(Piece((), (MeterChange(0, 4, 4),), 384)) == (None, None)


def test_short_ends_join_the_window_before() -> None:
    """Windows have eight bars, the last four to eleven."""
    assert [len(set(window_of_bar(n).tolist())) for n in (1, 8, 11, 12, 16)] == [1, 1, 1, 2, 2]


def test_seconds_agree_with_the_tempo_map() -> None:
    """The fast reckoning equals the plain one of `composer.music.bars`."""
    piece = replace(
        music(), tempi=(TempoChange(0, 90.0), TempoChange(200, 60.0), TempoChange(210, 144.0))
    )
    ticks = np.array([0, 10, 200, 205, 210, 999])
    assert seconds_of(piece, ticks) == pytest.approx([seconds_at(piece, t) for t in ticks.tolist()])


@needs_evaluation
def test_agrees_with_listeners() -> None:
    """On the development half of EMOPIA: .87 arousal, .70 valence, .60 of four quadrants."""
    judged = validate(EVALUATION / "emopia.zip")
    shares = evaluate(judged)
    assert sum(map(sum, confusion(judged))) == len(judged) > 500
    assert shares["arousal"] > 0.86
    assert shares["valence"] > 0.7
    assert shares["quadrant"] > 0.6
