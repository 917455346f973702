"""Which heads show an accidental, and which remind the reader of one.

Within a measure an accidental holds for its line and octave of the staff. A note that returns to
the signature in the next measure gets a courtesy accidental, because players carry the old one
over; a head tied over the bar line needs none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from composer.rendering.score.notation import Head, Measure, Symbol, VoiceLine
from composer.rendering.score.spelling import fifths_of_step

NAMES = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}

Line = tuple[int, str, int]
"""Staff, letter, octave."""


def with_accidentals(measures: Sequence[Measure]) -> list[Measure]:
    """The measures of one part with the accidentals of every head decided."""
    fifths = 0
    altered_before: set[Line] = set()
    written = []
    for measure in measures:
        if measure.key is not None:
            fifths = measure.key.fifths
        measure, altered_before = _with_accidentals(measure, fifths, altered_before)
        written.append(measure)
    return written


def alteration(fifths: int, step: str) -> int:
    """What the signature does to a letter: 1 sharp, -1 flat, 0 nothing."""
    position = fifths_of_step(step)
    return (position < fifths - 1) - (position > fifths + 5)


def _with_accidentals(
    measure: Measure, fifths: int, altered_before: set[Line]
) -> tuple[Measure, set[Line]]:
    """The measure, and the lines that end it otherwise than the signature says."""
    state: dict[Line, int] = {}
    courtesies = set(altered_before)
    found: dict[tuple[int, int, int], list[Head]] = {}
    order = sorted(
        (symbol.start_tick, line.staff, line.voice, position)
        for line in measure.voices
        for position, symbol in enumerate(line.symbols)
        if symbol.heads
    )
    lines = {(line.staff, line.voice): line for line in measure.voices}
    for _, staff, voice, position in order:
        heads = []
        for head in lines[staff, voice].symbols[position].heads:
            place = (staff, head.spelling.step, head.spelling.octave)
            usual = alteration(fifths, head.spelling.step)
            expected = state.get(place, usual)
            shown = not head.is_tied_to and head.spelling.alter != expected
            reminds = not shown and not head.is_tied_to and place in courtesies
            if not head.is_tied_to:
                state[place] = head.spelling.alter
                courtesies.discard(place)
            heads.append(replace(head, shows_accidental=shown, is_courtesy=reminds))
        found[staff, voice, position] = heads
    voices = tuple(_with_heads(line, found) for line in measure.voices)
    altered = {place for place, alter in state.items() if alter != alteration(fifths, place[1])}
    return replace(measure, voices=voices), altered


def _with_heads(line: VoiceLine, found: dict[tuple[int, int, int], list[Head]]) -> VoiceLine:
    symbols: list[Symbol] = []
    for position, symbol in enumerate(line.symbols):
        heads = found.get((line.staff, line.voice, position))
        symbols.append(replace(symbol, heads=tuple(heads)) if heads else symbol)
    return replace(line, symbols=tuple(symbols))
