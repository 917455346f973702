"""Commands that take a piece and change it: continue, infill, harmonize, arrange, vary."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from composer.cli.files import add_file, chart_chords, read_music
from composer.cli.flags import (
    add_command,
    add_outputs,
    check_soundfont,
    check_writable,
    name_for,
    output_options,
    parse_formats,
    words,
)
from composer.cli.printing import originality_line, print_paths, print_report, progress_bar
from composer.errors import RequestError
from composer.music.bars import parse_bars

if TYPE_CHECKING:
    from composer.cli.flags import Commands
    from composer.music.piece import Piece

_NOT_ABOUT_MUSIC = {
    "run", "command", "seed", "weights", "out", "format", "paper", "mechanical", "loop", "stems",
    "single_parts", "repeats", "soundfont",
}  # fmt: skip
"""Flags that are not part of what was asked."""


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "continue", "go on from a piece", continue_piece)
    _add_common(parser)
    parser.add_argument("--bars", type=int, default=16, help="how many bars more (default: 16)")

    parser = add_command(commands, "infill", "write some bars of a piece anew", infill)
    _add_common(parser, parts=False)
    parser.add_argument("--bars", required=True, help="which bars, such as 9-12 or 9")
    parser.add_argument("--parts", metavar="LIST", help="only these parts, by name")
    parser.add_argument("--chords", default="", help="of these bars, from the first on")
    parser.add_argument(
        "--alternatives", type=int, default=1, help="how many versions to write (default: 1)"
    )

    parser = add_command(commands, "harmonize", "write parts under a melody", harmonize)
    _add_common(parser)
    parser.add_argument(
        "--ensemble", default="", help="who plays (default: a choir, or a small group by the style)"
    )
    parser.add_argument(
        "--chords", default="", help='bar by bar, such as "Dm7 G7 | Cmaj7" or "ii7 V7 | I"'
    )

    parser = add_command(commands, "arrange", "score a piece for other players", arrange)
    _add_common(parser)
    parser.add_argument("--ensemble", default="", help="who plays, such as string-quartet")
    parser.add_argument(
        "--instruments", metavar="LIST", default="", help="instead of an ensemble: flute,viola,harp"
    )

    parser = add_command(commands, "vary", "write a share of a piece's bars anew", vary)
    _add_common(parser)
    parser.add_argument("--strength", type=float, default=0.5, help="0 to 1 (default: 0.5)")
    parser.add_argument("--bars", default="", help="only these, such as 9-12 (default: all)")
    parser.add_argument(
        "--keep", metavar="LIST", default="",
        help="what stays: melody, chords, rhythm, or parts by name",
    )  # fmt: skip
    parser.add_argument(
        "--dream", metavar="TIMES", type=int, default=1,
        help="vary the variation again, each step saved (default: 1)",
    )  # fmt: skip


def _add_common(parser: argparse.ArgumentParser, *, parts: bool = True) -> None:
    add_file(parser)
    parser.add_argument("--style", default="", help="turn it to a style or a composer")
    parser.add_argument("--mood", "--emotion", default="", help="turn it to a mood")
    parser.add_argument("--seed", type=int, help="the same seed gives the same notes")
    parser.add_argument("--weights", metavar="FILE", type=Path, help="weights of your own training")
    add_outputs(parser, "pieces", parts=parts)


def continue_piece(given: argparse.Namespace) -> None:
    from composer.composing.partner import continue_piece

    _change(given, "continued", lambda piece, **how: continue_piece(piece, given.bars, **how))


def infill(given: argparse.Namespace) -> None:
    from composer.composing.partner import infill

    first, last = parse_bars(given.bars)
    parts = words(given.parts) if given.parts else []
    if given.parts is not None and not parts:
        raise RequestError("--parts names no part; leave it out to write all of them")
    check_count("alternatives", given.alternatives)
    _change(
        given,
        "infilled",
        lambda piece, **how: infill(piece, first, last, parts, chords=given.chords, **how),
        versions=given.alternatives,
    )


def harmonize(given: argparse.Namespace) -> None:
    from composer.composing.partner import harmonize

    _change(
        given,
        "harmonized",
        lambda piece, **how: harmonize(piece, ensemble=given.ensemble, chords=given.chords, **how),
    )


def arrange(given: argparse.Namespace) -> None:
    from composer.composing.verbs.arranging import arrange, left_out

    def act(piece: Piece, **how: Any) -> Piece:
        arranged = arrange(piece, ensemble=given.ensemble, instruments=given.instruments, **how)
        lost = left_out(piece, arranged)
        if lost:
            print(
                f"{lost} of {piece.note_count} notes are left out: more at once than these players "
                "can play",
                file=sys.stderr,
            )
        return arranged

    _change(given, "arranged", act)


def vary(given: argparse.Namespace) -> None:
    from composer.composing.partner import vary

    keep, bars = words(given.keep), bars_named(given.bars)
    check_count("dream", given.dream)
    _change(
        given,
        "varied",
        lambda piece, **how: vary(piece, given.strength, keep=keep, bars=bars, **how),
        versions=given.dream,
        each_from_the_last=True,
    )


def bars_named(text: str) -> list[int]:
    """ "9-11" -> [9, 10, 11], "" -> []. Raises RequestError as `parse_bars` does."""
    if not text:
        return []
    first, last = parse_bars(text)
    return list(range(first, last + 1))


def check_count(flag: str, count: int) -> None:
    if not 1 <= count <= 20:
        raise RequestError(f"--{flag} {count} is not possible; give 1 to 20")


def _change(
    given: argparse.Namespace,
    word: str,
    act: Callable[..., Piece],
    *,
    versions: int = 1,
    each_from_the_last: bool = False,
) -> None:
    """Read the file, change it, write it under another name; a version for each seed from the
    given one on."""
    formats = parse_formats(given.format)
    check_writable(given.out)
    check_soundfont(given.soundfont)
    from composer.composing.writing.weights import new_seed
    from composer.corpus.readers import MIDI_SUFFIXES
    from composer.music.normalise import MOST_PARTS
    from composer.rendering.performance.swing import straightened, swung_like

    source = read_music(given.file)
    if given.command != "arrange" and len(source.parts) <= MOST_PARTS:
        _say_who_is_read_as_another(source)
    swings = given.file.suffix.lower() in MIDI_SUFFIXES  # a score is written straight as it is
    straight = piece = straightened(source) if swings else source
    first_seed = new_seed(given.seed)
    for seed in range(first_seed, first_seed + versions):
        how: dict[str, Any] = {
            "style": given.style, "mood": given.mood, "seed": seed, "weights": given.weights,
        }  # fmt: skip
        with progress_bar() as bar:
            task = bar.add_task(word, total=None)

            def progress(done: int, total: int, bar: Any = bar, task: Any = task) -> None:
                bar.update(task, completed=done, total=total)

            changed = act(piece, **how, progress=progress)
        name = name_for(given, f"{given.file.stem}-{word}-{seed}", formats, has_report=True)
        played = changed if straight is source else swung_like(changed, straight, source)
        write(changed, given, name, formats, seed, played=played)
        write_report_beside(changed, given, name, seed, straight)
        piece = changed if each_from_the_last else piece


def _say_who_is_read_as_another(piece: Piece) -> None:
    """A line where there are more players of an instrument than the model knows."""
    from composer.composing.verbs.draft import with_seats
    from composer.music.instruments import BY_NAME

    changed = [
        f"{part.name or part.instrument} for {BY_NAME[seat.instrument].label}"
        for part, seat in zip(piece.parts, with_seats(piece.parts), strict=True)
        if part.instrument != seat.instrument
    ]
    if changed:
        print(f"the model takes {', '.join(changed)}; they stay what they are", file=sys.stderr)


def write(
    piece: Piece,
    given: argparse.Namespace,
    name: str,
    formats: list[str],
    seed: int,
    *,
    played: Piece | None = None,
) -> None:
    """MIDI of `played` (the piece, where it is not swung) as it is, untouched notes to the tick;
    sheet music of the piece from the grid."""
    from composer.rendering.files import write_piece
    from composer.rendering.score.score import for_page

    as_played = [suffix for suffix in formats if suffix == "mid"]
    as_written = [suffix for suffix in formats if suffix != "mid"]
    options = output_options(given) | {"seed": seed, "force": True}
    has_wav_stems = given.stems and "wav" in formats
    has_midi_stems = given.stems and ("mid" in formats or not has_wav_stems)
    mechanical = options | {"mechanical": True, "parts": False, "stems": has_midi_stems}
    paths = write_piece(played or piece, given.out, name, as_played, **mechanical)
    written = options | {"stems": has_wav_stems}
    on_grid = for_page(piece)
    written["chart_chords"] = chart_chords(on_grid, as_written)
    paths += write_piece(on_grid, given.out, name, as_written, **written)
    print_paths(paths)


def write_report_beside(
    piece: Piece, given: argparse.Namespace, name: str, seed: int, source: Piece
) -> None:
    """What the piece is held to beside what it is, and what of `source` is unchanged."""
    from composer.composing.asking.held_to import held_to
    from composer.composing.report import report, write_report
    from composer.composing.writing.weights import load_weights

    said = {key: value for key, value in vars(given).items() if key not in _NOT_ABOUT_MUSIC}
    about = ("style", "mood", "ensemble", "instruments", "chords")
    beyond = {key: said.get(key) or "" for key in about}
    request = held_to(
        source,
        more_bars=given.bars if given.command == "continue" else 0,
        has_its_parts="ensemble" not in said,
        **beyond,
    )
    fingerprint = load_weights(given.weights).fingerprint
    told = report(
        piece,
        request,
        verb=given.command,
        seed=seed,
        fingerprint=fingerprint,
        said=said,
        given=source,
    )
    path = write_report(told, given.out, name)
    print_report(told)
    print_paths([path])
    if told["originality"]["too_close"]:
        print(f"{originality_line(told['originality'])}; another seed may differ", file=sys.stderr)
