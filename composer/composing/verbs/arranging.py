"""`arrange`: the same music for other players."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from composer.analysis.analyse import analyse
from composer.composing.asking.held_to import held_to
from composer.composing.asking.line_ups import most_usual
from composer.composing.verbs.doubling import double
from composer.composing.verbs.draft import draft_of
from composer.composing.verbs.harmonizing import rules_for, seated
from composer.composing.verbs.lines import lines_of
from composer.composing.verbs.players import Desk
from composer.composing.verbs.seating import (
    bass_desk,
    core_of,
    lead_desk,
    seat_leftovers,
    seat_lines,
)
from composer.composing.verbs.spans import LONGEST_SILENCE, Progress, Turn, Writing, quiet
from composer.composing.verbs.varying import heard_chords
from composer.composing.writing.sampling import Chance
from composer.composing.writing.voice_leading import LINES
from composer.errors import RequestError
from composer.music.bars import bars_of, prevailing_key
from composer.music.ensembles import Ensemble, EnsemblePart
from composer.music.instruments import BY_NAME
from composer.music.piece import Note, Piece
from composer.played.beats import check_beats
from composer.played.quantise import quantise

LONG_REST = 8
"""Bars: a desk that has a line of its own may rest for less; one that has none for four."""


def arrange(
    piece: Piece,
    *,
    ensemble: str = "",
    instruments: str | Sequence[str] = (),
    style: str = "",
    mood: str = "",
    seed: int | None = None,
    chance: Chance | None = None,
    weights: Path | None = None,
    progress: Progress = quiet,
) -> Piece:
    """The piece for the seats of an ensemble, or for these instruments.

    Melody and bass keep their rhythm and pitch classes, octaves away by the phrase where an
    instrument cannot reach; inner lines go to desks of their register, or into an accompanist's
    hands; what no player can sound is left out (`left_out` counts it). Of many desks, some carry
    the music and the others double it. Drums stay where there are drums to play them. Where a
    desk would sit idle for long, in a small ensemble, and where nobody drummed, the model writes
    its part. A band has the line-up that is most usual in the style, if one is given. Raises
    RequestError for unknown players.
    """
    request = held_to(
        piece,
        has_its_parts=False,
        style=style,
        mood=mood,
        ensemble=ensemble,
        instruments=instruments,
    )
    if not request.ensemble and not request.instruments:
        raise RequestError("no players are given; give an ensemble or instruments")
    usual = request.ensemble and most_usual(request.ensemble, request.styles)
    players = usual or _asked_ensemble([i.name for i in request.instruments])
    desks = [Desk(part, BY_NAME[part.instrument]) for part in map(seated, players.parts)]
    pitched = [desk for desk in desks if not desk.instrument.is_drums]
    if not pitched:
        raise RequestError("drums alone cannot play a piece; give instruments with pitches too")
    check_beats(piece)
    core = core_of(pitched)
    piece = quantise(piece)
    if not _is_played_already(piece, desks):
        lines = lines_of(piece)
        lost = seat_lines(core, lines, piece.ticks_per_quarter)
        lead = lead_desk(core, lines[0])
        extra = [desk for desk in pitched if desk not in core]
        key = analyse(piece).key or prevailing_key(piece)
        double(extra, core, lead, bass_desk(core, lead), piece, key)
        seat_leftovers(extra, lost)
    else:
        pitched[0].notes = [n for part in piece.parts if not part.is_drums for n in part.notes]
    _seat_drums(piece, desks)
    parts = tuple(desk.part() for desk in desks)
    arranged = replace(piece, parts=parts, tags=replace(piece.tags, ensemble=players.name))
    return _filled(arranged, players, core, Turn(request, seed, chance, weights), progress)


def left_out(before: Piece, after: Piece) -> int:
    """How many pitched notes of a piece begin nowhere in an arrangement of it, in any octave."""
    there = {
        (note.onset_tick * before.ticks_per_quarter, note.pitch % 12)
        for part in after.parts
        if not part.is_drums
        for note in part.notes
    }
    return sum(
        (note.onset_tick * after.ticks_per_quarter, note.pitch % 12) not in there
        for part in before.parts
        if not part.is_drums
        for note in part.notes
    )


def _asked_ensemble(names: Sequence[str]) -> Ensemble:
    """Instruments as an ensemble without a name of its own; several of a kind are numbered."""
    seats = []
    for place, name in enumerate(names):
        label, number = BY_NAME[name].label, names[:place].count(name) + 1
        role = "drums" if BY_NAME[name].is_drums else ""
        seats.append(
            EnsemblePart(name, f"{label} {number}" if names.count(name) > 1 else label, role)
        )
    return Ensemble("", "", 0, tuple(seats))


def _is_played_already(piece: Piece, desks: Sequence[Desk]) -> bool:
    """Whether one instrument of the kind plays all of it: then its hands stay as they are."""
    pitched = [part for part in piece.parts if part.notes and not part.is_drums]
    wanted = [desk for desk in desks if not desk.instrument.is_drums]
    return len(pitched) == len(wanted) == 1 and pitched[0].instrument == wanted[0].instrument.name


def _seat_drums(piece: Piece, desks: Sequence[Desk]) -> None:
    """All drum parts at the first drummer's desk."""
    notes = {note for part in piece.parts if part.is_drums for note in part.notes}
    for desk in desks:
        if desk.instrument.is_drums:
            low, high = desk.instrument.low, desk.instrument.high
            desk.notes = sorted(note for note in notes if low <= note.pitch <= high)
            return


def _filled(
    piece: Piece, players: Ensemble, core: Sequence[Desk], turn: Turn, progress: Progress
) -> Piece:
    """With parts written by the model where a desk of the core, or a drummer, would sit idle."""
    names = {desk.seat.name for desk in core}
    places = [
        place
        for place, part in enumerate(piece.parts)
        if part.name in names or (part.is_drums and not part.notes)
    ]
    gaps = [(span, place) for place in places for span in _idle_spans(piece, place)]
    if not gaps:
        return piece
    draft = draft_of(piece)
    is_ordered = players.name in ("choir", "string-quartet")
    writing = Writing(
        draft,
        turn,
        chords=heard_chords(draft),
        rules=rules_for(players, None) if is_ordered else LINES,
    )
    by_span = groupby(sorted(gaps), key=lambda gap: gap[0])
    spans = [(span, [place for _, place in gaps_of_span]) for span, gaps_of_span in by_span]
    for done, ((first, last), idle) in enumerate(spans, 1):
        writing.rewrite(first, last, idle, quiet, idle)
        progress(done, len(spans))
    return writing.draft.source


def _idle_spans(piece: Piece, place: int) -> list[tuple[int, int]]:
    """Bars (first, last; from 0) in which a part rests for long while others play."""
    notes: list[Note] = list(piece.parts[place].notes)
    others = [n for i, part in enumerate(piece.parts) if i != place for n in part.notes]
    bars = bars_of(piece)
    idle = [
        index
        for index, bar in enumerate(bars)
        if _sounds(others, bar.start_tick, bar.end_tick)
        and not _sounds(notes, bar.start_tick, bar.end_tick)
    ]
    fewest = LONG_REST if notes else min(LONGEST_SILENCE, len(bars))
    runs = groupby(enumerate(idle), key=lambda item: item[1] - item[0])
    spans = [[index for _, index in run] for _, run in runs]
    return [(span[0], span[-1]) for span in spans if len(span) >= fewest]


def _sounds(notes: Sequence[Note], start_tick: int, end_tick: int) -> bool:
    return any(note.onset_tick < end_tick and note.end_tick > start_tick for note in notes)
