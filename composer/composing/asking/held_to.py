"""What is asked of a piece that is there already, as one request: what verbs write by, and what the
report holds their piece to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from composer.analysis.key_finding import estimate_key
from composer.composing.asking.request import MOST_BARS, Request, make_request
from composer.music.bars import bars_of, prevailing_key, prevailing_meter, prevailing_tempo
from composer.music.instruments import BY_NAME
from composer.music.piece import Piece


def held_to(
    given: Piece,
    *,
    more_bars: int = 0,
    has_its_parts: bool = True,
    style: str = "",
    mood: str = "",
    ensemble: str = "",
    instruments: str | Sequence[str] = (),
    chords: str = "",
) -> Request:
    """What a piece written into another is held to: the other's bars, key, meter, tempo and
    (with `has_its_parts`) parts, and what is asked beyond that.

    `style` may be a blend and `mood` a curve over the bars of the whole; Roman numerals of `chords`
    are read in the key that is heard, or else written. Raises RequestError for words nobody knows.
    """
    key, meter, tempo = estimate_key(given), prevailing_meter(given), prevailing_tempo(given)
    bars = len(bars_of(given)) + more_bars
    asked = make_request(
        style=style,
        mood=mood,
        ensemble=ensemble,
        instruments=instruments,
        chords=chords,
        key=(key or prevailing_key(given) or "") if chords else "",
        bars=min(bars, MOST_BARS),
    )
    return replace(
        asked,
        bars=bars,
        key=key,
        meter=(meter.numerator, meter.denominator),
        quarters_per_minute=tempo.quarters_per_minute if tempo else None,
        instruments=tuple(BY_NAME[part.instrument] for part in given.parts if part.notes)
        if has_its_parts
        else asked.instruments,
    )
