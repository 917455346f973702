"""A piece in words and numbers, for people and for programs."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any

from composer.analysis.analyse import analyse
from composer.analysis.ensemble import estimate_ensemble
from composer.analysis.key_finding import estimate_section_keys
from composer.analysis.style import estimate_style
from composer.music.bars import Bar, bars_of, prevailing_meter, prevailing_tempo
from composer.music.chords import chord_symbol
from composer.music.facts import Facts
from composer.music.keys import key_name
from composer.music.moods import nearest_mood
from composer.music.piece import KeyChange, Piece


def describe(piece: Piece, facts: Facts | None = None) -> dict[str, Any]:
    """What a piece is, ready for JSON; None or empty where it cannot be known.

    `key` ("D minor"), `keys` (bar and key of each section), `meter` ("3/4"),
    `quarters_per_minute`, `bars`, `notes`, `parts` (instrument and notes), `ensemble`, `style`
    (name to probability), `mood` (`valence`, `arousal`, `word`), `form` ("AABA"), `chords` (a list
    of `bar`, `beat`, `symbol`; beats in the meter's own unit, both from 1) and `texture`. What a
    corpus tagged is under `tags`; `ensemble` and `style` are judged by the notes alone, and mood is
    relative to the style where the piece is tagged with one. `facts` saves analysing it again.
    """
    known = facts or analyse(piece)
    bars = bars_of(piece)
    tempo = prevailing_tempo(piece)
    return {
        "title": piece.title,
        "key": key_name(known.key) if known.key else None,
        "keys": [
            {"bar": _bar_at(bars, key.tick).number, "key": key_name(key)}
            for key in estimate_section_keys(piece)
        ],
        "meter": str(prevailing_meter(piece)),
        "quarters_per_minute": round(tempo.quarters_per_minute, 2) if tempo else None,
        "bars": len(bars),
        "notes": piece.note_count,
        "parts": [
            {"instrument": part.instrument, "name": part.name, "notes": len(part.notes)}
            for part in piece.parts
        ],
        "ensemble": estimate_ensemble(piece) or None,
        "style": estimate_style(piece, facts=known),
        "mood": _mood(known),
        "form": known.form,
        "chords": _chords(piece, known, bars),
        "texture": _texture(known),
        "tags": _tags(piece),
    }


def _mood(facts: Facts) -> dict[str, Any]:
    word = None
    if facts.valence is not None and facts.arousal is not None:
        word = nearest_mood(facts.valence, facts.arousal).name
    return {"valence": facts.valence, "arousal": facts.arousal, "word": word}


def _chords(piece: Piece, facts: Facts, bars: list[Bar]) -> list[dict[str, Any]]:
    rows = []
    spelling = _written_or_heard(piece, facts)
    for chord in facts.chords:
        bar = _bar_at(bars, chord.tick)
        beat_ticks = 4 * piece.ticks_per_quarter / bar.meter.denominator
        beat = 1 + (chord.tick - bar.start_tick) / beat_ticks
        rows.append(
            {
                "bar": bar.number,
                "beat": int(beat) if beat == int(beat) else round(beat, 3),
                "symbol": chord_symbol(chord, spelling),
            }
        )
    return rows


def _written_or_heard(piece: Piece, facts: Facts) -> KeyChange | None:
    """The key that spells chords: the heard one, in the written signature where they agree."""
    heard = facts.key
    for written in piece.keys:
        if heard and (written.fifths - heard.fifths) % 12 == 0:
            return heard._replace(fifths=written.fifths)
    return heard


def _bar_at(bars: list[Bar], tick: int) -> Bar:
    return bars[max(0, bisect_right(bars, tick, key=lambda bar: bar.start_tick) - 1)]


def _texture(facts: Facts) -> dict[str, Any]:
    measures: dict[str, Any] = {
        "onsets_per_quarter": facts.onsets_per_quarter,
        "mean_pitch": facts.mean_pitch,
        "loudness": facts.loudness,
        "legato": facts.legato,
        **facts.extra,
    }
    return {name: None if v is None else round(v, 3) for name, v in measures.items()}


def _tags(piece: Piece) -> dict[str, str]:
    tags = piece.tags
    named = {
        "style": tags.style,
        "composer": tags.composer,
        "ensemble": tags.ensemble,
        "mood": tags.mood,
    }
    return {name: value for name, value in named.items() if value}
