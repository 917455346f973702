"""How near is a piece to the music that the model was trained on, beside how near people come?

Passages are found in any key, and in halved or doubled values, by the index of
`composer.corpus.copying`. What any two pieces of a style share is no copy: so the same measure is
told of held-out music by people.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from composer.corpus.copying import CopyIndex, HumanShare, Passage, copying_index
from composer.music.bars import Bar, bars_of
from composer.music.piece import GRID_TICKS_PER_QUARTER, Piece

MOST_PASSAGES = 5


@dataclass(frozen=True, slots=True)
class NearPassage:
    """A run of notes that a training work has too, and where: part by name, bars from 1.

    `source_bar` is where it begins in `file` of `corpus`.
    """

    notes: int
    part: str
    first_bar: int
    last_bar: int
    corpus: str
    file: str
    source_bar: int
    title: str
    composer: str
    licence: str


@dataclass(frozen=True, slots=True)
class Originality:
    """The passages nearest to training music, longest first; none where none can be found.

    `human` is what people share with the same works in a piece of about this length.
    """

    passages: tuple[NearPassage, ...]
    human: HumanShare

    @property
    def longest_notes(self) -> int:
        return self.passages[0].notes if self.passages else 0


def originality(
    piece: Piece, given: Piece | None = None, index: CopyIndex | None = None
) -> Originality:
    """The training passages nearest to a piece, one a work, at most five.

    A piece written into `given` answers only for the notes that `given` lacks. Raises FileError
    where the index cannot be read.
    """
    index = index or copying_index()
    passages = index.passages(piece, MOST_PASSAGES, given)
    human = index.human_share(len(bars_of(piece)))
    return Originality(tuple(_near(passage, piece) for passage in passages), human)


def is_too_close(found: Originality) -> bool:
    """Whether a piece shares more than 99 of 100 pieces by people do: such a one is a copy."""
    return found.longest_notes > found.human.percentile_99


def _near(passage: Passage, piece: Piece) -> NearPassage:
    bars, part = bars_of(piece), piece.parts[passage.part]
    source = passage.source
    return NearPassage(
        passage.notes,
        part.name or part.instrument,
        _bar_at(bars, passage.start_tick, piece),
        _bar_at(bars, passage.last_tick, piece),
        source.corpus,
        source.path,
        passage.source_bar,
        source.title,
        source.composer,
        source.licence,
    )


def _bar_at(bars: list[Bar], grid_tick: int, piece: Piece) -> int:
    tick = grid_tick * piece.ticks_per_quarter // GRID_TICKS_PER_QUARTER
    return max(1, bisect_right(bars, tick, key=lambda bar: bar.start_tick))
