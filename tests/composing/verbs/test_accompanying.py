"""`melody`: a piece around a given melody, whose notes stay as they are."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from composer.composing.compose import compose, write
from composer.corpus.midi_reading import read_midi
from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.piece import MeterChange, Note, Part, Piece, TempoChange

SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def melody(seed: int = 1, late: int = 0) -> Piece:
    """Four bars of 3/4 at 480 ticks a quarter, played up to `late` ticks late; a bass besides."""
    chance = random.Random(seed)
    notes = tuple(
        Note(480 * beat + chance.randint(0, late), 400, chance.choice(SCALE), 64 + beat)
        for beat in range(12)
    )
    bass = tuple(Note(1440 * bar, 1440, 36, 60) for bar in range(4))
    return Piece(
        (Part("cello", 42, bass), Part("violin", 40, notes, "Tune")),
        (MeterChange(0, 3, 4),),
        4 * 1440,
        tempi=(TempoChange(0, 100.0),),
        ticks_per_quarter=480,
        title="A tune",
    )


def sounding(part: Part) -> set[tuple[int, ...]]:
    return {tuple(note) for note in part.notes}


@pytest.mark.parametrize("late", [0, 37])
def test_the_melody_is_untouched(late: int, tmp_path: Path) -> None:
    """Its ticks, pitches and velocities, played late or not; it decides bars, meter and tempo, and
    it comes back from the file."""
    given = melody(late=late)
    made = compose(melody=given, style="folk", seed=1)
    lead, *others = made.piece.parts
    assert lead.instrument == "violin"
    assert [part.instrument for part in others] == ["piano"]
    assert made.piece.ticks_per_quarter == 480
    assert sounding(lead) == sounding(given.parts[1])
    assert len(bars_of(made.piece)) == 4
    assert made.piece.tempi == given.tempi
    assert made.piece.title == "A tune"
    paths = write(made, tmp_path, ["mid", "musicxml"], mechanical=True)
    assert [path.suffix for path in paths] == [".mid", ".musicxml"]
    again = read_midi(paths[0].read_bytes(), "a.mid")
    assert sounding(again.parts[0]) == sounding(given.parts[1])


def test_more_bars_go_on_and_a_tempo_of_ones_own_holds() -> None:
    """Six bars: the melody, then two more."""
    given = melody()
    made = compose(melody=given, ensemble="string-quartet", bars=6, tempo=77, seed=2)
    assert len(bars_of(made.piece)) == 6
    assert sounding(given.parts[1]) <= sounding(made.piece.parts[0])
    assert [tempo.quarters_per_minute for tempo in made.piece.tempi] == [77]


def test_a_piano_alone_plays_melody_and_accompaniment() -> None:
    """One part, the melody among its notes."""
    given = melody()
    made = compose(melody=given, ensemble="solo-piano", seed=3)
    (piano,) = made.piece.parts
    assert sounding(given.parts[1]) <= sounding(piano)
    assert len(piano.notes) > 12


def test_who_can_play_the_melody_plays_it() -> None:
    """A melody below the flute's range goes to the viola."""
    low = melody()
    notes = tuple(n._replace(pitch=n.pitch - 10) for n in low.parts[1].notes)
    given = replace(low, parts=(replace(low.parts[1], notes=notes),))
    made = compose(melody=given, instruments=["flute", "viola"], seed=4)
    viola = next(part for part in made.piece.parts if part.instrument == "viola")
    assert sounding(viola) == sounding(given.parts[0])


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"key": "D minor"}, "leave --key out"),
        ({"meter": "4/4"}, "leave --meter out"),
        ({"seconds": 10.0}, "leave --seconds out"),
        ({"form": "AB"}, "leave --form out"),
        ({"like": melody()}, "leave --like out"),
        ({"bars": 2}, "4 or more"),
        ({"instruments": ["flute"]}, "more instruments"),
        ({"instruments": ["drums", "drums"]}, "pitches"),
        ({"best_of": 2}, "best-of"),
    ],
)
def test_what_cannot_go_with_a_melody_is_said_in_one_line(
    flags: dict[str, object], message: str
) -> None:
    """What it decides, and what is possible."""
    with pytest.raises(RequestError, match=message) as caught:
        compose(melody=melody(), seed=1, **flags)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
