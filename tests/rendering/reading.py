"""Reading back what we wrote, with other people's libraries."""

from __future__ import annotations

import io
from collections import Counter
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

from composer.music.instruments import instrument_for
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece, TempoChange
from composer.rendering.score.percussion import drum_sign, drum_signs

Row = tuple[int, int, int]
"""Onset and length in ticks, and pitch."""


def piece_from_midi(path: Path) -> Piece:
    """A piece as its file has it, through symusic."""
    import symusic

    score = symusic.Score(str(path))
    parts = tuple(
        Part(
            instrument_for(track.program, track.name, track.is_drum).name,
            track.program,
            tuple(sorted(Note(n.start, n.duration, n.pitch, n.velocity) for n in track.notes)),
            track.name,
        )
        for track in score.tracks
        if track.notes
    )
    return Piece(
        parts,
        tuple(MeterChange(m.time, m.numerator, m.denominator) for m in score.time_signatures)
        or (MeterChange(0, 4, 4),),
        max(note.end_tick for part in parts for note in part.notes),
        tuple(
            KeyChange(k.time, k.key, "minor" if k.tonality else "major")
            for k in score.key_signatures
        ),
        tuple(TempoChange(t.time, t.qpm) for t in score.tempos),
        score.tpq,
        title=path.stem,
    )


_PITCH_OF_SIGN = {drum_sign(pitch)[1:]: pitch for pitch in range(127, -1, -1)}


def rows_of_part(part: Part) -> list[Row]:
    return sorted((note.onset_tick, note.length_ticks, note.pitch) for note in part.notes)


def rows_as_signs(part: Part) -> list[Row]:
    """The rows of a part; drums by the first pitch of their sign."""
    if not part.is_drums:
        return rows_of_part(part)
    signs = drum_signs({note.pitch for note in part.notes})
    return sorted(
        (onset, length, _PITCH_OF_SIGN[signs[pitch][1:]])
        for onset, length, pitch in rows_of_part(part)
    )


def rows_of_musicxml(
    text: str, ticks_per_quarter: int = 24, *, is_played_out: bool = False
) -> list[list[Row]]:
    """For each part, its notes by music21, ties joined, at sounding pitch (drums: the first
    pitch of their sign, for music21 forgets the instruments of a percussion chord).

    `is_played_out` follows the repeat signs."""
    from music21 import converter

    score = converter.parse(text, format="musicxml")
    if is_played_out:
        score = score.expandRepeats()
    by_part: dict[str, list[Row]] = {}
    for stream in score.parts:
        rows = by_part.setdefault(str(stream.id).split("-Staff")[0], [])
        rows.extend(_joined(_heads(stream, ticks_per_quarter)))
    return [sorted(rows) for rows in by_part.values()]


def _heads(stream: Any, ticks_per_quarter: int) -> list[tuple[int, int, int, str]]:
    heads = []
    sounding = stream.toSoundingPitch()
    for element in sounding.recurse().notes:
        start = Fraction(element.getOffsetInHierarchy(sounding)) * ticks_per_quarter
        end = start + Fraction(element.quarterLength) * ticks_per_quarter
        if not any(t.numberNotesActual in _ROUNDED for t in element.duration.tuplets):
            assert end - start == int(end - start)
        onset, length = _nearest(start), _nearest(end) - _nearest(start)
        if "ChordSymbol" in element.classes:
            continue
        for note in getattr(element, "notes", (element,)):
            tie = note.tie.type if note.tie else ""
            heads.append((onset, length, _pitch(note), tie))
    return heads


_ROUNDED = (5, 7, 9, 11, 13)
"""Notes of these tuplets stand between the ticks of the grid, at the nearest of which they are."""


def _nearest(ticks: Fraction) -> int:
    return floor(ticks.limit_denominator(1000) + Fraction(1, 2))


def _pitch(note: Any) -> int:
    if hasattr(note, "pitch"):
        return int(note.pitch.midi)
    return _PITCH_OF_SIGN[note.displayStep, note.displayOctave, note.notehead]


def _joined(heads: list[tuple[int, int, int, str]]) -> list[Row]:
    rows: list[Row] = []
    open_ties: dict[tuple[int, int], int] = {}
    for onset, length, pitch, tie in sorted(heads):
        start = open_ties.pop((onset, pitch)) if tie in ("continue", "stop") else onset
        if tie in ("start", "continue"):
            open_ties[(onset + length, pitch)] = start
        else:
            rows.append((start, onset + length - start, pitch))
    assert not open_ties, f"ties that nothing ends: {open_ties}"
    return rows


def measure_problems(text: str) -> list[str]:
    """Measures that a voice does not fill exactly, by the text's own durations."""
    from xml.etree import ElementTree

    problems = []
    for part in ElementTree.fromstring(text.encode()).iter("part"):
        for measure in part.iter("measure"):
            position, ends = 0, Counter[int]()
            for element in measure:
                duration = int(element.findtext("duration", "0"))
                if element.tag == "backup":
                    ends[position] += 1
                    position -= duration
                    if position:
                        problems.append(f"{part.get('id')} measure {measure.get('number')}")
                elif element.tag in ("note", "forward") and element.find("chord") is None:
                    position += duration
            ends[position] += 1
            if len(ends) > 1:
                problems.append(f"{part.get('id')} measure {measure.get('number')}: {ends}")
    return problems


def rows_of_midi(data: bytes, reader: str) -> list[list[Row]]:
    """For each part with notes, its notes as one of four libraries reads them."""
    return {
        "mido": _rows_by_mido,
        "symusic": _rows_by_symusic,
        "pretty_midi": _rows_by_pretty_midi,
        "music21": _rows_by_music21,
    }[reader](data)


def _rows_by_mido(data: bytes) -> list[list[Row]]:
    import mido

    parts = []
    for track in mido.MidiFile(file=io.BytesIO(data)).tracks:
        rows: list[Row] = []
        sounding: dict[int, int] = {}
        now = 0
        for message in track:
            now += message.time
            if message.type == "note_on" and message.velocity:
                assert message.note not in sounding, "a note overlaps one of its own pitch"
                sounding[message.note] = now
            elif message.type == "note_off":
                start = sounding.pop(message.note)
                rows.append((start, now - start, message.note))
        assert not sounding, "a note is never ended"
        if rows:
            parts.append(sorted(rows))
    return parts


def _rows_by_symusic(data: bytes) -> list[list[Row]]:
    import symusic

    score = symusic.Score.from_midi(data)
    return [
        sorted((n.start, n.duration, n.pitch) for n in track.notes)
        for track in score.tracks
        if track.notes
    ]


def _rows_by_pretty_midi(data: bytes) -> list[list[Row]]:
    import pretty_midi

    midi = pretty_midi.PrettyMIDI(io.BytesIO(data))
    parts = []
    for instrument in midi.instruments:
        rows = []
        for note in instrument.notes:
            start, end = midi.time_to_tick(note.start), midi.time_to_tick(note.end)
            rows.append((start, end - start, note.pitch))
        parts.append(sorted(rows))
    return parts


def _rows_by_music21(data: bytes) -> list[list[Row]]:
    from music21 import midi

    file = midi.MidiFile()
    file.readstr(data)
    parts = []
    for track in file.tracks:
        rows: list[Row] = []
        sounding: dict[int, int] = {}
        now = 0
        for event in track.events:
            if event.isDeltaTime():
                now += event.time
            elif event.isNoteOn():
                sounding[event.pitch] = now
            elif event.isNoteOff():
                start = sounding.pop(event.pitch)
                rows.append((start, now - start, event.pitch))
        if rows:
            parts.append(sorted(rows))
    return parts
