"""Spans of sound add up to the sound of the whole, and a change renews only what it changed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from composer.music.piece import MeterChange, Note, Part, Piece, TempoChange
from composer.rendering.performance.audio import sound_of
from composer.rendering.performance.midi import midi_bytes
from composer.rendering.performance.sound_spans import note_sound, playing, span_sound


def piece() -> Piece:
    """Eight bars for piano (with pedal) and cello, the end slowed down."""
    chords = tuple(
        Note(bar * 96 + beat * 12, 24, pitch, 80)
        for bar in range(8)
        for beat, pitch in enumerate((48, 55, 60, 64, 67, 64, 60, 55))
    )
    tune = tuple(Note(bar * 96, 90, 50 + bar, 72) for bar in range(8))
    return Piece(
        parts=(Part("piano", 0, chords, "Piano"), Part("cello", 42, tune, "Cello")),
        meters=(MeterChange(0, 4, 4),),
        end_tick=768,
        tempi=(TempoChange(0, 132.0),),
    )


def test_spans_add_up_to_the_whole() -> None:
    """Each laid at its own second: what the page mixes is what a WAV file sounds like."""
    whole = sound_of(midi_bytes(piece(), seed=3))
    told = playing(piece(), 4, seed=3)
    mixed = np.zeros((len(whole.samples) + 480_000, 2))
    for place in range(2):
        for first, last, seconds in told.spans:
            sound = span_sound(piece(), place, first, last, seed=3)
            start = round(seconds * sound.frames_per_second)
            mixed[start : start + len(sound.samples)] += sound.samples
    seconds = len(whole.samples) // 48_000
    shape = (seconds, 48_000, 2)
    heard = whole.samples[: seconds * 48_000].astype(float).reshape(shape)
    difference = mixed[: seconds * 48_000].reshape(shape) - heard
    apart = np.sqrt((difference**2).mean(axis=(1, 2)) / (heard**2).mean(axis=(1, 2)))
    assert np.median(apart) < 0.1
    assert apart.max() < 1.0  # just behind a border, where a key is struck that still rings


def test_equal_spans_have_equal_names_and_others_have_not() -> None:
    """A note that changes in bar 6 changes the name of its own span; silence has none."""
    before = playing(piece(), 4)
    cello = piece().parts[1]
    notes = (*cello.notes[:5], cello.notes[5]._replace(pitch=70), *cello.notes[6:])
    changed = replace(piece(), parts=(piece().parts[0], replace(cello, notes=notes)))
    after = playing(changed, 4)
    assert before.keys[0] == after.keys[0]
    assert before.keys[1][0] == after.keys[1][0]
    assert before.keys[1][1] != after.keys[1][1]
    quiet = replace(piece(), parts=(replace(cello, notes=cello.notes[:1]),))
    assert playing(quiet, 4).keys[0][1] == ""


def test_the_clock_runs_with_the_performance() -> None:
    """From 0 to the end, forwards, through every change of tempo."""
    clock = playing(piece(), 4).clock
    assert clock[0] == (0, 0.0)
    assert clock[-1][0] == 768
    assert all(a < b and s < t for (a, s), (b, t) in pairwise(clock))


def test_one_note_is_heard() -> None:
    """Of a pitched instrument and of the drums."""
    assert np.abs(note_sound(0, 60).samples).max() > 500
    assert np.abs(note_sound(0, 38, is_drums=True).samples).max() > 500
