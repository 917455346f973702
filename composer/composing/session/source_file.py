"""What a file said beside its notes (`Piece.source`), for the file of a session.

The parts as they were read are not stored: a piece of a session counts as changed, so its pages are
written anew, and the score itself is not kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from composer.music.piece import KeyChange, MeterChange, Part, TempoChange
from composer.music.source import Grace, Lyric, Message, Source, Symbol, Track


def plain_source(source: Source) -> dict[str, Any]:
    """A source for JSON: messages as text of one character a byte."""
    return {
        "ticks_per_quarter": source.ticks_per_quarter,
        "places": [[part.track, part.channel, part.program, part.name] for part in source.parts],
        "meters": source.meters,
        "keys": source.keys,
        "tempi": source.tempi,
        "end": source.end_tick,
        "tracks": [
            [_plain(track.messages), track.end_tick, _plain(track.releases)]
            for track in source.tracks
        ],
        "lyrics": source.lyrics,
        "graces": source.graces,
        "symbols": source.symbols,
        "is_score": source.is_score,
    }


def source_of(stored: dict[str, Any]) -> Source:
    """The source that `plain_source` made JSON of."""
    return Source(
        stored["ticks_per_quarter"],
        parts=tuple(
            Part("piano", program, (), name, track=track, channel=channel)
            for track, channel, program, name in stored["places"]
        ),
        meters=tuple(MeterChange(*change) for change in stored["meters"]),
        keys=tuple(KeyChange(*change) for change in stored["keys"]),
        tempi=tuple(TempoChange(*change) for change in stored["tempi"]),
        end_tick=stored["end"],
        tracks=tuple(
            Track(_messages(messages), end, *map(_messages, releases))
            for messages, end, *releases in stored["tracks"]
        ),
        lyrics=tuple(tuple(Lyric(*word) for word in of_part) for of_part in stored["lyrics"]),
        graces=tuple(
            tuple(
                Grace(tick, tuple(map(tuple, chords)), tuple(main), leans)
                for tick, chords, main, leans in of_part
            )
            for of_part in stored.get("graces", ())
        ),
        symbols=tuple(Symbol(*symbol) for symbol in stored["symbols"]),
        is_score=stored["is_score"],
    )


def _plain(messages: Sequence[Message]) -> list[list[Any]]:
    return [[tick, data.decode("latin-1")] for tick, data in messages]


def _messages(stored: Sequence[Sequence[Any]]) -> tuple[Message, ...]:
    return tuple(Message(tick, text.encode("latin-1")) for tick, text in stored)
