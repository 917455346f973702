"""What a user asks for, checked and resolved; nothing here needs a model."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from composer.composing.asking.timing import FASTEST, SLOWEST, Cue, Timing, check_timing
from composer.composing.asking.timing import MOST_BARS as MOST_BARS
from composer.errors import RequestError
from composer.music.bars import bars_of
from composer.music.chords import (
    CHORD_INTERVALS,
    Harmony,
    Progression,
    parse_progression,
    print_progression,
)
from composer.music.ensembles import Ensemble, find_ensemble
from composer.music.instruments import BY_NAME, INSTRUMENTS, Instrument
from composer.music.keys import beside, key_name, key_of, parse_key, scale
from composer.music.meters import parse_meter
from composer.music.moods import Mood, find_mood
from composer.music.names import compact, look_up, on_one_line
from composer.music.normalise import MOST_PARTS, MOST_PARTS_OF_AN_INSTRUMENT
from composer.music.piece import KeyChange
from composer.music.presets import find_preset
from composer.music.styles import Style, find_style
from composer.tokens.fields import Kind

if TYPE_CHECKING:
    from composer.composing.asking.influence import Influence
    from composer.music.piece import Piece

Fields = dict[tuple[Kind, str], int]

USUAL_BARS = 16
USUAL_CANDIDATES = 4
"""From how many the critic chooses: side by side they cost hardly twice the time of one."""
MOST_GUIDANCE = 4.0
_SIGN_OF_A_ROOT = re.compile(r"\b[A-G]([#♯b♭])")


class Weighted(NamedTuple):
    """One style of a blend; the shares of a blend add up to one."""

    style: Style
    share: float


class MoodFrom(NamedTuple):
    """A mood that holds from a bar (from 1) until the next."""

    bar: int
    mood: Mood


@dataclass(frozen=True, slots=True)
class Request:
    """The fields that are given; None or empty where they are free.

    `blend` are the styles of a blend (`style` is then the first of the largest share) and
    `mood_curve` the moods of a piece that has several (`mood` is then the one that holds longest).
    `roles` are those of the `instruments`, where they are known. `guidance` strengthens style and
    mood: 0 leaves them as the model learned them. `form` is a row of letters, a section each.
    `timing` is an exact duration and `cue` the bars and tempi that meet it, once they are found;
    until then `bars` is only a limit unless they are given. `like` is a piece that the free fields
    are taken from; then, and with a cue, `header` are fields of the whole piece that are given
    with it, `plan` those of each bar, and `copies` the bars (from 0) that repeat an earlier one.
    `melody` is a piece whose melody this one begins with. One that `loops` does not close.
    """

    bars: int
    style: Style | None = None
    blend: tuple[Weighted, ...] = ()
    mood: Mood | None = None
    mood_curve: tuple[MoodFrom, ...] = ()
    guidance: float = 0.0
    chords: Progression = ()
    form: str = ""
    key: KeyChange | None = None
    mode: str = ""
    meter: tuple[int, int] | None = None
    quarters_per_minute: float | None = None
    ensemble: Ensemble | None = None
    instruments: tuple[Instrument, ...] = ()
    roles: tuple[str, ...] = ()
    title: str = ""
    timing: Timing | None = None
    bars_are_given: bool = True
    cue: Cue | None = None
    like: Influence | None = None
    header: Fields = field(default_factory=dict)
    plan: tuple[Fields, ...] = ()
    copies: dict[int, int] = field(default_factory=dict)
    melody: Piece | None = None
    loops: bool = False

    @property
    def styles(self) -> list[tuple[Style, float]]:
        """The styles that are asked for, with shares that add up to one; none where none is."""
        alone = [(self.style, 1.0)] if self.style else []
        return [(one.style, one.share) for one in self.blend] or alone

    def asked(self) -> dict[str, str | int | float]:
        """What was asked, in the words of the command line."""
        words: dict[str, str | int | float | None] = {
            "style": _blend_words(self.blend) or (self.style.name if self.style else None),
            "mood": _curve_words(self.mood_curve) or (self.mood.name if self.mood else None),
            "guidance": self.guidance or None,
            "bars": self.bars if self.bars_are_given else None,
            "seconds": self.timing.seconds if self.timing else None,
            "hit": self.timing.hit_seconds if self.timing else None,
            "key": key_name(self.key) if self.key else self.mode or None,
            "meter": f"{self.meter[0]}/{self.meter[1]}" if self.meter else None,
            "tempo": self.quarters_per_minute,
            "ensemble": self.ensemble.name if self.ensemble else None,
            "instruments": ", ".join(i.name for i in self.instruments) or None,
            "chords": print_progression(self.chords, self.key) if self.chords else None,
            "form": self.form or None,
            "melody": self.melody.title if self.melody else None,
            "like": self.like.in_words(self.bars) if self.like else None,
        }
        return {name: value for name, value in words.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a user asks for, in words; empty or None where nothing is said.

    `style` may be a blend ("bach:0.6, joplin:0.4"), `mood` a curve ("calm@1 tense@17"), `key` a
    whole key ("D minor", or a value) or a mode ("minor"), `chords` symbols or Roman numerals bar by
    bar ("Dm7 G7 | Cmaj7"), `form` letters ("AABA"), `instruments` names, in a list or with commas
    ("violin,cello"). With `seconds` the bars follow, unless they are given too. A `melody` decides
    bars (or how many at least), key and meter.
    """

    style: str = ""
    mood: str = ""
    bars: int | None = None
    key: str | KeyChange = ""
    meter: str = ""
    tempo: float | None = None
    ensemble: str = ""
    instruments: str | Sequence[str] = ()
    preset: str = ""
    title: str = ""
    chords: str = ""
    form: str = ""
    guidance: float = 0.0
    seconds: float | None = None
    hit: float | None = None
    melody: Piece | None = None
    like: Piece | None = None


def make_request(**words: Any) -> Request:
    """Resolve the words of a `Wish` (its fields) to values. A preset, then a piece `like` this,
    fill in what is not given. Raises RequestError, naming what was given and what is allowed."""
    wish = Wish(**words)
    if wish.melody is not None:
        wish = replace(wish, bars=_bars_with(wish.melody, wish))
    if wish.ensemble and wish.instruments:
        raise RequestError(
            "an ensemble and instruments both say who plays; leave --ensemble or --instruments out"
        )
    timing = _timing(wish.seconds, wish.hit)
    flags = find_preset(wish.preset).flags() if wish.preset else {}
    influence = _influence(wish.like)
    has_players = bool(wish.ensemble or wish.instruments or flags)
    roles = influence.roles if influence and not has_players else ()
    wish = _by_preset(wish, flags) if flags else wish
    wish = _by_influence(wish, influence, has_players) if influence else wish
    mode, key = _mode_or_key(wish.key)
    bars_are_given = timing is None or wish.bars is not None
    progression = parse_progression(wish.chords, key) if wish.chords else ()
    bars = wish.bars
    if bars is None:
        usual = _usual_bars(flags, influence) if bars_are_given else MOST_BARS
        sections = len(wish.form.strip())
        bars = _whole_bars(usual, len(progression), sections) if bars_are_given else usual
    bars = _bars(bars)
    if len(progression) > bars:
        raise RequestError(
            f"{len(progression)} bars of chords do not fit into {bars} bars; give "
            f"{len(progression)} bars or more, or several chords a bar with | between the bars"
        )
    blend = _blend(wish.style) if ":" in wish.style else ()
    curve = _mood_curve(wish.mood, bars) if "@" in wish.mood else ()
    if progression and key is None:
        key = _key_of_chords(progression, mode, wish.chords)
    main_style = _main_style(wish.style, blend)
    players = _instruments(wish.instruments, main_style)
    request = Request(
        bars=bars,
        style=main_style,
        blend=blend,
        mood=main_mood(curve, bars) if curve else find_mood(wish.mood) if wish.mood else None,
        mood_curve=curve,
        guidance=_guidance(wish.guidance),
        chords=progression,
        form=_form(wish.form, bars if bars_are_given else None),
        key=key,
        mode=mode,
        meter=parse_meter(wish.meter or "4/4") if wish.meter or progression else None,
        quarters_per_minute=_tempo(wish.tempo),
        ensemble=find_ensemble(wish.ensemble) if wish.ensemble else None,
        instruments=players,
        roles=roles or roles_in_a_band(players),
        title=on_one_line(wish.title),
        timing=timing,
        bars_are_given=bars_are_given,
        melody=_alone(wish.melody) if wish.melody is not None else None,
    )
    return _influenced(request, influence) if influence else request


def _by_preset(wish: Wish, flags: Mapping[str, str]) -> Wish:
    """What a preset adds; a melody decides key, meter and tempo, a duration the tempo."""
    is_free = wish.melody is None
    sets_tempo = wish.tempo is None and wish.seconds is None and is_free
    return replace(
        wish,
        style=wish.style or flags.get("style", ""),
        mood=wish.mood or flags.get("mood", ""),
        ensemble=wish.ensemble or ("" if wish.instruments else flags.get("ensemble", "")),
        key=wish.key or (flags.get("mode", "") if is_free else ""),
        meter=wish.meter or (flags.get("meter", "") if is_free else ""),
        tempo=float(flags["tempo"]) if sets_tempo else wish.tempo,
    )


def _by_influence(wish: Wish, influence: Influence, has_players: bool) -> Wish:
    """What a piece adds that the new one is to be like; its players where there are none."""
    return replace(
        wish,
        style=wish.style or influence.style,
        key=wish.key or influence.mode,
        meter=wish.meter or influence.meter,
        tempo=influence.tempo if wish.tempo is None and wish.seconds is None else wish.tempo,
        ensemble=wish.ensemble if has_players else influence.ensemble,
        instruments=wish.instruments if has_players else influence.instruments,
    )


def _mode_or_key(key: str | KeyChange) -> tuple[str, KeyChange | None]:
    if isinstance(key, KeyChange):
        return "", key
    mode = key.strip().lower()
    if mode in ("", "major", "minor"):
        return mode, None
    return "", parse_key(key)


def _timing(seconds: float | None, hit: float | None) -> Timing | None:
    if seconds is not None:
        return check_timing(seconds, hit)
    if hit is not None:
        raise RequestError("--hit needs a duration; give --seconds too")
    return None


def _bars_with(melody: Piece, wish: Wish) -> int:
    """The bars of a melody, or more if they are given."""
    bars = wish.bars
    for name in ("key", "meter", "form", "seconds", "like"):
        if getattr(wish, name):
            raise RequestError(
                f"--{name} is not possible beside --melody, which decides key, meter, form and "
                f"duration; leave --{name} out"
            )
    there = len(bars_of(melody))
    if bars is not None and bars < there:
        raise RequestError(
            f"{bars} bars are not possible with a melody of {there}; give {there} or more, or "
            "leave --bars out"
        )
    return there if bars is None else bars


def _alone(piece: Piece) -> Piece:
    """A piece with nothing but its melody: the part of that role, or the one most often highest."""
    from composer.analysis.melody import melody_place

    return replace(piece, parts=(piece.parts[melody_place(piece)],))


def _influence(like: Piece | None) -> Influence | None:
    if like is None:
        return None
    from composer.composing.asking.influence import influence_of

    return influence_of(like)


def _usual_bars(flags: dict[str, str], influence: Influence | None) -> int:
    usual = int(flags.get("bars", USUAL_BARS))
    return influence.bars or usual if influence and not flags else usual


def _whole_bars(usual: int, chord_bars: int, sections: int) -> int:
    """The bars nearest to the usual number in which chords and sections come out even, or, where
    that would be many more, the sections."""
    unit = math.lcm(max(1, chord_bars), max(1, sections))
    if unit > max(2 * usual, chord_bars):
        unit = max(1, sections)
    return unit * max(1, -(-chord_bars // unit), round(usual / unit))


def _influenced(request: Request, influence: Influence) -> Request:
    """The request with what is taken bar by bar; a mood or a form of its own goes before."""
    header, plan = dict(influence.header), list(influence.plan)
    if request.mood is None:
        header |= influence.mood
        plan = [bar | mood for bar, mood in zip(plan, influence.moods, strict=True)]
    copies = {} if request.form else influence.copies
    if request.form:
        plan = [{key: v for key, v in bar.items() if key[1] in _NOT_FORM} for bar in plan]
    return replace(request, like=influence, header=header, plan=tuple(plan), copies=copies)


_NOT_FORM = ("density", "valence", "arousal")


def _blend(text: str) -> tuple[Weighted, ...]:
    parts = [part.partition(":") for part in text.split(",")]
    try:
        weights = [float(weight) for _, _, weight in parts]
    except ValueError:
        weights = []
    if not weights or min(weights) < 0 or not sum(weights) > 0:
        raise RequestError(
            f"style blend {text!r} is not possible; give styles with shares, such as "
            "bach:0.6,joplin:0.4"
        )
    total = sum(weights)
    return tuple(
        Weighted(find_style(name), weight / total)
        for (name, _, _), weight in zip(parts, weights, strict=True)
    )


def _main_style(style: str, blend: tuple[Weighted, ...]) -> Style | None:
    if blend:
        return max(blend, key=lambda weighted: weighted.share).style
    return find_style(style) if style else None


def _mood_curve(text: str, bars: int) -> tuple[MoodFrom, ...]:
    curve = []
    for point in text.split():
        word, _, bar = point.rpartition("@")
        if not word or not bar.isdigit() or not 1 <= int(bar) <= bars:
            raise RequestError(
                f"mood {point!r} has no bar of the piece (1 to {bars}); give moods with bars, "
                f"such as calm@1 tense@{bars // 2 + 1}"
            )
        curve.append(MoodFrom(int(bar), find_mood(word)))
    return tuple(sorted(curve, key=lambda point: point.bar))


def main_mood(curve: Sequence[MoodFrom], bars: int) -> Mood:
    """The mood of a curve that holds longest."""
    ends = [point.bar for point in curve[1:]] + [bars + 1]
    spans = [end - point.bar for point, end in zip(curve, ends, strict=True)]
    return curve[spans.index(max(spans))].mood


def _guidance(guidance: float) -> float:
    if not 0 <= guidance <= MOST_GUIDANCE:
        raise RequestError(f"guidance {guidance:g} is not possible; give 0 to {MOST_GUIDANCE:g}")
    return guidance


def _form(form: str, bars: int | None) -> str:
    letters = form.strip().upper()
    if letters and not letters.isalpha():
        raise RequestError(f"form {form!r} is not possible; give letters such as AABA")
    if letters and bars is not None and bars % len(letters):
        raise RequestError(
            f"{bars} bars do not divide into the {len(letters)} sections of form {letters}; give "
            f"a multiple of {len(letters)} bars"
        )
    return letters


def _key_of_chords(progression: Progression, mode: str, chords: str) -> KeyChange:
    """The key whose scale holds most of the chords, its tonic first or last where that ties; one of
    six sharps or flats has those of the roots in the text of the chords."""
    harmonies = [harmony for bar in progression for harmony in bar if harmony.quality != "none"]
    keys = [key_of(tonic, m) for m in ("major", "minor") for tonic in range(12)]

    def merit(key: KeyChange) -> float:
        tones = scale(key)
        inside = sum(
            (harmony.root + interval) % 12 in tones
            for harmony in harmonies
            for interval in CHORD_INTERVALS[harmony.quality]
        )
        ends = [harmony.root == tones[0] for harmony in (*harmonies[:1], *harmonies[-1:])]
        tonic = [harmony for harmony in harmonies if harmony.root == tones[0]]
        right_third = sum(_is_minor(harmony) == (key.mode == "minor") for harmony in tonic)
        return inside + sum(ends) + right_third

    key = max((key for key in keys if mode in ("", key.mode)), key=merit)
    signs = _SIGN_OF_A_ROOT.findall(chords)
    return beside(key, (KeyChange(0, 1 if sign in "#♯" else -1, key.mode) for sign in signs))


def _is_minor(harmony: Harmony) -> bool:
    intervals = CHORD_INTERVALS[harmony.quality]
    return 3 in intervals and 4 not in intervals


def _blend_words(blend: tuple[Weighted, ...]) -> str:
    return ",".join(f"{weighted.style.name}:{weighted.share:.3g}" for weighted in blend)


def _curve_words(curve: tuple[MoodFrom, ...]) -> str:
    return " ".join(f"{point.mood.name}@{point.bar}" for point in curve)


def _bars(bars: int) -> int:
    if not 1 <= bars <= MOST_BARS:
        raise RequestError(f"{bars} bars are not possible; give 1 to {MOST_BARS}")
    return bars


def _tempo(quarters_per_minute: float | None) -> float | None:
    if quarters_per_minute is not None and not SLOWEST <= quarters_per_minute <= FASTEST:
        raise RequestError(
            f"a tempo of {quarters_per_minute:g} is not possible; "
            f"give {SLOWEST:g} to {FASTEST:g} quarters a minute"
        )
    return quarters_per_minute


def roles_in_a_band(players: Sequence[Instrument]) -> tuple[str, ...]:
    """Who has which role beside drums, where that is plain: drums, the plucked bass, who leads of
    those that play one note at a time, and chords of the others. Empty without drums."""
    if not any(player.is_drums for player in players) or len(players) == 1:
        return ()
    single = [place for place, player in enumerate(players) if player.is_monophonic]
    roles = []
    for place, player in enumerate(players):
        if player.is_drums or player.name in PLUCKED_BASSES:
            roles.append("drums" if player.is_drums else "bass")
        elif player.is_monophonic:
            roles.append("melody" if place == single[0] else "harmony")
        else:
            roles.append("chords" if single else "")
    return tuple(roles)


PLUCKED_BASSES = ("acoustic-bass", "electric-bass", "synth-bass")
_BAND_SECTIONS = ("drums", "plucked", "synth")


def _plucked(found: Sequence[Instrument], style: Style | None) -> tuple[Instrument, ...]:
    """The bass of a band is plucked, where nobody else sings: "piano,drums,bass"."""
    others = [instrument for instrument in found if instrument.name != "bass"]
    sings = any(instrument.section == "voice" for instrument in others)
    in_band = any(i.section in _BAND_SECTIONS or "sax" in i.name for i in others)
    if sings or not in_band:
        return tuple(found)
    is_acoustic = style is not None and "acoustic-bass" in style.conventions
    plucked = BY_NAME["acoustic-bass" if is_acoustic else "electric-bass"]
    return tuple(plucked if instrument.name == "bass" else instrument for instrument in found)


def _instruments(names: str | Sequence[str], style: Style | None = None) -> tuple[Instrument, ...]:
    if isinstance(names, str):
        names = [name for name in map(str.strip, names.split(",")) if name]
    table = {compact(i.name): i for i in INSTRUMENTS} | {compact(i.label): i for i in INSTRUMENTS}
    known = [instrument.name for instrument in INSTRUMENTS]
    found = tuple(
        look_up(name, table, "instrument", known, f"there are {', '.join(known)}") for name in names
    )
    found = _plucked(found, style)
    if len(found) > MOST_PARTS:
        raise RequestError(f"{len(found)} instruments are too many; give at most {MOST_PARTS}")
    for instrument in found:
        if found.count(instrument) > MOST_PARTS_OF_AN_INSTRUMENT:
            raise RequestError(
                f"{found.count(instrument)} parts for {instrument.name} are too many; "
                f"give at most {MOST_PARTS_OF_AN_INSTRUMENT}"
            )
    return found
