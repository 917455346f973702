"""The report beside every piece: what was asked, what was achieved, and how original it is.

`docs/report.md` documents the keys. What was achieved is judged by the notes, never read off the
request: the key is heard, the range counted, chords and form compared note for note.
"""

from __future__ import annotations

import json
import math
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from composer.analysis.analyse import analyse
from composer.analysis.describe import describe
from composer.analysis.ending import ending
from composer.analysis.following import chords_followed, form_followed
from composer.analysis.key_finding import agreement, estimate_key
from composer.analysis.melody import tune_kept
from composer.analysis.mood import moods_of_sections, seconds_of
from composer.analysis.paces import notes_per_second, people_play
from composer.analysis.tune import tune_place
from composer.composing.asking.line_ups import line_ups_of
from composer.composing.asking.request import Request
from composer.composing.asking.timing import NEAR_TEMPO
from composer.composing.field import Field, Plain
from composer.composing.originality import is_too_close, originality
from composer.composing.roles_played import player_fields
from composer.music.bars import bars_of, prevailing_tempo
from composer.music.chords import place_progression
from composer.music.facts import Facts
from composer.music.instruments import BY_NAME
from composer.music.keys import key_name, respelled
from composer.music.moods import Mood, nearest_mood
from composer.music.piece import Piece
from composer.music.playable import is_playable
from composer.music.styles import Style
from composer.rendering.files import write_whole
from composer.rendering.kept_files import remember
from composer.tokens.fields import FORMAT_VERSION

SECONDS_APART = 0.05
LIKELIEST_STYLES = 3
KEEP_THE_TUNE = ("arrange", "harmonize")
"""Verbs after which the tune is there, whole."""
FASTER = 1.25
"""Times as fast as 97 of 100 parts: nobody is asked to play that."""


def report(
    piece: Piece,
    request: Request,
    *,
    verb: str,
    seed: int,
    fingerprint: str,
    said: Mapping[str, Any] | None = None,
    given: Piece | None = None,
) -> dict[str, Any]:
    """Everything about a piece that was made, as plain values for JSON.

    `request` is what the piece is held to (`held_to` for a piece written into another, `given`),
    `said` what the user said, word for word, if not the same; `fingerprint` names the weights.
    Raises FileError where the copying index cannot be read.
    """
    words = request.asked() if said is None else said
    fields = achieved(piece, request, given, keeps_tune=verb in KEEP_THE_TUNE)
    told: dict[str, Any] = _plain(
        {
            "request": {"verb": verb, **words},
            "achieved": {field.name: field.plain() for field in fields},
            "seed": seed,
            "versions": versions(fingerprint),
            "originality": _originality(piece, given),
        }
    )
    told["request"] = {k: v for k, v in told["request"].items() if v not in (None, "", [])}
    return told


def versions(fingerprint: str) -> dict[str, Any]:
    """What must be the same for a seed to give the same notes again."""
    from importlib.metadata import version

    return {
        "composer": version("symbolic-composer"),
        "python": platform.python_version(),
        "onnxruntime": version("onnxruntime"),
        "event_format": FORMAT_VERSION,
        "weights": fingerprint,
    }


def achieved(
    piece: Piece, request: Request, given: Piece | None = None, *, keeps_tune: bool = False
) -> list[Field]:
    """The fields of a piece beside those of a request, and of `given` how much is unchanged; with
    `keeps_tune` its tune is to be there, whole."""
    facts = analyse(piece)
    told = describe(piece, facts)
    return [
        style_field(told["style"], request),
        _mood(piece, facts, request),
        _same("bars", request.asked().get("bars"), told["bars"]),
        _key(piece, request),
        _meter(piece, request),
        _tempo(piece, request),
        _parts(piece, request),
        *player_fields(piece, request, is_into_another=given is not None),
        _chords(piece, told["chords"], request),
        _form(piece, facts.form, request),
        _ending(piece, request, is_into_another=given is not None),
        _range(piece),
        Field("notes", None, piece.note_count),
        _seconds(piece, request),
        *([_hit(piece, request)] if "hit" in request.asked() else []),
        *([_unchanged(piece, given), *_tune(piece, given, keeps_tune)] if given else []),
    ]


def write_report(value: Mapping[str, Any], folder: Path, name: str) -> Path:
    """Write `folder/name.json`, whole or not at all. Raises FileError where that is impossible."""
    path = folder / f"{name}.json"
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)
    data = f"{text}\n".encode()
    remember({path: data})
    write_whole(path, data)
    return path


def _same(name: str, asked: Plain, found: Plain) -> Field:
    return Field(name, asked, found, None if asked is None else asked == found)


def style_field(heard: Mapping[str, float], request: Request) -> Field:
    """Kept if among the likeliest three, as that of 94 of 100 real pieces is; achieved is how sure
    the judge is of it: "baroque: 31 %, third of 24".

    Of a blend, or where nobody can hear a style, nobody can tell.
    """
    asked = request.asked().get("style")
    likeliest = next(iter(heard), None)
    wanted = _judged_as(request.style, heard) if request.style and not request.blend else ""
    if not wanted:
        return Field("style", asked, likeliest and _in_words(likeliest, heard))
    kept = wanted in list(heard)[:LIKELIEST_STYLES]
    words = _in_words(wanted, heard)
    if wanted != likeliest:
        words += f" (first: {likeliest}, {heard[likeliest]:.0%})" if likeliest else ""
    return Field("style", asked, words, kept, heard.get(wanted, 0.0))


_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")


def _in_words(style: str, heard: Mapping[str, float]) -> str:
    from composer.analysis.style import load_weights

    styles, names = len(load_weights().styles), list(heard)
    place = names.index(style) if style in names else len(_PLACES)
    words = _PLACES[place] if place < len(_PLACES) else "later than ninth"
    return f"{style}: {heard.get(style, 0.0):.0%}, {words} of {styles}"


def _judged_as(style: Style, heard: Mapping[str, float]) -> str:
    """The style by which the notes are judged: a composer's is the parent."""
    from composer.analysis.style import load_weights

    known = load_weights().styles if heard else ()
    return next((name for name in (style.name, style.parent) if name in known), "")


def _mood(piece: Piece, facts: Facts, request: Request) -> Field:
    """Kept where it lies in the quadrant that was asked for; a curve, where all its moods do, each
    heard in its own bars alone."""
    asked = request.asked().get("mood")
    if request.mood_curve:
        starts = [point.bar - 1 for point in request.mood_curve]
        found = [_mood_at(*mood) for mood in moods_of_sections(piece, starts)]
        wanted = [point.mood for point in request.mood_curve]
        words = [f"{m.name}@{start + 1}" for m, start in zip(found, starts, strict=True) if m]
        kept = _all_in_quadrant(wanted, found)
        each = [_all_in_quadrant([w], [m]) for w, m in zip(wanted, found, strict=True)]
        return Field("mood", asked, " ".join(words) or None, kept, each.count(True) / len(each))
    heard = _mood_at(facts.valence, facts.arousal)
    kept = _all_in_quadrant([request.mood], [heard]) if request.mood else None
    return Field("mood", asked, heard.name if heard else None, kept)


def _mood_at(valence: float | None, arousal: float | None) -> Mood | None:
    if valence is None or arousal is None:
        return None
    return Mood(nearest_mood(valence, arousal).name, valence, arousal)


def _all_in_quadrant(wanted: Sequence[Mood], found: Sequence[Mood | None]) -> bool | None:
    if None in found:
        return None
    return all(
        (mood.valence >= 0, mood.arousal >= 0) == (heard.valence >= 0, heard.arousal >= 0)
        for mood, heard in zip(wanted, found, strict=True)
        if heard
    )


def _key(piece: Piece, request: Request) -> Field:
    """As heard. A key beside chords is no wish about the notes: the chords decide."""
    heard, asked = estimate_key(piece), request.asked().get("key")
    name = key_name(respelled(heard, request.key)) if heard else None
    if asked is None or request.chords:
        return Field("key", asked, name)
    if heard is None:
        return Field("key", asked, None, False)
    if request.key is None:
        return Field("key", asked, name, heard.mode == request.mode)
    return Field("key", asked, name, agreement(heard, request.key) == "exact")


def _meter(piece: Piece, request: Request) -> Field:
    found = list(dict.fromkeys(str(change) for change in piece.meters))
    asked = request.asked().get("meter")
    return Field("meter", asked, ", ".join(found), None if asked is None else found == [asked])


def _tempo(piece: Piece, request: Request) -> Field:
    tempo = prevailing_tempo(piece)
    found = round(tempo.quarters_per_minute, 3) if tempo else None
    asked = request.quarters_per_minute
    near = NEAR_TEMPO - 1 if request.timing else 0.0  # an exact duration moves the tempo a little
    kept = found is not None and math.isclose(asked or 0.0, found, rel_tol=near, abs_tol=0.001)
    return Field("tempo", asked, found, None if asked is None else kept)


def _parts(piece: Piece, request: Request) -> Field:
    """Asked by instrument, achieved by the names in the score. Of a band, or whoever else has no
    seats of its own, a line-up of the style is what was asked for."""
    found = sorted(part.instrument for part in piece.parts if part.notes)
    names = ", ".join(part.name or part.instrument for part in piece.parts)
    line_ups = [] if request.instruments else line_ups_of(request)
    if line_ups and request.ensemble:
        seats = [sorted(seat.instrument for seat in line_up) for line_up in line_ups]
        asked = f"{request.ensemble.name} as in {request.asked().get('style')}"
        return Field("parts", asked, names, found in seats)
    players = request.ensemble.parts if request.ensemble and not request.instruments else ()
    wanted = [seat.instrument for seat in players] or [i.name for i in request.instruments]
    kept = sorted(wanted) == found if wanted else None
    return Field("parts", ", ".join(wanted) or None, names, kept)


def _chords(piece: Piece, heard: Sequence[Mapping[str, Any]], request: Request) -> Field:
    """As heard, bar by bar. Kept where every chord is heard in its own time and
    notes on strong beats belong to them or are explained."""
    bars: dict[int, list[str]] = {}
    for chord in heard:
        bars.setdefault(chord["bar"], []).append(chord["symbol"])
    line = " | ".join(" ".join(bars.get(bar, ["%"])) for bar in range(1, max(bars, default=0) + 1))
    if not request.chords:
        return Field("chords", None, line or None)
    placed = place_progression(request.chords, bars_of(piece), piece.ticks_per_quarter)
    followed = chords_followed(piece, placed)
    if not followed.chords and not followed.notes:
        return Field("chords", request.asked()["chords"], line or None)
    share, kept = followed.share, followed.are_met
    return Field("chords", request.asked()["chords"], line or None, kept, share)


def _form(piece: Piece, heard: str, request: Request) -> Field:
    """Heard in sections as long as those asked for; kept where it is the one asked for."""
    if not request.form:
        return Field("form", None, heard or None)
    if len(bars_of(piece)) % len(request.form):
        return Field("form", request.form, heard or None, False)
    followed = form_followed(piece, request.form)
    return Field("form", request.form, followed.heard, followed.is_met, followed.share)


def _ending(piece: Piece, request: Request, *, is_into_another: bool) -> Field:
    """A composed piece closes: on its tonic, with a note of a beat or more; not one for a loop."""
    heard = ending(piece)
    if heard is None:
        return Field("ending", None, None)
    where = "on the tonic" if heard.is_on_tonic else "not on the tonic"
    words = f"{where}, held for {heard.beats:.2g} beats" if heard.is_held else f"{where}, not held"
    if is_into_another or request.loops:
        return Field("ending", None, words)
    return Field("ending", "on the tonic, held", words, heard.closes)


def _tune(piece: Piece, given: Piece, keeps_tune: bool) -> list[Field]:
    """Each phrase whole in one part; none where nobody has a tune."""
    if tune_place(given) is None:
        return []
    found = tune_kept(given, piece)
    words = f"{found.notes} of {found.of_notes} notes ({', '.join(found.parts)})"
    share = found.notes / found.of_notes
    if not keeps_tune:
        return [Field("tune", None, words, None, share)]
    wish = "whole, each phrase in one part"
    return [Field("tune", wish, words, found.notes == found.of_notes, share)]


def _range(piece: Piece) -> Field:
    """Every part is to be playable by one player, and no faster than people play; the share is that
    of notes in range."""
    notes = inside = 0
    for part in piece.parts:
        instrument = BY_NAME[part.instrument]
        notes += len(part.notes)
        inside += sum(instrument.low <= note.pitch <= instrument.high for note in part.notes)
    too_thick = [part.name or part.instrument for part in piece.parts if not is_playable(part)]
    word = f"more at once than one can play: {', '.join(too_thick)}" if too_thick else "playable"
    if hurried := _hurried(piece):
        word = hurried
    if inside < notes:
        word = f"{notes - inside} notes out of range"
    kept = not too_thick and not hurried
    return Field("range", "playable", word, kept, inside / max(1, notes))


def _hurried(piece: Piece) -> str:
    """Who has to play faster than people do, and how fast; empty where nobody has."""
    for part in piece.parts:
        speed = notes_per_second(piece, part)
        if speed > FASTER * people_play(part.instrument):
            return f"{part.name or part.instrument} has {speed:.0f} notes a second"
    return ""


def _seconds(piece: Piece, request: Request) -> Field:
    """An exact length is kept within 50 milliseconds."""
    asked = request.asked().get("seconds")
    if not piece.tempi:
        return Field("seconds", asked, None, None if asked is None else False)
    seconds = float(seconds_of(piece, np.array([piece.end_tick]))[0])
    kept = None if asked is None else abs(seconds - float(asked)) <= SECONDS_APART
    return Field("seconds", asked, round(seconds, 3), kept)


def _hit(piece: Piece, request: Request) -> Field:
    """The bar line nearest to the hit, in seconds; kept within 50 milliseconds."""
    asked = float(request.asked()["hit"])
    lines = seconds_of(piece, np.array([bar.start_tick for bar in bars_of(piece)]))
    nearest = min(lines.tolist(), key=lambda second: abs(second - asked))
    return Field("hit", asked, round(nearest, 3), abs(nearest - asked) <= SECONDS_APART)


def _unchanged(piece: Piece, given: Piece) -> Field:
    """How many of the given notes begin where they did, in whatever part."""
    there, before = _notes(piece), _notes(given)
    left = sum((before & there).values())
    word = f"{left} of {before.total()} notes"
    return Field("unchanged", None, word, None, left / max(1, before.total()))


def _notes(piece: Piece) -> Counter[tuple[float, int]]:
    return Counter(
        (round(note.onset_tick / piece.ticks_per_quarter, 6), note.pitch)
        for part in piece.parts
        for note in part.notes
    )


def _originality(piece: Piece, given: Piece | None) -> dict[str, Any]:
    found = originality(piece, given)
    return {
        "longest_shared_notes": found.longest_notes,
        "human": asdict(found.human),
        "within_human_95": found.longest_notes <= found.human.percentile_95,
        "too_close": is_too_close(found),
        "nearest": [asdict(passage) for passage in found.passages],
    }


def _plain(value: Any) -> Any:
    """As JSON has it: lists, words for paths, and null for what is no number."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value
