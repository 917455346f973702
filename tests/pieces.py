"""Random pieces for property-based tests, and real ones of every corpus."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from composer.corpus.corpus import Work, find_corpora
from composer.music.instruments import INSTRUMENTS
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece, Tags, TempoChange
from tests.shared import CORPORA

METERS = ((4, 4), (3, 4), (6, 8), (2, 2), (5, 4), (7, 8), (3, 1), (17, 32), (1, 8), (12, 8))


@st.composite
def notes(draw: st.DrawFn, end_tick: int, low: int, high: int) -> tuple[Note, ...]:
    drawn = draw(
        st.lists(
            st.builds(
                Note,
                st.integers(0, end_tick - 1),
                st.integers(1, 4000),
                st.integers(low, high),
                st.integers(1, 127),
            ),
            min_size=1,
            max_size=25,
        )
    )
    return tuple(sorted(drawn))


@st.composite
def pieces(draw: st.DrawFn) -> Piece:
    """Any piece a file may hold: odd resolutions, meters, overlaps, many parts."""
    ticks_per_quarter = draw(st.sampled_from([24, 96, 120, 480, 1000]))
    end_tick = draw(st.integers(ticks_per_quarter, 40 * ticks_per_quarter))
    changes = sorted({0, *draw(st.lists(st.integers(1, end_tick - 1), max_size=3))})
    parts = draw(st.lists(st.sampled_from(INSTRUMENTS), min_size=1, max_size=20))
    return Piece(
        parts=tuple(
            Part(
                instrument.name,
                0 if instrument.is_drums else instrument.program,
                draw(notes(end_tick, instrument.low, instrument.high)),
            )
            for instrument in parts
        ),
        meters=tuple(MeterChange(tick, *draw(st.sampled_from(METERS))) for tick in changes),
        end_tick=end_tick,
        keys=tuple(
            KeyChange(tick, draw(st.integers(-7, 7)), draw(st.sampled_from(["major", "minor"])))
            for tick in changes
            if draw(st.booleans())
        ),
        tempi=tuple(TempoChange(tick, draw(st.floats(10, 400))) for tick in changes),
        ticks_per_quarter=ticks_per_quarter,
        title="a random piece",
    )


def without_words(piece: Piece) -> Piece:
    """The music alone: titles, tags and names of parts are not music."""
    return replace(
        piece,
        title="",
        tags=Tags(),
        parts=tuple(replace(part, name="", role="") for part in piece.parts),
    )


def real_works(per_corpus: int) -> list[Work]:
    """Evenly spread works of every shared corpus."""
    works: list[Work] = []
    for corpus in find_corpora(CORPORA):
        everything = list(corpus.works())
        step = max(1, len(everything) // per_corpus)
        works += everything[::step][:per_corpus]
    return works
