"""Words in MIDI files: lyric events, and the text events of karaoke files (.kar).

Lyric events follow the MIDI Association's RP-017 and RP-026: a syllable an event, a blank behind
the last of a word, a hyphen where one is to be seen. Karaoke files have text events in a track of
their own, "\\" and "/" before a new paragraph or line, "@" before what is no word.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from composer.corpus.midi_events import RawTrack
from composer.corpus.texts import decoded
from composer.music.names import on_one_line
from composer.music.piece import Part
from composer.music.source import LYRIC, TEXT, Lyric

_FEWEST_KARAOKE_TEXTS = 4
_LINE_MARKS = re.compile(r"[\\/\r\n]+")
_TAGS = re.compile(r"^\s*(@|\{#|%)")
_HYPHENS = "-‐"


def lyrics_of(
    tracks: Sequence[RawTrack], parts: Sequence[Part], charset: str
) -> tuple[tuple[Lyric, ...], ...]:
    """For each track the words under the part of that number; words in a track without notes stand
    under the part whose onsets they fit best."""
    found: list[tuple[Lyric, ...]] = [() for _ in tracks]
    is_karaoke = not any(m.meta_type == LYRIC for track in tracks for m in track.messages)
    with_notes = {part.track for part in parts if not part.is_drums}
    for number, track in enumerate(tracks):
        syllables = _texts(track, TEXT if is_karaoke else LYRIC, charset)
        if is_karaoke and len(syllables) < _FEWEST_KARAOKE_TEXTS:
            continue
        words = _as_words(syllables)
        home = number if number in with_notes else _home(words, parts)
        if words and home >= 0 and not found[home]:
            found[home] = words
    return tuple(found)


def _texts(track: RawTrack, meta_type: int, charset: str) -> list[tuple[int, str]]:
    texts = (
        (message.tick, decoded(message.data[2:], charset))
        for message in track.messages
        if message.meta_type == meta_type
    )
    return [(tick, text) for tick, text in texts if text and not _TAGS.match(text)]


def _as_words(syllables: Sequence[tuple[int, str]]) -> tuple[Lyric, ...]:
    """The syllables with their places in words: a word ends at a blank or a new line. In a file
    without any blank or hyphen each syllable is a word."""
    whole = "".join(text for _, text in syllables)
    if not whole.strip():
        return ()
    has_blanks = bool(re.search(r"[\s\-‐\\/]", whole.strip()))
    lyrics: list[Lyric] = []
    is_inside = False
    for position, (tick, text) in enumerate(syllables):
        following = syllables[position + 1][1] if position + 1 < len(syllables) else " "
        plain = on_one_line(_LINE_MARKS.sub(" ", text))
        bare = plain.rstrip(_HYPHENS) if len(plain) > 1 else plain
        if not bare or bare in _HYPHENS:
            continue
        starts = not is_inside or text[:1].isspace() or bool(_LINE_MARKS.match(text))
        hyphened = plain != bare
        ends = not hyphened and (
            not has_blanks
            or text[-1:].isspace()
            or following[:1].isspace()
            or bool(_LINE_MARKS.match(following))
        )
        syllabic = {
            (True, True): "single", (True, False): "begin",
            (False, False): "middle", (False, True): "end",
        }[starts, ends]  # fmt: skip
        lyrics.append(Lyric(tick, bare, syllabic))
        is_inside = not ends
    return tuple(lyrics)


def _home(words: Sequence[Lyric], parts: Sequence[Part]) -> int:
    """The track of the part at whose onsets most of the words stand, of those that play little
    else; -1 without any part."""
    best, merit = -1, 0.0
    for part in parts:
        if part.is_drums or not part.notes:
            continue
        onsets = sorted({note.onset_tick for note in part.notes})
        met = sum(_is_near(onsets, lyric.tick) for lyric in words)
        share = met / max(1, len(words)) + 0.5 * met / len(part.notes)
        if share > merit:
            best, merit = part.track, share
    return best


def _is_near(onsets: Sequence[int], tick: int) -> bool:
    place = bisect_left(onsets, tick)
    return any(abs(onset - tick) <= 2 for onset in onsets[max(0, place - 1) : place + 1])
