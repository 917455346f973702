"""A picture of a piece: time across, pitch upwards, a colour a part, chords and sections above."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from composer.music.bars import bars_of, in_force
from composer.music.chords import fifths_of_chord
from composer.music.facts import Chord
from composer.music.piece import Part, Piece
from composer.rendering.pages.typesetting import typeset
from composer.rendering.score.part_names import part_names
from composer.rendering.score.signatures import signatures_of
from composer.rendering.score.spelling import spelling_at
from composer.rendering.score.words import chord_sign

Section = tuple[int, str]
"""A tick and what begins there."""

COLOURS = (
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7f3c8d", "#666666",
)  # fmt: skip
"""Okabe and Ito's palette, which colour-blind people can tell apart, and two more."""

_WIDTH, _ROW, _LEFT, _TOP, _FOOT = 1600, 6, 40, 56, 40
_PIXELS_PER_INCH = 144
_BLACK_KEYS = frozenset({1, 3, 6, 8, 10})
_ACCIDENTALS = {-1: "♭", 0: "", 1: "♯"}


def roll_svg(
    piece: Piece, *, chords: Sequence[Chord] = (), sections: Sequence[Section] = ()
) -> str:
    """The piano roll as the text of an SVG. Louder notes are more opaque; drums lie at the foot."""
    pitches = [note.pitch for part in piece.parts for note in part.notes] or [60]
    low, high = min(pitches) - 2, max(pitches) + 2
    height = _TOP + (high - low + 1) * _ROW + _FOOT
    scale = (_WIDTH - _LEFT - 10) / max(1, piece.end_tick)

    def across(tick: int) -> float:
        return _LEFT + tick * scale

    shapes = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        'font-family="Libertinus Serif, serif" font-size="14">',
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
    ]
    for pitch in range(low, high + 1):
        y = _TOP + (high - pitch) * _ROW
        if pitch % 12 in _BLACK_KEYS:
            width = _WIDTH - _LEFT - 10
            shapes.append(
                f'<rect x="{_LEFT}" y="{y}" width="{width}" height="{_ROW}" fill="#f2f2f2"/>'
            )
        if pitch % 12 == 0:
            shapes.append(f'<text x="4" y="{y + _ROW}" font-size="11">C{pitch // 12 - 1}</text>')
    bottom = height - _FOOT
    bars = bars_of(piece)
    every = max(1, len(bars) // 24)
    for bar in bars:
        x = across(bar.start_tick)
        shapes.append(f'<path d="M{x:.1f} {_TOP}V{bottom}" stroke="#cccccc"/>')
        if (bar.number - 1) % every == 0:
            shapes.append(f'<text x="{x:.1f}" y="{bottom + 14}" font-size="11">{bar.number}</text>')
    for number, part in enumerate(piece.parts):
        shapes += _notes(part, COLOURS[number % len(COLOURS)], high, scale)
    for tick, words in sections:
        shapes.append(
            f'<text x="{across(tick):.1f}" y="18" font-weight="bold">{escape(words)}</text>'
        )
    shapes += _chord_names(piece, chords, scale)
    shapes += _legend(piece, height)
    return "\n".join([*shapes, "</svg>"])


def _notes(part: Part, colour: str, high: int, scale: float) -> list[str]:
    shapes = []
    for note in part.notes:
        x = _LEFT + note.onset_tick * scale
        width = max(1.5, note.length_ticks * scale - 0.5)
        y = _TOP + (high - note.pitch) * _ROW
        opacity = 0.45 + 0.55 * (note.velocity or 80) / 127
        shapes.append(
            f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_ROW}" rx="1.5" '
            f'fill="{colour}" fill-opacity="{opacity:.2f}"/>'
        )
    return shapes


def _chord_names(piece: Piece, chords: Sequence[Chord], scale: float) -> list[str]:
    """Names over the roll, none where it would run into the one before."""
    keys = signatures_of(piece)
    shapes = []
    free_from = 0.0
    for chord in chords:
        x = _LEFT + chord.tick * scale
        if x < free_from:
            continue
        root = spelling_at(fifths_of_chord(chord, in_force(keys, chord.tick))[0])
        name = chord_sign(chord).text
        if chord.quality != "none":
            name = root.step + _ACCIDENTALS.get(root.alter, "") + name
        shapes.append(f'<text x="{x:.1f}" y="42" font-size="12">{escape(name)}</text>')
        free_from = x + 8 * len(name) + 6
    return shapes


def _legend(piece: Piece, height: int) -> list[str]:
    shapes = []
    x = float(_LEFT)
    for number, name in enumerate(part_names(piece)):
        colour = COLOURS[number % len(COLOURS)]
        shapes.append(
            f'<rect x="{x:.0f}" y="{height - 16}" width="10" height="10" fill="{colour}"/>'
        )
        shapes.append(
            f'<text x="{x + 14:.0f}" y="{height - 6}" font-size="12">{escape(name)}</text>'
        )
        x += 30 + 7 * len(name)
    return shapes


def roll_png(
    piece: Piece, *, chords: Sequence[Chord] = (), sections: Sequence[Section] = ()
) -> bytes:
    """The piano roll as a PNG image."""
    svg = roll_svg(piece, chords=chords, sections=sections)
    page = "#set page(width: 800pt, height: auto, margin: 0pt)\n"
    page += '#image("roll.svg", width: 100%)'
    return typeset(page, {"roll.svg": svg}, format="png", ppi=_PIXELS_PER_INCH)[0]
