"""Beats are found where nobody wrote them down."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

from composer.music.bars import bars_of, seconds_at
from composer.music.normalise import normalise
from composer.music.piece import MeterChange, Part, Piece, TempoChange
from composer.played.beat_tracking import beats_of, with_tracked_beats
from composer.played.quantise import quantise
from tests.rendering.pieces import part_of, piece_of


def waltz() -> Piece:
    """Sixteen bars in three: bass, two chords, and a melody of quarters and eighths."""
    bass = [(3 * bar, 1, 36 + 5 * (bar % 3)) for bar in range(16)]
    chords = [(3 * bar + beat, 1, p) for bar in range(16) for beat in (1, 2) for p in (55, 60)]
    melody = [
        (3 * bar + place, 0.5, 72 + (bar * 5 + round(2 * place)) % 9)
        for bar in range(16)
        for place in ((0, 1, 2), (0, 1, 1.5, 2), (0, 2, 2.5), (0, 1))[bar % 4]
    ]
    left = part_of("piano", sorted(bass + chords))
    return piece_of(part_of("violin", melody), left, meter=(3, 4))


def freely_played(piece: Piece, seconds_a_beat: float = 0.62, seed: int = 1) -> Piece:
    """As a recording has it: milliseconds at a tempo of 120, beats that wander by some percent."""
    chance = random.Random(seed)
    beats, now, away = [0.8], 0.8, 0.0
    for _ in range(piece.end_tick // 24 + 2):
        away = 0.8 * away + chance.gauss(0, 0.025)
        now += seconds_a_beat * (1 + away)
        beats.append(now)

    def tick(written: float) -> int:
        beat, inside = divmod(written / 24, 1)
        second = beats[int(beat)] + inside * (beats[int(beat) + 1] - beats[int(beat)])
        return max(0, round(960 * (second + chance.gauss(0, 0.008))))

    def played(part: Part) -> Part:
        rows = []
        for note in part.notes:
            onset = tick(note.onset_tick)
            length = max(1, tick(note.end_tick) - onset)
            rows.append(note._replace(onset_tick=onset, length_ticks=length, velocity=70))
        return replace(part, notes=tuple(sorted(rows)))

    parts = tuple(map(played, piece.parts))
    last = max(note.end_tick for part in parts for note in part.notes)
    return Piece(
        parts,
        (MeterChange(0, 4, 4),),
        -(-last // 1920) * 1920,
        tempi=(TempoChange(0, 120.0),),
        ticks_per_quarter=480,
    )


def test_the_beats_of_free_playing_are_found() -> None:
    """Steps of about the player's beat, each on an onset."""
    beats = beats_of(freely_played(waltz()))
    steps = [b - a for a, b in itertools.pairwise(beats)]
    assert all(0.45 < step < 0.8 for step in steps)
    assert 45 <= len(beats) <= 50


def test_free_playing_is_read_as_what_was_meant() -> None:
    """In its meter, with nearly every note in its place."""
    meant = waltz()
    read = normalise(quantise(with_tracked_beats(freely_played(meant))))
    assert str(read.meters[0]) == "3/4"
    shift = read.parts[0].notes[0].onset_tick - meant.parts[0].notes[0].onset_tick
    assert shift % 72 == 0
    for right, found in zip(meant.parts, read.parts, strict=True):
        wanted = {(note.onset_tick + shift, note.pitch) for note in right.notes}
        got = {(note.onset_tick, note.pitch) for note in found.notes}
        assert len(wanted & got) >= 0.9 * len(wanted)


def test_what_is_too_short_or_silent_stays_as_it_is() -> None:
    """Three notes have no beats, none have none."""
    short = piece_of(part_of("piano", [(0, 1, 60), (1, 1, 62), (2, 1, 64)]))
    assert with_tracked_beats(short) == short
    silent = replace(short, parts=(replace(short.parts[0], notes=()),))
    assert with_tracked_beats(silent) == silent


def test_a_piece_with_tracked_beats_is_whole() -> None:
    """Bars hold all notes, every note is there, and it lasts about as long."""
    played = freely_played(waltz(), seed=3)
    tracked = with_tracked_beats(played)
    assert tracked.note_count == played.note_count
    bars = bars_of(tracked)
    assert bars[-1].end_tick == tracked.end_tick
    last = max(note.end_tick for part in tracked.parts for note in part.notes)
    assert bars[-1].start_tick < last <= bars[-1].end_tick
    assert abs(seconds_at(tracked, last) / seconds_at(played, played.end_tick) - 1) < 0.15
