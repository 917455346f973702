"""Random requests over every flag, style, ensemble and preset, and what is composed for them.

Each request has a folder of its own: `asked.json` (the words, a preset's among them), the MIDI and
MusicXML that were written without expression, and the report. What is there is not written again.
"""

from __future__ import annotations

import json
import random
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import mido

TOGETHER = 6
"""Requests that a process writes side by side."""
MUSIC = Path(__file__).parents[1] / "composer" / "music"
KEYS = ("C major", "A minor", "Eb major", "F# minor", "Ab minor", "D major", "minor", "major")
METERS = ("4/4", "3/4", "2/4", "6/8", "5/4", "12/8")
FORMS = ("AABA", "ABAB", "ABA", "ABAC", "AB", "ABACA", "AABB")
CHORDS = (
    ("C | Am | F | G7", ""), ("Dm7 G7 | Cmaj7", ""), ("Am | Dm7 G7b9 | C6/9 | E7#9", ""),
    ("Em | C | G | Dadd9", ""), ("Fmaj7#11 | G13 | Csus4 C", ""), ("C/E | F | G9 | C", ""),
    ("i | iv | V7/V V7 | i", "A minor"), ("I | N6 V7 | I", "C major"),
    ("ii7 V7 | Imaj7", "Bb major"),
)  # fmt: skip
"""Chords, and the key that Roman numerals need."""
QUARTERS = ("q1", "q2", "q3", "q4", "0.6,-0.4", "-0.5,0.5")
PLAYERS = (
    "violin,cello,piano", "flute,viola,harp", "piano,drums,bass", "trumpet,alto-sax,piano",
    "electric-guitar,electric-bass,drums", "clarinet,bassoon", "guitar",
)  # fmt: skip
TUNE = (60, 64, 67, 64, 62, 65, 69, 65, 59, 62, 67, 65, 64, 60, 64, 67) * 2


def requests(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Words for `composer.compose`; every fourth has a preset, these in turn."""
    chance = random.Random(seed)
    for number in range(count):
        asked: dict[str, Any] = {"seed": number}
        if number % 4 == 3:
            asked["preset"] = table("presets")["preset"][number // 4 % 46]["name"]
        elif chance.random() < 0.1:
            asked |= {chance.choice(("melody", "like")): "tune.mid"}
        else:
            asked |= _music(chance)
        asked |= _players(chance) if "preset" not in asked or chance.random() < 0.2 else {}
        asked |= _mood(chance, asked.get("bars")) if chance.random() < 0.5 else {}
        for flag, value, share in (
            ("guidance", 2.0, 0.1), ("temperature", 0.9, 0.1), ("top_p", 0.95, 0.1),
            ("min_p", 0.02, 0.1), ("best_of", 1, 0.3), ("title", "A Title", 0.1),
        ):  # fmt: skip
            if chance.random() < share:
                asked[flag] = value
        yield asked


def _music(chance: random.Random) -> dict[str, Any]:
    styles = [row["name"] for kind in ("style", "composer") for row in table("styles")[kind]]
    asked: dict[str, Any] = {"style": chance.choice(styles)}
    if chance.random() < 0.1:
        asked["style"] += f":0.6,{chance.choice(styles)}:0.4"
    if chance.random() < 0.15:
        asked["seconds"] = chance.choice((15.0, 22.5, 31.2))
        return asked | ({"hit": asked["seconds"] * 0.6} if chance.random() < 0.5 else {})
    asked["bars"] = chance.choice((8, 12, 16))
    for flag, values in (("key", KEYS), ("meter", METERS), ("tempo", range(50, 181))):
        if chance.random() < 0.4:
            asked[flag] = chance.choice(values)
    if chance.random() < 0.3:
        asked["chords"], key = chance.choice(CHORDS)
        asked |= {"key": key} if key else {}
    elif chance.random() < 0.4:
        asked["form"] = chance.choice(FORMS)
        asked["bars"] = len(asked["form"]) * chance.choice((2, 4))
        if chance.random() < 0.3:
            del asked["bars"]
    return asked


def _players(chance: random.Random) -> dict[str, Any]:
    names = [e["name"] for e in table("ensembles")["ensemble"]]
    names = [name for name in names if name not in ("drums", "other")]
    if chance.random() < 0.2:
        return {"instruments": chance.choice(PLAYERS)}
    if chance.random() < 0.6:
        return {"ensemble": "band" if chance.random() < 0.5 else chance.choice(names)}
    return {}


def _mood(chance: random.Random, bars: int | None) -> dict[str, Any]:
    words = [mood["name"] for mood in table("moods")["mood"]]
    if bars and chance.random() < 0.4:
        return {"mood": f"{chance.choice(words)}@1 {chance.choice(words)}@{bars // 2 + 1}"}
    return {"mood": chance.choice(words if chance.random() < 0.8 else QUARTERS)}


def table(name: str) -> dict[str, Any]:
    """A table of `composer/music`, read as data."""
    return tomllib.loads((MUSIC / f"{name}.toml").read_text(encoding="utf-8"))


def in_full(asked: Mapping[str, Any]) -> dict[str, Any]:
    """A request with what its preset says where it says nothing; `parent` is the style around a
    composer, of a blend that of the first."""
    full = dict(asked)
    if "preset" in asked:
        row = next(p for p in table("presets")["preset"] if p["name"] == asked["preset"])
        said = {flag: row[flag] for flag in ("style", "mood", "meter", "bars")}
        said |= {"key": row["mode"], "tempo": row["quarters_per_minute"]}
        said |= {} if "instruments" in asked else {"ensemble": row["ensemble"]}
        full = said | full
    around = {row["name"]: row["parent"] for row in table("styles")["composer"]}
    style = full.get("style", "").partition(":")[0]
    return full | {"parent": around.get(style, style)}


def compose_into(asked: Sequence[Mapping[str, Any]], out: Path, processes: int) -> None:
    """Write each request's folder of `out` that is not there whole."""
    out.mkdir(parents=True, exist_ok=True)
    _write_tune(out / "tune.mid")
    todo = [
        (request, out / f"{number:03}")
        for number, request in enumerate(asked)
        if not any((out / f"{number:03}" / name).is_file() for name in ("report.json", "refused"))
    ]
    groups = [todo[start : start + TOGETHER] for start in range(0, len(todo), TOGETHER)]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for done in as_completed([pool.submit(_compose, group) for group in groups]):
            print(f"{done.result()} more of {len(todo)} are there", file=sys.stderr, flush=True)


def _compose(group: Sequence[tuple[Mapping[str, Any], Path]]) -> int:
    """Side by side; one by one where one of them is refused."""
    from composer.composing.compose import compose_all
    from composer.errors import ComposerError

    try:
        made = compose_all([_with_pieces(*one) for one in group])
    except ComposerError as error:
        if len(group) > 1:
            return sum(_compose([one]) for one in group)
        _folder(*group[0])
        (group[0][1] / "refused").write_text(f"{error}\n", encoding="utf-8")
        return 1
    for one, composition in zip(group, made, strict=True):
        _write(composition, _folder(*one))
    return len(group)


def _with_pieces(asked: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    from composer.corpus.readers import read_piece

    pieces = {
        flag: read_piece(folder.parent / asked[flag])
        for flag in ("melody", "like")
        if flag in asked
    }
    return {**asked, **pieces}


def _folder(asked: Mapping[str, Any], folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "asked.json").write_text(json.dumps(in_full(asked)), encoding="utf-8")
    return folder


def _write(composition: Any, folder: Path) -> None:
    from composer.composing.compose import write
    from composer.composing.report import write_report

    how = {"mechanical": True, "repeats": False, "force": True}
    write(composition, folder, ("mid", "musicxml"), **how)
    write_report(composition.report(), folder, "report")


def _write_tune(path: Path) -> None:
    """Eight bars of quarters for the flags `melody` and `like`."""
    track = mido.MidiTrack([mido.MetaMessage("track_name", name="Melody")])
    for pitch in TUNE:
        track.append(mido.Message("note_on", note=pitch, velocity=80))
        track.append(mido.Message("note_off", note=pitch, time=480))
    mido.MidiFile(tracks=[track], ticks_per_beat=480).save(path)
