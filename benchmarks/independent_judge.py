"""A judge that shares nothing with composing: random requests, their files, and a second opinion.

    python -m benchmarks.independent_judge OUT [--requests N] [--seed N] [--processes N]

Random requests (`benchmarks.random_requests`) are composed into OUT; stopped, the same command
goes on. What is judged is the MIDI and MusicXML that were written, beside the words that were
asked for, by the code in this file alone: mido, numpy and the standard library. Tables
(`roles.toml`, moods, presets) are read as data. A row a field: how often it was asked for, met
and missed by this judge, and how often the report agrees; a report that is silent about a field
that was asked for does not agree. Each disagreement is a line. The mood is judged by other cues
than the report's (mode and pace), and is counted by itself; nobody judges the style here.

The rules are those of docs/report.md, written again: key by the profiles of Krumhansl and Kessler
(1982), kept where no other key fits better by more than `KEY_MARGIN`.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import mido
import numpy as np

from benchmarks.random_requests import compose_into, requests, table

KEY_MARGIN = 0.05
"""Of the correlation with a profile."""
NEUTRAL_ONSETS_PER_SECOND = 3.0
ROLES = Path(__file__).parents[1] / "composer" / "analysis" / "roles.toml"
BASS_PROGRAMS, DRUM_CHANNEL = range(32, 40), 9
ROMAN = {
    "i | iv | V7/V V7 | i": "Am | Dm | B7 E7 | Am",
    "I | N6 V7 | I": "C | Db/F G7 | C",
    "ii7 V7 | Imaj7": "Cm7 F7 | Bbmaj7",
}
"""The Roman numerals that are asked for, in the keys that they are asked in."""
TONES = {
    "": (0, 4, 7), "m": (0, 3, 7), "7": (0, 4, 7, 10), "m7": (0, 3, 7, 10), "maj7": (0, 4, 7, 11),
    "7b9": (0, 1, 4, 7, 10), "7#9": (0, 3, 4, 7, 10), "6/9": (0, 2, 4, 7, 9), "add9": (0, 2, 4, 7),
    "maj7#11": (0, 4, 6, 7, 11), "13": (0, 2, 4, 7, 9, 10),
    "9": (0, 2, 4, 7, 10), "sus4": (0, 5, 7),
}  # fmt: skip
BELONG = 0.85
"""Of the notes on strong beats."""
PROGRAMS = {
    "piano": 0, "harpsichord": 6, "organ": 19, "guitar": 24, "violin": 40, "viola": 41, "cello": 42,
    "harp": 46, "strings": 48, "trumpet": 56, "trombone": 57, "horn": 60, "tuba": 58,
    "clarinet": 71, "bassoon": 70, "oboe": 68, "flute": 73, "alto-sax": 65, "electric-guitar": 27,
    "electric-bass": 33, "acoustic-bass": 32, "contrabass": 43, "timpani": 47, "soprano": 52,
    "alto": 52, "tenor": 52, "bass": 52, "choir": 52, "voice": 54, "drums": 128,
}  # fmt: skip
OF_A_STYLE = ("band", "chamber", "ensemble", "orchestra")
"""Ensembles whose players depend on the style."""
ROLE_FIELDS = {"lead": "lead", "accompaniment": "chords", "inner parts": "inner", "bass": "bass"}
ROLE_FIELDS |= {"drums": "drums"}
LEAST_GROOVE = {"drums": 0.62, "bass": 0.73}
NEARLY_A_BEAT = 0.8
MOST_ONSETS_PER_SECOND = 20
CHORDAL = range(32)
"""Programs of keyboards, mallets and guitars: nobody's bass unless it is called one."""
SINGLE = (*range(56, 61), *range(64, 80))
"""Programs of winds, one note at a time."""
LEADERS = (52, 53, 54, *range(80, 88))
"""Programs of voices and of what General MIDI calls leads."""
LINE, LEADING_LINE = 1.5, 1.2
"""Notes at an onset, on average, of who plays a line at most, and of who leads."""
IN_LINES = (*range(8, 16), *range(40, 80))
"""Programs that play lines in a band, where the others accompany."""
RANGES = {40: (55, 103), 41: (48, 91), 42: (36, 81), 43: (28, 67), 68: (58, 91), 70: (34, 75),
          71: (50, 91), 73: (59, 96), 56: (52, 84), 57: (34, 74), 60: (34, 77),
          0: (21, 108)}  # fmt: skip
"""What a good amateur plays, by General MIDI program (Adler)."""
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@dataclass(frozen=True)
class Sheet:
    """A MIDI file: notes as (start, end, pitch, velocity, track) in ticks, and what frames them."""

    notes: np.ndarray
    programs: dict[int, int]
    drums: frozenset[int]
    meters: list[tuple[int, int, int]]
    tempi: list[tuple[int, float]]
    end: int
    quarter: int
    measures: int
    """Of the MusicXML beside it."""

    @cached_property
    def bars(self) -> list[int]:
        """The ticks of the bar lines, that at the end too."""
        lines = [0]
        changes = [*self.meters, (self.end, 0, 0)]
        for (tick, upper, lower), (until, _, _) in pairwise(changes):
            length = 4 * self.quarter * upper // lower
            while lines[-1] < until:
                lines.append(min(lines[-1] + length, until) if tick <= lines[-1] else until)
        return lines

    @cached_property
    def pitched(self) -> np.ndarray:
        return self.notes[~np.isin(self.notes[:, 4], list(self.drums))]

    @cached_property
    def tracks(self) -> list[int]:
        """Those with notes."""
        return np.unique(self.notes[:, 4]).tolist()

    def program(self, track: int) -> int:
        return 128 if track in self.drums else self.programs.get(track, 0)

    def bar_of(self, ticks: np.ndarray) -> np.ndarray:
        return np.searchsorted(self.bars, ticks, side="right") - 1

    def second_of(self, tick: int) -> float:
        changes = [(t, q) for t, q in self.tempi if t < tick] or [(0, 120.0)]
        ends = [*[t for t, _ in changes[1:]], tick]
        spans = ((end - t) / q for (t, q), end in zip(changes, ends, strict=True))
        return sum(spans) * 60 / self.quarter

    @property
    def prevailing_tempo(self) -> float:
        ends = [*[t for t, _ in self.tempi[1:]], self.end]
        return max(zip(self.tempi, ends, strict=True), key=lambda one: one[1] - one[0][0])[0][1]

    @cached_property
    def roles(self) -> dict[int, str]:
        """By track. Drums are known by their channel, a bass by its program or as the lowest of
        three lines and more. A voice or a synth lead leads, else the line that is most often on
        top, else the highest player of chords. Of the rest chords are known by notes together,
        and in a band by their program."""
        found: dict[int, str] = dict.fromkeys(self.drums, "drums")
        free = [track for track in self.tracks if track not in self.drums]
        found |= {t: "bass" for t in free if self.program(t) in BASS_PROGRAMS}
        left = [track for track in free if track not in found]
        if not left:
            return found
        together = {t: self._notes_together(t) for t in left}
        named = [t for t in left if self.program(t) in LEADERS]
        leaders = named or [t for t in left if together[t] < LEADING_LINE] or left
        lead = max(leaders, key=lambda track: (self._on_top(leaders)[track], -track))
        found[lead] = "lead"
        left.remove(lead)
        lines = {t for t in left if together[t] < LINE}
        if "bass" not in found.values() and len(left) > 1:
            lowest = min(left, key=lambda t: self.notes[self.notes[:, 4] == t][:, 2].mean())
            if lowest in lines and self.program(lowest) not in CHORDAL:
                found[lowest] = "bass"
                left.remove(lowest)
        if self.drums:
            lines = {t for t in lines if self.program(t) in IN_LINES}
        return {t: "inner" if t in lines else "chords" for t in left} | found

    def _notes_together(self, track: int) -> float:
        mine = self.notes[self.notes[:, 4] == track]
        return len(mine) / len(np.unique(mine[:, 0]))

    def _on_top(self, tracks: list[int]) -> Counter[int]:
        """How many onsets of these tracks each has the highest note at."""
        notes = self.notes[np.isin(self.notes[:, 4], tracks)]
        order = np.lexsort((-notes[:, 2], notes[:, 0]))
        _, first = np.unique(notes[order][:, 0], return_index=True)
        return Counter(notes[order][first][:, 4].tolist())

    @property
    def players(self) -> str:
        """The ensemble, where its instruments say it."""
        programs = {self.program(track) for track in self.tracks}
        if programs in ({0, 52}, {0, 53}, {0, 54}) and len(self.tracks) == 2:
            return "voice-and-piano"
        return "band" if self.drums else ""


def read(path: Path) -> Sheet:
    """A MIDI file and the MusicXML of the same name beside it."""
    file = mido.MidiFile(path)
    rows: list[tuple[int, int, int, int, int]] = []
    programs: dict[int, int] = {}
    drums, meters, tempi, end = set(), [(0, 4, 4)], [], 0
    for place, track in enumerate(file.tracks):
        tick, sounding = 0, defaultdict(list)
        for message in track:
            tick += message.time
            if message.type == "time_signature":
                meters = [m for m in meters if m[0] != tick]
                meters.append((tick, message.numerator, message.denominator))
            elif message.type == "set_tempo":
                tempi.append((tick, 60_000_000 / message.tempo))
            elif message.type == "program_change":
                programs.setdefault(place, message.program)
            elif message.type == "note_on" and message.velocity:
                sounding[message.note].append((tick, message.velocity))
                if message.channel == DRUM_CHANNEL:
                    drums.add(place)
            elif message.type in ("note_on", "note_off") and sounding[message.note]:
                start, velocity = sounding[message.note].pop(0)
                rows.append((start, tick, message.note, velocity, place))
        end = max(end, tick)
    notes = np.array(sorted(rows), dtype=np.int64).reshape(-1, 5)
    xml = ElementTree.parse(path.with_suffix(".musicxml")).getroot()
    first = xml.find("part")
    measures = len(first.findall("measure")) if first is not None else 0
    frame = (sorted(meters), tempi or [(0, 120.0)], end, file.ticks_per_beat, measures)
    return Sheet(notes, programs, frozenset(drums), *frame)


# What is asked, in the words of `asked.json`, each judged by the files alone.

Asked = Mapping[str, Any]


def bars(sheet: Sheet, asked: Asked) -> bool:
    return len(sheet.bars) - 1 == int(asked["bars"]) == sheet.measures


def meter(sheet: Sheet, asked: Asked) -> bool:
    return {f"{upper}/{lower}" for _, upper, lower in sheet.meters} == {asked["meter"]}


def tempo(sheet: Sheet, asked: Asked) -> bool:
    near = 0.1 if "seconds" in asked else 0.001
    return abs(sheet.prevailing_tempo / float(asked["tempo"]) - 1) <= near


def seconds(sheet: Sheet, asked: Asked) -> bool:
    return abs(sheet.second_of(sheet.bars[-1]) - asked["seconds"]) <= 0.05


def hit(sheet: Sheet, asked: Asked) -> bool:
    return any(abs(sheet.second_of(line) - asked["hit"]) <= 0.05 for line in sheet.bars)


def key(sheet: Sheet, asked: Asked) -> bool | None:
    if "chords" in asked:
        return None
    scores = _fits(sheet.pitched, sheet.quarter)
    if not scores:
        return False
    best, word = max(scores.values()), asked["key"].split()[-1]
    if asked["key"] in ("major", "minor"):
        return max(s for (_, mode), s in scores.items() if mode == word) > best - KEY_MARGIN
    return scores[_pitch_class(asked["key"]), word] > best - KEY_MARGIN


def form(sheet: Sheet, asked: Asked) -> bool:
    letters, lines = asked["form"], sheet.bars
    if (len(lines) - 1) % len(letters):
        return False
    length = (len(lines) - 1) // len(letters)
    contents = [
        {(n[0] - low, n[2], n[4]) for n in sheet.notes.tolist() if low <= n[0] < high}
        for low, high in pairwise(lines)
    ]
    own = min(2, length // 4)
    for place, letter in enumerate(letters):
        counted = length - (own if place == len(letters) - 1 else 0)
        for other in sorted({letters.index(letter) for letter in letters[:place]}):
            pairs = ((place * length + bar, other * length + bar) for bar in range(counted))
            alike = np.mean([_alike(contents[one], contents[two]) for one, two in pairs])
            if (alike < 0.75) if letter == letters[other] else (alike >= 0.5):
                return False
    return True


def chords(sheet: Sheet, asked: Asked) -> bool:
    text = ROMAN.get(asked["chords"], asked["chords"])
    by_bar = [bar.split() for bar in text.split("|")]
    fit = []
    for bar, (low, high) in enumerate(pairwise(sheet.bars)):
        symbols = by_bar[bar % len(by_bar)]
        for place, symbol in enumerate(symbols):
            start = low + place * (high - low) // len(symbols)
            stop = low + (place + 1) * (high - low) // len(symbols)
            there = sheet.pitched[(sheet.pitched[:, 0] < stop) & (sheet.pitched[:, 1] > start)]
            tones, known = _chord(symbol)
            if not np.isin(there[:, 2] % 12, known).any():
                return False
            fit += [
                _belongs(sheet, note, tones)
                for note in there
                if start <= note[0] and (note[0] - low) in _strong(sheet, low, high)
            ]
    return not fit or float(np.mean(fit)) >= BELONG


def parts(sheet: Sheet, asked: Asked) -> bool | None:
    """The programs that sound; of a band in a style nothing is said but that bass and drums do."""
    found = Counter(sheet.program(track) for track in sheet.tracks)
    if "instruments" in asked:
        names = asked["instruments"].split(",")
        is_bass = "drums" in names
        wanted = ["electric-bass" if name == "bass" and is_bass else name for name in names]
        return _families(found) == _families(Counter(PROGRAMS[name] for name in wanted))
    if asked["ensemble"] in OF_A_STYLE and "style" in asked:
        if asked["ensemble"] != "band":
            return None
        has_both = found[128] and any(program in BASS_PROGRAMS for program in found)
        return None if has_both else False
    row = next(e for e in table("ensembles")["ensemble"] if e["name"] == asked["ensemble"])
    if any(seat[0] not in PROGRAMS for seat in row.get("parts", [])):
        return None
    return _families(found) == _families(Counter(PROGRAMS[seat[0]] for seat in row["parts"]))


def role(name: str) -> Callable[[Sheet, Asked], bool | None]:
    """The judge of how much a role plays: of several such parts the mean."""

    def judge(sheet: Sheet, asked: Asked) -> bool | None:
        tracks = [track for track, its in sheet.roles.items() if its == name]
        if not tracks or len(sheet.tracks) < 2 or "like" in asked:  # a style from the other piece
            return None
        ensemble = asked.get("ensemble", "") or sheet.players
        usual = _usual(name, asked.get("parent", ""), ensemble) if ensemble else None
        if usual is None:
            return None
        count = len(sheet.bars) - 1
        mine = [sheet.bar_of(sheet.notes[sheet.notes[:, 4] == t][:, 0]) for t in tracks]
        playing = round(np.mean([len(np.unique(bar)) for bar in mine]))
        density = round(np.mean([len(bar) for bar in mine])) / max(1, playing)
        return bool(playing >= usual[0] * count - 1 and usual[2] <= density <= usual[3])

    return judge


def groove(sheet: Sheet, asked: Asked) -> bool | None:
    if not sheet.drums:
        return None
    for name, least in LEAST_GROOVE.items():
        tracks = [track for track, its in sheet.roles.items() if its == name]
        share = _returning(sheet, tracks, name == "drums")
        if share is not None and share < least:
            return False
    return True


def playable(sheet: Sheet, asked: Asked) -> bool:
    """In range, one note at a time for winds, and no faster than hands are."""
    for track in sheet.tracks:
        program, mine = sheet.program(track), sheet.notes[sheet.notes[:, 4] == track]
        low, high = RANGES.get(program, (0, 127))
        if program == 128:
            continue
        if not low <= mine[:, 2].min() <= mine[:, 2].max() <= high:
            return False
        if program in SINGLE and (mine[1:, 0] < mine[:-1, 1]).any():
            return False
        onsets = np.array([sheet.second_of(tick) for tick in np.unique(mine[:, 0]).tolist()])
        busiest = np.searchsorted(onsets, onsets + 2) - np.arange(len(onsets))
        if busiest.max() > 2 * MOST_ONSETS_PER_SECOND:
            return False
    return True


def ending(sheet: Sheet, asked: Asked) -> bool | None:
    """At the last onset the lowest note that sounds is the tonic; it is on a beat and lasts one."""
    notes = sheet.pitched
    if not len(notes) or "melody" in asked:
        return None
    start = notes[:, 0].max()
    lowest = notes[notes[:, 1] > start][:, 2].min()
    fits = _fits(notes, sheet.quarter)
    tonics = {tonic for (tonic, _), fit in fits.items() if fit > max(fits.values()) - KEY_MARGIN}
    low = max(line for line in sheet.bars if line <= start)
    beat = _beat(sheet, start)
    lasts = (notes[notes[:, 0] == start][:, 1] - start).max()
    on_beat = (start - low) % beat == 0
    return bool(int(lowest) % 12 in tonics and on_beat and lasts >= NEARLY_A_BEAT * beat)


def mood(sheet: Sheet, asked: Asked) -> bool | None:
    """Each section on the side of mode and pace that its mood has, where that is a clear one."""
    points = [(asked["mood"], "1")]
    if "@" in asked["mood"]:
        points = [point.rpartition("@")[::2] for point in asked["mood"].split()]
    starts = [int(bar) - 1 for _, bar in points]
    for (word, _), first, last in zip(points, starts, [*starts[1:], -1], strict=True):
        low, high = sheet.bars[first], sheet.bars[last]
        inside = sheet.pitched[(sheet.pitched[:, 0] >= low) & (sheet.pitched[:, 0] < high)]
        if len(inside) < 8 or not (scores := _fits(inside, sheet.quarter)):
            return None
        valence, arousal = _point(word)
        major = max(s for (_, mode), s in scores.items() if mode == "major")
        minor = max(s for (_, mode), s in scores.items() if mode == "minor")
        pace = len(np.unique(inside[:, 0])) / (sheet.second_of(high) - sheet.second_of(low))
        if abs(valence) > 0.3 and (major > minor) != (valence > 0):
            return False
        if abs(arousal) > 0.3 and (pace > NEUTRAL_ONSETS_PER_SECOND) != (arousal > 0):
            return False
    return True


JUDGES: dict[str, tuple[str, Callable[[Sheet, Asked], bool | None]]] = {
    "bars": ("bars", bars),
    "meter": ("meter", meter),
    "tempo": ("tempo", tempo),
    "seconds": ("seconds", seconds),
    "hit": ("hit", hit),
    "key": ("key", key),
    "form": ("form", form),
    "chords": ("chords", chords),
    "parts": ("ensemble or instruments", parts),
    **{field: ("style or ensemble", role(name)) for field, name in ROLE_FIELDS.items()},
    "groove": ("style or ensemble", groove),
    "range": ("", playable),
    "ending": ("", ending),
    "mood": ("mood", mood),
}
"""Field of the report -> what of the request it needs ("" for nothing), and its judge."""


def _fits(notes: np.ndarray, quarter: int) -> dict[tuple[int, str], float]:
    """How well every key fits: correlation of lengths by pitch class, a quarter at the
    most (a held note is no more of a key than a played one), with its profile."""
    lengths = np.minimum(notes[:, 1] - notes[:, 0], quarter)
    heard = np.bincount(notes[:, 2] % 12, weights=lengths, minlength=12)
    if not heard.any() or heard.std() == 0:
        return {}
    return {
        (tonic, mode): float(np.corrcoef(heard, np.roll(profile, tonic))[0, 1])
        for mode, profile in (("major", MAJOR), ("minor", MINOR))
        for tonic in range(12)
    }


def _pitch_class(name: str) -> int:
    return (LETTERS[name[0].upper()] + (name[1:2] == "#") - (name[1:2] == "b")) % 12


def _chord(symbol: str) -> tuple[list[int], list[int]]:
    """The pitch classes of a chord, and those by which it is known: root and third, or fifth."""
    symbol, _, low = symbol.partition("/") if symbol[-1] in LETTERS else (symbol, "", "")
    root = _pitch_class(symbol)
    tones = TONES[symbol[2 if symbol[1:2] in ("#", "b") else 1 :]]
    telling = [tone for tone in tones if tone in (0, 3, 4)]
    telling += [7] if len(telling) == 1 else []
    bass = [_pitch_class(low)] if low else []
    return [(root + t) % 12 for t in tones] + bass, [(root + t) % 12 for t in telling]


def _beat(sheet: Sheet, tick: int) -> int:
    """A dotted quarter where eighths stand in threes."""
    _, upper, lower = max(change for change in sheet.meters if change[0] <= tick)
    unit = 4 * sheet.quarter // lower
    return 3 * unit if lower >= 8 and upper % 3 == 0 else unit


def _strong(sheet: Sheet, low: int, high: int) -> set[int]:
    """The first beat, and the middle where there are four and more."""
    beats = (high - low) // _beat(sheet, low)
    return {0, (high - low) // 2} if beats >= 4 and beats % 2 == 0 else {0}


def _belongs(sheet: Sheet, note: np.ndarray, tones: list[int]) -> bool:
    """A chord tone, or a step from one at the next onset of its track."""
    if note[2] % 12 in tones:
        return True
    later = sheet.notes[(sheet.notes[:, 4] == note[4]) & (sheet.notes[:, 0] > note[0])]
    following = later[later[:, 0] == later[:, 0].min()][:, 2] if len(later) else []
    return any(1 <= abs(p - note[2]) <= 2 and p % 12 in tones for p in following)


def _families(programs: Counter[int]) -> Counter[str]:
    """Basses, saxophones and voices are as good as one another."""
    found: Counter[str] = Counter()
    for program, count in programs.items():
        if program in BASS_PROGRAMS:
            found["bass"] += count
        elif program in range(52, 55):
            found["voice"] += count
        else:
            found["saxophone" if program in range(64, 68) else str(program)] += count
    return found


def _usual(name: str, style: str, ensemble: str) -> list[float] | None:
    known = tomllib.loads(ROLES.read_text(encoding="utf-8"))
    for place in (f"{style}/{ensemble}", f"/{ensemble}", f"{style}/", "/"):
        if name in known.get(place, {}):
            usual: list[float] = known[place][name]
            return usual
    return None


def _returning(sheet: Sheet, tracks: list[int], is_drums: bool) -> float | None:
    """The share of the bars, from the second that plays, like one of the four before."""
    patterns: list[set[tuple[int, int]]] = [set() for _ in sheet.bars]
    mine = sheet.notes[np.isin(sheet.notes[:, 4], tracks)]
    for bar, note in zip(sheet.bar_of(mine[:, 0]), mine, strict=True):
        slot = round(6 * (note[0] - sheet.bars[bar]) / sheet.quarter)
        patterns[bar].add((slot, int(note[2]) if is_drums else 0))
    playing = [bar for bar, pattern in enumerate(patterns) if pattern]
    if len(playing) < 2:
        return None
    back = [
        any(
            len(patterns[bar] & other) >= 0.75 * len(patterns[bar] | other)
            for other in patterns[max(0, bar - 4) : bar]
        )
        for bar in playing[1:]
    ]
    return sum(back) / len(back)


def _point(word: str) -> tuple[float, float]:
    """Valence and arousal of a mood's name, a quadrant or a pair of numbers."""
    quadrants = {"q1": (1, 1), "q2": (-1, 1), "q3": (-1, -1), "q4": (1, -1)}
    if word in quadrants:
        return quadrants[word]
    row = next((mood for mood in table("moods")["mood"] if mood["name"] == word), None)
    if row:
        return row["valence"], row["arousal"]
    valence, arousal = map(float, word.split(","))
    return valence, arousal


def _alike(one: set[Any], other: set[Any]) -> bool:
    return len(one & other) >= 0.5 * len(one | other)


class Verdict(NamedTuple):
    """Whether a field is kept: by this judge, and by the report (None: it is silent)."""

    ours: bool
    told: bool | None


def verdicts(folder: Path) -> dict[str, Verdict]:
    """Of every field that was asked for in the request of a folder, and that can be judged."""
    asked = json.loads((folder / "asked.json").read_text(encoding="utf-8"))
    told = json.loads((folder / "report.json").read_text(encoding="utf-8"))["achieved"]
    (path,) = folder.glob("*.mid")
    sheet, found = read(path), {}
    for field, (needs, judge) in JUDGES.items():
        if not needs or any(need in asked for need in needs.split(" or ")):
            ours = judge(sheet, asked)
            if ours is not None:
                found[field] = Verdict(ours, told.get(field, {}).get("kept"))
    return found


def print_verdicts(out: Path) -> None:
    """A line a disagreement and a refusal, then a row a field."""
    fields: dict[str, list[Verdict]] = {field: [] for field in JUDGES}
    for refused in sorted(out.glob("*/refused")):
        print(f"{refused.parent.name} refused: {refused.read_text(encoding='utf-8').strip()}")
    for folder in sorted(path.parent for path in out.glob("*/report.json")):
        for field, verdict in verdicts(folder).items():
            fields[field].append(verdict)
            if verdict.ours != verdict.told:
                words = {True: "kept", False: "missed", None: "silent"}
                print(f"{folder.name} {field}: {words[verdict.ours]}, report {words[verdict.told]}")
    print(
        "\n| field | asked | met | missed | report agrees | report flatters |\n" + "|---" * 6 + "|"
    )
    whole = [verdict for field, found in fields.items() if field != "mood" for verdict in found]
    for field, found in [*fields.items(), ("all but mood", whole)]:
        met = sum(verdict.ours for verdict in found)
        agree = sum(verdict.ours == verdict.told for verdict in found)
        flatters = sum(verdict.told is True and not verdict.ours for verdict in found)
        print(f"| {field} | {len(found)} | {met} | {len(found) - met} | {agree} | {flatters} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("out", type=Path)
    for name, default in (("requests", 300), ("seed", 15), ("processes", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    words = parser.parse_args()
    compose_into(list(requests(words.requests, words.seed)), words.out, words.processes)
    print_verdicts(words.out)


if __name__ == "__main__":
    main()
