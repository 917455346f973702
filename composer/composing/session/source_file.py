"""What a file said beside its notes (`Piece.source`), for the file of a session."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from composer.music.piece import KeyChange, MeterChange, Part, TempoChange
from composer.music.source import Grace, Lyric, Message, Source, Symbol, Track


def plain_source(source: Source, parts: Sequence[int], score: int) -> dict[str, Any]:
    """A source for JSON: messages as text of one character a byte; its parts and its score as
    numbers in the tables of the session."""
    return {
        "ticks_per_quarter": source.ticks_per_quarter,
        "parts": parts,
        "score": score,
        "played": source.played_measures,
        "measures": source.measure_ticks,
        "charset": source.charset,
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


def source_of(stored: dict[str, Any], parts: Sequence[Part], scores: Sequence[str]) -> Source:
    """The source that `plain_source` made JSON of; older sessions kept no score and of the parts
    only their places."""
    if "places" in stored:
        read = tuple(
            Part("piano", program, (), name, track=track, channel=channel)
            for track, channel, program, name in stored["places"]
        )
    else:
        read = tuple(parts[number] for number in stored["parts"])
    return Source(
        stored["ticks_per_quarter"],
        parts=read,
        musicxml=scores[stored["score"]] if scores else "",
        played_measures=tuple(stored.get("played", ())),
        measure_ticks=tuple(stored.get("measures", ())),
        charset=stored.get("charset", "utf-8"),
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
