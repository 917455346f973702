"""A piece as a cell of a notebook shows it: a table, a player, and the score.

One block of HTML without scripts, so that it also shows where a notebook is not trusted to run any.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from html import escape

from composer.music.bars import bars_of, prevailing_key, prevailing_meter, prevailing_tempo
from composer.music.facts import Chord
from composer.music.keys import printed_key_name
from composer.music.normalise import normalise
from composer.music.piece import GRID_TICKS_PER_QUARTER, Piece
from composer.played.quantise import quantise

MOST_PAGES = 3
MOST_SECONDS_OF_SOUND = 180.0
Row = tuple[str, str]
"""A name and what is to be said of it."""


def notebook_html(
    piece: Piece, rows: Sequence[Row] = (), *, seed: int = 0, chords: Sequence[Chord] = ()
) -> str:
    """A table of what the piece is and of `rows`, a player, and the first pages of the score.

    A piece off the grid is brought onto it for the score. `seed` is that of the performance,
    `chords` are printed over the score.
    """
    from composer.rendering.musicxml.musicxml import musicxml_text
    from composer.rendering.pages.engraving import svg_pages
    from composer.rendering.performance.audio import sound_of
    from composer.rendering.performance.midi import midi_bytes

    if piece.ticks_per_quarter != GRID_TICKS_PER_QUARTER:
        piece = normalise(quantise(piece))
    sound = sound_of(midi_bytes(piece, seed=seed)).small()
    sound = sound._replace(
        samples=sound.samples[: round(MOST_SECONDS_OF_SOUND * sound.frames_per_second)]
    )
    player = b64encode(sound.as_wav(sound.gains())).decode()
    pages = svg_pages(musicxml_text(piece, chords=chords, repeats=True))
    shown = "".join(f'<div style="max-width:50em">{page}</div>' for page in pages[:MOST_PAGES])
    left = len(pages) - MOST_PAGES
    more = f"<p>and {left} page{'s' * (left > 1)} more</p>" if left > 0 else ""
    return (
        f"<div><h4>{escape(piece.title or 'Untitled')}</h4>{_table([*_facts(piece), *rows])}"
        f'<p><audio controls src="data:audio/wav;base64,{player}"></audio></p>'
        f'<div style="background:white;color:black;max-height:60em;overflow:auto">{shown}</div>'
        f"{more}</div>"
    )


def _facts(piece: Piece) -> list[Row]:
    key, tempo = prevailing_key(piece), prevailing_tempo(piece)
    parts = (f"{part.name or part.instrument} ({len(part.notes)} notes)" for part in piece.parts)
    rows = [
        ("key", printed_key_name(key) if key else ""),
        ("meter", str(prevailing_meter(piece))),
        ("tempo", f"{tempo.quarters_per_minute:g} quarters a minute" if tempo else ""),
        ("bars", str(len(bars_of(piece)))),
        ("parts", ", ".join(parts)),
    ]
    return [row for row in rows if row[1]]


def _table(rows: Iterable[Row]) -> str:
    cells = "".join(
        f'<tr><th style="text-align:left">{escape(name)}</th>'
        f'<td style="text-align:left">{escape(words)}</td></tr>'
        for name, words in rows
    )
    return f"<table>{cells}</table>"
