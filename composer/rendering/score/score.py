"""From a piece to its written score: order of parts, signatures, measures, spelling."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from composer.music.bars import Bar, bars_of, key_at
from composer.music.facts import Chord
from composer.music.normalise import on_grid
from composer.music.overlaps import without_overlaps
from composer.music.piece import GRID_TICKS_PER_QUARTER, KeyChange, MeterChange, Part, Piece
from composer.music.source import Symbol as StatedChord
from composer.played.quantise import quantise
from composer.rendering.score.articulation import staccato_places
from composer.rendering.score.division import divide
from composer.rendering.score.notation import (
    BarSigns,
    Place,
    Score,
    place_of,
    printed_places,
    printed_tick,
)
from composer.rendering.score.part_names import printed_names
from composer.rendering.score.pickup import with_pickup
from composer.rendering.score.repeats import fold, unfolded
from composer.rendering.score.score_order import in_score_order, needs_one_staff
from composer.rendering.score.signatures import signatures_of
from composer.rendering.score.spelling import Spelling, spell_pitches
from composer.rendering.score.staves import Frame, staves_of, write_part
from composer.rendering.score.strums import gathered
from composer.rendering.score.sung_words import words_under
from composer.rendering.score.voice_lengths import with_two_lines
from composer.rendering.score.written_lengths import (
    is_performed,
    with_lengths_of_hands,
    with_written_lengths,
)


def build_score(piece: Piece, *, repeats: bool = False, pickup: bool = True) -> Score:
    """The score of a piece; a piece off the grid is brought onto it first (`quantise`, which
    finds what a player meant, and `on_grid`).

    A piece that begins with silence begins with a pickup (`with_pickup`, unless told otherwise),
    strums are chords (`gathered`: the only notes whose onsets are not those of the piece), and
    lengths are those that a player reads (`written_lengths`, `with_two_lines`); `Score.piece` is
    the piece as written.
    Parts that never play are not in it.
    With `repeats`, what comes twice in a row is printed once between repeat signs.
    """
    piece = for_page(piece)
    parts = in_score_order([part for part in piece.parts if part.notes] or piece.parts)
    parts = [replace(part, notes=tuple(without_overlaps(part.notes))) for part in parts]
    strums = [gathered(part) for part in parts]
    piece = replace(piece, parts=tuple(strum.part for strum in strums))
    # the beats are those of whole bars, so lengths are read before a pickup cuts the first
    readings = [_read(part, piece) for part in piece.parts]
    whole = replace(piece, parts=tuple(reading.part for reading in readings))
    piece = with_pickup(whole) if pickup else whole
    silence = whole.end_tick - piece.end_tick
    piece = replace(piece, keys=signatures_of(piece))
    words = [words_under(part, piece.source, silence) for part in piece.parts]
    folded = fold(piece) if repeats and not any(words) else unfolded(piece)
    piece = folded.piece
    bars = bars_of(piece)
    frames = _frames(bars, piece, folded.signs)
    names, spellings = printed_names(piece), _spell(piece)
    written = []
    for number, part in enumerate(piece.parts):
        reading, rolled = readings[number], strums[number].rolled
        staff_at = printed_places(folded.cuts, reading.staff_at, silence)
        staff_part = write_part(
            part,
            names[number],
            spellings[number],
            frames,
            reading.staves,
            [staff_at[place_of(note)] for note in part.notes],
            staccato=printed_places(folded.cuts, reading.staccato, silence),
            rolled=printed_places(folded.cuts, rolled, silence),
        )
        written.append(replace(staff_part, lyrics=words[number]))
    symbols = piece.source.symbols if piece.source is not None else ()
    return Score(
        piece, tuple(written), _has_pickup(bars), folded.signs, folded.cuts, symbols, silence
    )


def for_page(piece: Piece) -> Piece:
    """The piece on the grid as it is written: a player's onsets where they were meant, those of a
    score where they stand."""
    if piece.ticks_per_quarter == GRID_TICKS_PER_QUARTER:
        return piece
    is_score = piece.source is not None and piece.source.is_score
    return on_grid(piece if is_score else quantise(piece))


def printed_chords(
    chords: Sequence[Chord], piece: Piece, score: Score
) -> list[Chord | StatedChord]:
    """The chords at ticks of the printed piece, without those of passages left out; where none are
    given those that the piece's file states."""
    scale = GRID_TICKS_PER_QUARTER / piece.ticks_per_quarter
    on_grid = [chord._replace(tick=round(chord.tick * scale)) for chord in chords]
    moved = (
        (chord, printed_tick(score.cuts, max(0, chord.tick - score.silence_ticks)))
        for chord in on_grid or score.symbols
    )
    return [chord._replace(tick=tick) for chord, tick in moved if tick is not None]


class _Reading(NamedTuple):
    """A part with the lengths that its player reads, and what is said of its notes by place: the
    staff (of `staves`), and whether they get a staccato dot."""

    part: Part
    staves: int
    staff_at: dict[Place, int]
    staccato: dict[Place, bool]


def _read(part: Part, piece: Piece) -> _Reading:
    """How a part is read: hands are told apart by the lengths that any reader would write; of a
    performed part each is then read by itself, and by those lengths they are told apart better."""
    written = with_written_lengths(part, piece.end_tick)
    if part.is_drums:
        return _Reading(written, 1, dict.fromkeys(map(place_of, written.notes), 1), {})
    layout = {
        "is_single_line": needs_one_staff(written, piece),
        "is_alone": len(piece.parts) == 1,
    }
    count, staves = staves_of(written, **layout)
    if is_performed(part):
        written = with_lengths_of_hands(part, staves, piece.end_tick)
        count, staves = staves_of(written, **layout)
    written = with_two_lines(written, staves, piece.end_tick)
    staff_at = dict(zip(map(place_of, written.notes), staves, strict=True))
    dots = dict.fromkeys(staccato_places(part.notes, written.notes), True)
    return _Reading(written, count, staff_at, dots)


def _spell(piece: Piece) -> list[list[Spelling]]:
    """Sounding spellings of each part's notes; all pitched parts are heard together."""
    rows = sorted(
        (note.onset_tick, note.pitch, number, index)
        for number, part in enumerate(piece.parts)
        if not part.is_drums
        for index, note in enumerate(part.notes)
    )
    found = spell_pitches([row[0] for row in rows], [row[1] for row in rows], piece.keys)
    spellings = [[Spelling("C", 0, 4)] * len(part.notes) for part in piece.parts]
    alike = _spelled_alike(rows, found, piece)
    for (_, _, number, index), spelling in zip(rows, alike, strict=True):
        spellings[number][index] = spelling
    return spellings


_FARTHEST_ALIKE_BARS = 4
"""What comes again later may have another reason to be spelled as it is."""


def _spelled_alike(
    rows: Sequence[tuple[int, int, int, int]], found: Sequence[Spelling], piece: Piece
) -> list[Spelling]:
    """The spellings (of rows of onset, pitch, part and index) with bars that are the same music
    under the same signature, not far from each other, spelled as most of them are."""
    starts = [bar.start_tick for bar in bars_of(piece)]
    bars = [max(0, bisect_right(starts, onset) - 1) for onset, *_ in rows]
    places = [
        (onset - starts[bar], pitch, number)
        for (onset, pitch, number, _), bar in zip(rows, bars, strict=True)
    ]
    contents: dict[int, list[tuple[int, int, int]]] = {}
    for bar, place in zip(bars, places, strict=True):
        contents.setdefault(bar, []).append(place)
    fifths = {bar: key.fifths if (key := key_at(piece, starts[bar])) else 0 for bar in contents}
    kinds: dict[int, tuple[object, int]] = {}
    last: dict[object, tuple[int, int]] = {}  # of each content, its last bar and its cluster
    for bar in sorted(contents):
        content = (fifths[bar], tuple(contents[bar]))
        before, cluster = last.get(content, (bar, 0))
        cluster += bar - before > _FARTHEST_ALIKE_BARS
        kinds[bar], last[content] = (content, cluster), (bar, cluster)
    votes: dict[object, Counter[Spelling]] = {}
    for bar, place, spelling in zip(bars, places, found, strict=True):
        votes.setdefault((kinds[bar], place), Counter())[spelling] += 1
    return [
        votes[kinds[bar], place].most_common(1)[0][0]
        for bar, place in zip(bars, places, strict=True)
    ]


def _has_pickup(bars: Sequence[Bar]) -> bool:
    return (
        len(bars) > 1
        and bars[0].length_ticks < bars[1].length_ticks
        and bars[1].start_tick == bars[1].meter.tick
    )


def _frames(bars: Sequence[Bar], piece: Piece, signs: Sequence[BarSigns]) -> list[Frame]:
    """The measures; a pickup is written in the meter that follows it."""
    has_pickup = _has_pickup(bars)
    frames: list[Frame] = []
    shown_meter: MeterChange | None = None
    shown_key: KeyChange | None = None
    for position, bar in enumerate(bars):
        is_pickup = has_pickup and position == 0
        meter = bars[1].meter if is_pickup else bar.meter
        full = 4 * GRID_TICKS_PER_QUARTER * meter.numerator // meter.denominator
        offset = full - bar.length_ticks if is_pickup else 0
        division = divide(meter.numerator, meter.denominator, bar.length_ticks, offset)
        key = _key_in(piece.keys, bar)
        new_key = key if shown_key is None or key[1:] != shown_key[1:] else None
        new_meter = meter if shown_meter is None or meter[1:] != shown_meter[1:] else None
        shown_key, shown_meter = key, meter
        is_joint = _is_joint(signs, position)
        frames.append(Frame(bar, division, new_key, new_meter, is_joint))
    return frames


def _is_joint(signs: Sequence[BarSigns], position: int) -> bool:
    """Whether a bar is played after another than the one printed before it."""
    own = signs[position]
    before = signs[position - 1] if position else BarSigns()
    return own.begins_repeat or own.begins_ending or before.ends_repeat or before.ends_ending


def _key_in(keys: Sequence[KeyChange], bar: Bar) -> KeyChange:
    """The key in force where the bar begins; one that comes inside it waits for the next bar."""
    return keys[max(0, bisect_right([key.tick for key in keys], bar.start_tick) - 1)]
