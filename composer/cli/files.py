"""Commands about one file of music: `render` and `describe`."""

from __future__ import annotations

import argparse
import sys
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
    name_for,
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
    parser.add_argument(
        "--perform", action="store_true",
        help="play the score with dynamics, rubato, swing and pedal (default: as it is)",
    )  # fmt: skip
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
    if given.perform and given.mechanical:
        raise RequestError("--perform and --mechanical exclude each other; give one of them")
    from composer.rendering.files import write_piece

    piece = read_music(given.file)
    page, chords = _with_chords_over_a_lead_sheet(_page(piece, given.file))
    printed = piece if piece.source and piece.source.is_score else page
    name = name_for(given, stem, formats)
    given.force = True
    rows = [(page, True, formats)] if given.perform else _rows(piece, printed, page, formats, given)
    paths = []
    for written, is_played, own in rows:
        how = output_options(given) | {"seed": given.seed, "chords": chords}
        how["chart_chords"] = chart_chords(page, own)
        if not given.perform:
            how |= {"mechanical": True, "stems": given.stems and is_played}
            how["parts"] = given.single_parts and written is printed and not is_played
        paths += write_piece(written, given.out, name, own, **how)
    print_paths(paths)


def _rows(
    piece: Piece, printed: Piece, page: Piece, formats: list[str], given: argparse.Namespace
) -> list[tuple[Piece, bool, list[str]]]:
    """What each format is made of, and whether it is heard: sound of the piece as it was read,
    sheet music of the score or of what was meant, pictures of what lies on the grid."""
    from composer.rendering.formats import SHEET_FORMATS, SOUND_FORMATS

    sounds = [suffix for suffix in formats if suffix in SOUND_FORMATS]
    sheets = [suffix for suffix in formats if suffix in (*SHEET_FORMATS, "mei")]
    others = [suffix for suffix in formats if suffix not in (*sounds, *sheets)]
    rows = [(piece, True, sounds), (printed, False, sheets), (page, False, others)]
    wanted = [bool(sounds) or given.stems, bool(sheets) or given.single_parts, bool(others)]
    return [row for row, is_wanted in zip(rows, wanted, strict=True) if is_wanted]


def read_music(file: Path) -> Piece:
    """The piece in a file; what was wrong with the file is said in a line on stderr."""
    from composer.corpus.readers import read_piece

    piece = read_piece(file)
    if piece.source is not None and piece.source.wrongs:
        print(f"{file.name} is damaged: {'; '.join(piece.source.wrongs)}", file=sys.stderr)
    return piece


def _page(piece: Piece, file: Path) -> Piece:
    """The piece on the grid as it is to be written: played beats found, swing straightened."""
    from composer.played.beat_tracking import with_tracked_beats
    from composer.played.beats import has_beats
    from composer.rendering.performance.swing import straightened
    from composer.rendering.score.score import for_page

    if piece.source is not None and piece.source.is_score:
        return for_page(piece)
    if not has_beats(piece):
        tracked = with_tracked_beats(piece)
        if tracked is piece:
            print(f"{file.name}: no beat was found; bars are those of the file", file=sys.stderr)
        else:
            tempo = tracked.tempi[0].quarters_per_minute
            print(
                f"{file.name} was played without beats; written in those that are heard, about "
                f"{tempo:.0f} a minute",
                file=sys.stderr,
            )
        piece = tracked
    return for_page(straightened(piece))


def chart_chords(piece: Piece, formats: Sequence[str]) -> tuple[Chord, ...]:
    """The chords that a piece's file states, or else those that are heard, where a chart of them is
    asked for."""
    from composer.analysis.chord_finding import estimate_chords
    from composer.music.source import chords_stated

    if "chart" not in formats:
        return ()
    return chords_stated(piece) or estimate_chords(piece)


def _with_chords_over_a_lead_sheet(piece: Piece) -> tuple[Piece, tuple[Chord, ...]]:
    """The piece and no chords, unless it is a melody and its chords: those get their symbols."""
    from composer.analysis.chord_finding import estimate_chords
    from composer.analysis.ensemble import estimate_ensemble

    if piece.source is not None and piece.source.symbols:
        return piece, ()
    if estimate_ensemble(piece) != "lead-sheet":
        return piece, ()
    chords = tuple(part for part in piece.parts if part.role == "chords")
    tags = replace(piece.tags, ensemble="lead-sheet")
    return replace(piece, tags=tags), estimate_chords(replace(piece, parts=chords))


def describe(given: argparse.Namespace) -> None:
    from composer.analysis.describe import describe

    facts = describe(read_music(given.file))
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
