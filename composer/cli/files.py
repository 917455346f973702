"""Commands about one file of music: `render` and `describe`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from composer.cli.flags import (
    add_command,
    add_json,
    add_outputs,
    check_name,
    check_soundfont,
    check_writable,
    output_options,
    parse_formats,
)
from composer.cli.printing import print_json, print_paths, print_table
from composer.errors import RequestError

if TYPE_CHECKING:
    from composer.cli.flags import Commands
    from composer.music.facts import Chord
    from composer.music.piece import Piece

_BARS_OF_CHORDS = 8


def add_to(commands: Commands) -> None:
    parser = add_command(
        commands, "render", "turn a file of music into sheet music and clean MIDI", render
    )
    add_file(parser)
    add_outputs(parser, ".")
    parser.add_argument("--name", default="", help="name of the files (default: that of FILE)")
    parser.add_argument(
        "--seed", type=int, default=0, help="seed of the performance in MIDI (default: 0)"
    )
    parser = add_command(
        commands, "describe", "say what a file of music is: key, chords, form, mood", describe
    )
    add_file(parser)
    add_json(parser)


def render(given: argparse.Namespace) -> None:
    formats = parse_formats(given.format)
    stem = check_name(given.name) or given.file.stem
    check_writable(given.out)
    check_soundfont(given.soundfont)
    for suffix in formats:
        keep_input(given.file, given.out / f"{stem}.{suffix}")
    from composer.corpus.readers import MIDI_SUFFIXES, read_piece
    from composer.music.normalise import normalise
    from composer.played.beat_tracking import with_tracked_beats
    from composer.played.beats import has_beats
    from composer.played.quantise import quantise
    from composer.rendering.files import write_piece
    from composer.rendering.performance.swing import straightened

    piece = read_piece(given.file)
    if not has_beats(piece):
        piece = with_tracked_beats(piece)
    if given.file.suffix.lower() in MIDI_SUFFIXES:  # a score says itself what is a triplet
        piece = straightened(piece)
    piece, chords = _with_chords_over_a_lead_sheet(normalise(quantise(piece)))
    paths = write_piece(
        piece,
        given.out,
        stem,
        formats,
        seed=given.seed,
        chords=chords,
        chart_chords=chart_chords(piece, formats),
        **output_options(given),
    )
    print_paths(paths)


def chart_chords(piece: Piece, formats: Sequence[str]) -> tuple[Chord, ...]:
    """The chords that are heard in a piece, where a chart of them is asked for."""
    from composer.analysis.chord_finding import estimate_chords

    return estimate_chords(piece) if "chart" in formats else ()


def _with_chords_over_a_lead_sheet(piece: Piece) -> tuple[Piece, tuple[Chord, ...]]:
    """The piece and no chords, unless it is a melody and its chords: those get their symbols."""
    from composer.analysis.chord_finding import estimate_chords
    from composer.analysis.ensemble import estimate_ensemble

    if estimate_ensemble(piece) != "lead-sheet":
        return piece, ()
    chords = tuple(part for part in piece.parts if part.role == "chords")
    tags = replace(piece.tags, ensemble="lead-sheet")
    return replace(piece, tags=tags), estimate_chords(replace(piece, parts=chords))


def describe(given: argparse.Namespace) -> None:
    from composer.analysis.describe import describe
    from composer.corpus.readers import read_piece

    facts = describe(read_piece(given.file))
    if given.json:
        print_json(facts)
        return
    print_table("", ["", str(given.file)], _lines(facts))


def _lines(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """A line a fact, in words; what cannot be known is left out."""
    mood, tempo = facts["mood"], facts["quarters_per_minute"]
    point = f"{mood['word']} (valence {mood['valence']}, arousal {mood['arousal']})"
    styles = [f"{name} {share:.0%}" for name, share in facts["style"].items() if share >= 0.1]
    lines = {
        "title": facts["title"],
        "key": facts["key"],
        "meter": facts["meter"],
        "tempo": tempo and f"{tempo:g} quarters a minute",
        "bars": facts["bars"],
        "notes": facts["notes"],
        "parts": ", ".join(part["name"] or part["instrument"] for part in facts["parts"]),
        "ensemble": facts["ensemble"],
        "style": ", ".join(styles),
        "mood": mood["word"] and point,
        "form": facts["form"],
        "chords": _chord_line(facts["chords"]),
    }
    return [(name, str(value)) for name, value in lines.items() if value]


def _chord_line(chords: list[dict[str, Any]]) -> str:
    """The chords of the first bars, "Dm A7 | Dm": the rest is for `--json`."""
    bars: dict[int, list[str]] = {}
    for chord in chords:
        bars.setdefault(chord["bar"], []).append(chord["symbol"])
    shown = [" ".join(symbols) for bar, symbols in bars.items() if bar <= _BARS_OF_CHORDS]
    more = " | ..." if max(bars, default=0) > _BARS_OF_CHORDS else ""
    return " | ".join(shown) + more


def add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="MIDI, MusicXML, kern or ABC")


def keep_input(file: Path, target: Path) -> None:
    if target.exists() and file.exists() and target.samefile(file):
        raise RequestError(f"{target} is the file to render; give another --out or --name")
