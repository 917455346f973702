"""Who plays which line: by role, by register, and by what an instrument played before."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import combinations

from composer.composing.verbs.lines import Line
from composer.composing.verbs.players import Desk
from composer.music.piece import Note

MOST_CORE_DESKS = 6
"""Of more desks than this some carry the music, and the rest double them."""
_FEWEST_STRINGS = 4
_FEWEST_NOTES_SHARE = 0.1
"""An inner line with fewer notes than this, of the fullest one's, needs no desk of its own."""
_SAME_INSTRUMENT = 12.0
"""What playing one's own line is worth, in semitones of register."""


def core_of(desks: Sequence[Desk]) -> list[Desk]:
    """The desks that carry the music: all, or the strings of an orchestra, or a spread of five."""
    if len(desks) <= MOST_CORE_DESKS:
        return list(desks)
    strings = [d for d in desks if d.instrument.section == "strings"]
    strings = [d for d in strings if d.instrument.name != "contrabass"] or strings
    if len(strings) >= _FEWEST_STRINGS:
        return strings
    ordered = sorted(desks, key=lambda desk: -desk.centre)
    picked = {round(index * (len(ordered) - 1) / 4) for index in range(5)}
    chosen = [ordered[index] for index in sorted(picked)]
    return [desk for desk in desks if desk in chosen]


def lead_desk(desks: Sequence[Desk], melody: Line) -> Desk:
    """Who has the melody: the seat of that role, or the first that can reach most of its notes."""
    for desk in desks:
        if desk.seat.role == "melody":
            return desk

    def reached(desk: Desk) -> float:
        low, high = desk.instrument.low, desk.instrument.high
        return sum(low <= note.pitch <= high for note in melody.notes) / len(melody.notes)

    return max(desks, key=lambda desk: round(reached(desk), 1))


def bass_desk(desks: Sequence[Desk], lead: Desk) -> Desk:
    """Who has the bass: the seat of that role, or the one of the lowest register."""
    others = [desk for desk in desks if desk is not lead] or [lead]
    for desk in others:
        if desk.seat.role == "bass":
            return desk
    return min(others, key=lambda desk: desk.centre)


def seat_lines(desks: Sequence[Desk], lines: Sequence[Line], ticks_per_quarter: int) -> list[Note]:
    """Lay the lines on the desks; the notes for which there was no place.

    Melody and bass are laid first; whole inner lines go to whole desks, the fullest first; what
    is left goes wherever it can be played between the outer voices.
    """
    melody, *rest = lines
    lead = lead_desk(desks, melody)
    low = bass_desk(desks, lead)
    top = lead.lay_line(melody.notes, ticks_per_quarter)
    bass = next((line for line in rest if line.role == "bass"), None)
    bottom = low.lay_bass(bass.notes, ticks_per_quarter) if bass else []
    frame = _Frame(top, bottom, [*melody.notes, *(bass.notes if bass else ())])
    inner = [line for line in rest if line is not bass]
    free = [desk for desk in desks if desk not in (lead, low) and not desk.is_chordal]
    seated = _matched(inner, free)
    for line, desk in seated:
        desk.lay_line([frame.inside(note) for note in line.notes], ticks_per_quarter)
    done = [line for line, _ in seated]
    left = [note for line in inner if line not in done for note in line.notes]
    if bass and not low.is_chordal:
        left += [note for desk in desks if _has_left_hand(desk, lead) for note in bass.notes]
    left.sort(key=lambda note: (note.onset_tick, -note.pitch))
    order = sorted(desks, key=lambda desk: (not desk.is_chordal, desk is lead))
    return [note for note in left if not _found_a_place(note, order, frame)]


def seat_leftovers(desks: Sequence[Desk], notes: Sequence[Note]) -> None:
    """Lay what found no place among the first desks where others can play it."""
    for note in notes:
        _found_a_place(note, desks, _Frame([], [], []))


class _Frame:
    """The outer voices as they were laid: between them there is room for all others."""

    def __init__(self, top: Sequence[Note], bottom: Sequence[Note], before: Sequence[Note]) -> None:
        self.top, self.bottom = top, bottom
        self.before = {(note.onset_tick, note.pitch) for note in before}

    def at(self, tick: int) -> tuple[int, int]:
        """The lowest and the highest pitch for who begins at a tick."""
        bottom, top = _note_at(self.bottom, tick), _note_at(self.top, tick)
        low, high = bottom.pitch if bottom else 0, top.pitch if top else 127
        return (low, high) if low < high else (0, 127)

    def inside(self, note: Note) -> Note:
        """The note, octaves away where an outer voice was brought to its other side."""
        low, high = self.at(note.onset_tick)
        if not self._moved(note.onset_tick):
            return note
        shifts = (0, -12, 12, -24, 24)
        inside = [shift for shift in shifts if low <= note.pitch + shift <= high]
        return note._replace(pitch=note.pitch + inside[0]) if inside else note

    def _moved(self, tick: int) -> bool:
        outer = [_note_at(line, tick) for line in (self.top, self.bottom)]
        return any(n and (n.onset_tick, n.pitch) not in self.before for n in outer)


def _note_at(line: Sequence[Note], tick: int) -> Note | None:
    index = bisect_right(line, tick, key=lambda note: note.onset_tick) - 1
    return line[index] if index >= 0 and line[index].end_tick > tick else None


def _matched(lines: Sequence[Line], desks: Sequence[Desk]) -> list[tuple[Line, Desk]]:
    """The fullest lines, each with a desk, high lines with high desks: the pairs that fit best."""
    most = max((len(line.notes) for line in lines), default=0)
    full = [line for line in lines if len(line.notes) >= _FEWEST_NOTES_SHARE * most]
    count = min(len(full), len(desks))
    chosen = sorted(full, key=lambda line: -len(line.notes))[:count]
    chosen.sort(key=lambda line: -line.mean_pitch)
    ordered = sorted(desks, key=lambda desk: -desk.centre)

    def cost(players: Sequence[Desk]) -> float:
        return sum(
            abs(line.mean_pitch - desk.centre)
            - _SAME_INSTRUMENT * (line.instrument == desk.instrument.name)
            for line, desk in zip(chosen, players, strict=True)
        )

    players = min(combinations(ordered, count), key=cost)
    return list(zip(chosen, players, strict=True))


def _has_left_hand(desk: Desk, lead: Desk) -> bool:
    """Whether an accompanist plays the bass too, though another desk has it."""
    return desk.instrument.staves == 2 and desk is not lead and not desk.seat.role


def _found_a_place(note: Note, desks: Sequence[Desk], frame: _Frame) -> bool:
    """Chordal desks are asked first, then the others from the nearest on."""
    low, high = frame.at(note.onset_tick)
    nearest = sorted(desks, key=lambda desk: abs(desk.centre - note.pitch) * (not desk.is_chordal))
    if any(desk.lay(note, low, high) for desk in (*nearest,)):
        return True
    return any(
        other.onset_tick == note.onset_tick and (other.pitch - note.pitch) % 12 == 0
        for desk in desks
        for other in desk.around(note.onset_tick, note.onset_tick + 1)
    )
