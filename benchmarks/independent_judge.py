"""A judge that shares nothing with composing: random requests, their files, and a second opinion.

    python -m benchmarks.independent_judge OUT [REQUESTS] [SEED]

Random requests over every style, ensemble, preset, mood, key, meter, tempo, chords and form are
composed into OUT; what is judged is the MIDI that was written (without expression) and the report
beside it, both read back from disk by the code in this file alone: mido and numpy, no analysis of
`composer`'s. For each field the table has how often it is kept by this judge, how often by the
report, and how often the two agree. `roles.toml` is read as data: what is usual in real music.

The rules are those of docs/report.md, written again: key by the profiles of Krumhansl and Kessler
(1982), kept where no other key fits better by more than `KEY_MARGIN`; chords by root or third in
every bar; form by bars with half of their notes in common; mood by sides of mode and pace.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import mido
import numpy as np

TOGETHER = 12
KEY_MARGIN = 0.05
"""Of the correlation with a profile."""
NEUTRAL_ONSETS_PER_SECOND = 3.0
ROLES = Path(__file__).parents[1] / "composer" / "analysis" / "roles.toml"
BASS_PROGRAMS, DRUM_CHANNEL = range(32, 40), 9
KEYS = ("C major", "A minor", "Eb major", "F# minor", "Ab minor", "D major", "G minor", "E minor")
METERS = ("4/4", "3/4", "2/4", "6/8")
FORMS = ("AABA", "ABAB", "ABA", "ABAC", "AB", "ABACA")
CHORDS = ("C | Am | F | G7", "Dm7 G7 | Cmaj7", "Am | Dm7 G7b9 | C6/9 | E7#9", "Em | C | G | Dadd9")
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

    @property
    def bars(self) -> list[int]:
        """The ticks of the bar lines, that at the end too."""
        lines = [0]
        changes = [*self.meters, (self.end, 0, 0)]
        for (tick, upper, lower), (until, _, _) in pairwise(changes):
            length = 4 * self.quarter * upper // lower
            while lines[-1] < until:
                lines.append(min(lines[-1] + length, until) if tick <= lines[-1] else until)
        return lines

    @property
    def pitched(self) -> np.ndarray:
        return self.notes[~np.isin(self.notes[:, 4], list(self.drums))]


def read(path: Path) -> Sheet:
    """The notes of a MIDI file, of each track its program, and all that frames them."""
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
    return Sheet(notes, programs, frozenset(drums), sorted(meters), tempi, end, file.ticks_per_beat)


# What is asked, in the words of the report's "request", each judged by the file alone.


def bars(sheet: Sheet, asked: str, _: dict[str, Any]) -> bool:
    return len(sheet.bars) - 1 == int(asked)


def meter(sheet: Sheet, asked: str, _: dict[str, Any]) -> bool:
    return {f"{upper}/{lower}" for _, upper, lower in sheet.meters} == {asked}


def tempo(sheet: Sheet, asked: str, _: dict[str, Any]) -> bool:
    return all(abs(found / float(asked) - 1) < 0.001 for _, found in sheet.tempi[:1])


def key(sheet: Sheet, asked: str, request: dict[str, Any]) -> bool | None:
    if "chords" in request:
        return None
    scores = _fits(sheet.pitched)
    if not scores:
        return False
    best = max(scores.values())
    word = asked.split()[-1]
    if asked in ("major", "minor"):
        return max(s for (_, mode), s in scores.items() if mode == asked) > best - KEY_MARGIN
    return scores[_pitch_class(asked), word] > best - KEY_MARGIN


def form(sheet: Sheet, asked: str, _: dict[str, Any]) -> bool:
    lines, length = sheet.bars, (len(sheet.bars) - 1) // len(asked)
    contents = [
        {(n[0] - low, n[2], n[4]) for n in sheet.notes if low <= n[0] < high}
        for low, high in pairwise(lines)
    ]
    own = min(2, length // 4)
    for place, letter in enumerate(asked):
        counted = length - (own if place == len(asked) - 1 else 0)
        for other in range(place):
            alike = np.mean(
                [
                    _alike(contents[place * length + bar], contents[other * length + bar])
                    for bar in range(counted)
                ]
            )
            if asked.index(asked[other]) != other:
                continue  # letters are known by their first sections
            if (letter == asked[other] and alike < 0.75) or (
                letter != asked[other] and alike >= 0.5
            ):
                return False
    return True


def chords(sheet: Sheet, asked: str, _: dict[str, Any]) -> bool:
    by_bar = [text.split() for text in asked.strip(" |").split("|")]
    lines = sheet.bars
    for bar, (low, high) in enumerate(pairwise(lines)):
        symbols = by_bar[bar % len(by_bar)]
        for place, symbol in enumerate(symbols):
            start = low + place * (high - low) // len(symbols)
            stop = low + (place + 1) * (high - low) // len(symbols)
            there = sheet.pitched[(sheet.pitched[:, 0] < stop) & (sheet.pitched[:, 1] > start)]
            if not np.isin(there[:, 2] % 12, _known_by(symbol)).any():
                return False
    return True


def bass(sheet: Sheet, asked: str, request: dict[str, Any]) -> bool | None:
    tracks = {t for t, program in sheet.programs.items() if program in BASS_PROGRAMS}
    return _plays(sheet, tracks - sheet.drums, "bass", request)


def drums(sheet: Sheet, asked: str, request: dict[str, Any]) -> bool | None:
    return _plays(sheet, set(sheet.drums), "drums", request)


def playable(sheet: Sheet, asked: str, _: dict[str, Any]) -> bool:
    for track, program in sheet.programs.items():
        low, high = RANGES.get(program, (0, 127))
        mine = sheet.notes[sheet.notes[:, 4] == track][:, 2]
        if track not in sheet.drums and len(mine) and not low <= mine.min() <= mine.max() <= high:
            return False
    return True


def ending(sheet: Sheet, asked: str, _: dict[str, Any]) -> bool | None:
    """On a chord whose lowest note is the tonic, as long as a quarter, in the last bar."""
    if not len(sheet.pitched):
        return None
    last = sheet.pitched[sheet.pitched[:, 1] == sheet.pitched[:, 1].max()]
    lowest = last[last[:, 2].argmin()]
    scores = _fits(sheet.pitched)
    (tonic, _), _ = max(scores.items(), key=lambda item: item[1])
    held = (last[:, 1] - last[:, 0]).max() >= sheet.quarter
    return bool(held and lowest[2] % 12 == tonic and lowest[1] > sheet.bars[-2])


def mood(sheet: Sheet, asked: str, _: dict[str, Any]) -> bool | None:
    """Each section on the side of mode and pace that its mood has, where that is a clear one."""
    from composer.music.moods import find_mood  # the table of words, no judgement of it

    points = (
        [point.rpartition("@")[::2] for point in asked.split()] if "@" in asked else [(asked, "1")]
    )
    starts = [int(bar) - 1 for _, bar in points]
    for (word, _), first, last in zip(points, starts, [*starts[1:], None], strict=True):
        meant, lines = find_mood(word), sheet.bars
        low, high = lines[first], lines[last] if last is not None else lines[-1]
        inside = sheet.pitched[(sheet.pitched[:, 0] >= low) & (sheet.pitched[:, 0] < high)]
        if len(inside) < 8:
            return None
        scores = _fits(inside)
        major = max(s for (_, mode), s in scores.items() if mode == "major")
        minor = max(s for (_, mode), s in scores.items() if mode == "minor")
        seconds = (high - low) / sheet.quarter * 60 / sheet.tempi[0][1]
        pace = len(np.unique(inside[:, 0])) / seconds
        if abs(meant.valence) > 0.3 and (major > minor) != (meant.valence > 0):
            return False
        if abs(meant.arousal) > 0.3 and (pace > NEUTRAL_ONSETS_PER_SECOND) != (meant.arousal > 0):
            return False
    return True


JUDGES: dict[str, tuple[str, Callable[[Sheet, str, dict[str, Any]], bool | None]]] = {
    "bars": ("bars", bars),
    "meter": ("meter", meter),
    "tempo": ("tempo", tempo),
    "key": ("key", key),
    "form": ("form", form),
    "chords": ("chords", chords),
    "bass": ("", bass),
    "drums": ("", drums),
    "range": ("", playable),
    "ending": ("", ending),
    "mood": ("mood", mood),
}
"""Field of the report -> what of the request it needs ("" for nothing), and its judge."""


def _fits(notes: np.ndarray) -> dict[tuple[int, str], float]:
    """How well every key fits: correlation of lengths by pitch class with its profile."""
    heard = np.bincount(notes[:, 2] % 12, weights=notes[:, 1] - notes[:, 0], minlength=12)
    if not heard.any() or heard.std() == 0:
        return {}
    return {
        (tonic, mode): float(np.corrcoef(heard, np.roll(profile, tonic))[0, 1])
        for mode, profile in (("major", MAJOR), ("minor", MINOR))
        for tonic in range(12)
    }


def _pitch_class(name: str) -> int:
    return (LETTERS[name[0].upper()] + (name[1:2] == "#") - (name[1:2] == "b")) % 12


def _known_by(symbol: str) -> list[int]:
    root = _pitch_class(symbol)
    suffix = re.sub(r"/[A-G][#b]?$", "", symbol[2 if symbol[1:2] in ("#", "b") else 1 :])
    if suffix.startswith(("sus", "5", "7sus")):
        return [root, (root + 7) % 12]
    minor = suffix.startswith(("m", "dim")) and not suffix.startswith("maj")
    both = [(root + 3) % 12] if suffix in ("7#9", "7alt") else []
    return [root, (root + (3 if minor else 4)) % 12, *both]


def _alike(one: set[Any], other: set[Any]) -> bool:
    return len(one & other) >= 0.5 * len(one | other)


def _plays(sheet: Sheet, tracks: set[int], role: str, request: dict[str, Any]) -> bool | None:
    """Of several such parts the mean; None where there is none or one player alone."""
    tracks = {track for track in tracks if (sheet.notes[:, 4] == track).any()}
    if not tracks or len(set(sheet.notes[:, 4].tolist())) < 2:
        return None
    table = tomllib.loads(ROLES.read_text(encoding="utf-8"))
    names = (f"{request.get('style_name')}/{request.get('ensemble', 'band')}", "/band", "/")
    usual = next((table[name][role] for name in names if role in table.get(name, {})), None)
    if usual is None:
        return None
    lines = sheet.bars
    mine = [np.digitize(sheet.notes[sheet.notes[:, 4] == t][:, 0], lines) for t in tracks]
    share = np.mean([len(np.unique(bar)) for bar in mine]) / (len(lines) - 1)
    density = np.mean([len(bar) for bar in mine]) / max(1.0, share * (len(lines) - 1))
    enough = share >= usual[0] - 1.5 / (len(lines) - 1)
    return bool(enough and usual[2] - 0.05 <= density <= usual[3] + 0.05)


def requests(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Random words for `composer.compose`, every style, ensemble and preset in turn."""
    from composer.music.ensembles import ensembles
    from composer.music.moods import moods
    from composer.music.presets import presets
    from composer.music.styles import styles

    chance = random.Random(seed)
    names = [style.name for style in styles()]
    players = [e.name for e in ensembles() if e.name not in ("drums", "other")]
    words = [mood.name for mood in moods()]
    for number in range(count):
        asked: dict[str, Any] = {"seed": number}
        if number % 4 == 3:
            asked |= {"preset": presets()[(number // 4) % len(presets())].name}
        else:
            asked |= {"style": chance.choice(names), "bars": chance.choice((8, 12, 16))}
            if chance.random() < 0.5:
                asked["ensemble"] = "band" if chance.random() < 0.5 else chance.choice(players)
            if chance.random() < 0.4:
                asked["key"] = chance.choice(KEYS)
            if chance.random() < 0.4:
                asked["meter"] = chance.choice(METERS)
            if chance.random() < 0.3:
                asked["tempo"] = chance.randint(50, 180)
        if chance.random() < 0.4:
            asked["mood"] = chance.choice(words)
            if "bars" in asked and chance.random() < 0.4:
                asked["mood"] += f"@1 {chance.choice(words)}@{asked['bars'] // 2 + 1}"
        if "bars" in asked and chance.random() < 0.3:
            asked["chords"] = chance.choice(CHORDS)
        elif "bars" in asked and chance.random() < 0.4:
            asked["form"] = chance.choice(FORMS)
            asked["bars"] = len(asked["form"]) * chance.choice((2, 4))
        yield asked


def compose(asked: list[dict[str, Any]], out: Path) -> None:
    """Write each request's MIDI and report, 12 side by side."""
    from composer.composing.compose import compose_all, write
    from composer.composing.report import write_report

    remaining = iter(asked)
    done = 0
    while group := list(islice(remaining, TOGETHER)):
        for made in compose_all(group):
            folder = out / f"{done:03}"
            folder.mkdir(parents=True, exist_ok=True)
            write(made, folder, ("mid",), mechanical=True)
            report = made.report()
            style = made.request.style
            report["request"]["style_name"] = (style.parent or style.name) if style else ""
            write_report(report, folder, "report")
            done += 1
        print(f"{done} of {len(asked)}", file=sys.stderr, flush=True)


def main() -> None:
    out = Path(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    if not out.is_dir():
        compose(list(requests(count, seed)), out)
    verdicts: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for folder in sorted(out.iterdir()):
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        (path,) = folder.glob("*.mid")
        for field, (needs, judge) in JUDGES.items():
            told = report["achieved"].get(field, {}).get("kept")
            asked = report["achieved"].get(field, {}).get("asked")
            if told is None or (needs and asked is None):
                continue
            found = judge(read(path), str(asked), report["request"])
            if found is not None:
                verdicts[field].append((found, told))
                if found != told:
                    print(f"{folder.name} {field}: judge {found}, report {told} ({asked})")
    print(f"\n{'':8} asked  kept by judge  by report  agree")
    for field, pairs in verdicts.items():
        ours, theirs = zip(*pairs, strict=True)
        agree = sum(one == other for one, other in pairs)
        print(f"{field:8} {len(pairs):5}  {sum(ours):13}  {sum(theirs):9}  {agree:5}")
    whole = [one == other for pairs in verdicts.values() for one, other in pairs]
    print(f"agree in {sum(whole)} of {len(whole)} fields")


if __name__ == "__main__":
    main()
