"""`composer compose`: a piece in a style and a mood, written to files."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from composer.cli.files import read_music
from composer.cli.flags import (
    add_command,
    add_json,
    add_outputs,
    add_processes,
    check_soundfont,
    check_writable,
    output_options,
    parse_formats,
)
from composer.cli.printing import (
    print_json,
    print_paths,
    print_report,
    print_table,
    progress_bar,
)
from composer.errors import RequestError

if TYPE_CHECKING:
    from composer.cli.flags import Commands
    from composer.composing.compose import Composition
    from composer.composing.many import Made
    from composer.composing.sketched import Sketched

_REQUESTED = (
    "style", "mood", "bars", "key", "meter", "tempo", "ensemble", "preset", "title",
    "chords", "form", "seconds", "hit", "guidance", "seed", "temperature", "top_p", "min_p",
    "best_of", "weights",
)  # fmt: skip
SOME_FAILED = 1
"""The exit status where pieces of a batch could not be written."""


def add_to(commands: Commands) -> None:
    parser = add_command(commands, "compose", "compose a piece and write it to files", compose)
    music = parser.add_argument_group("the music; what is not given, the model chooses")
    add = music.add_argument
    add(
        "text", nargs="?", default="",
        help='in a sentence, such as "a sad waltz for piano"; flags go before it',
    )  # fmt: skip
    add("--style", help="baroque, chopin, or a blend such as bach:0.6,joplin:0.4")
    add(
        "--mood", "--emotion",
        help='a word, q1 to q4, valence,arousal such as 0.6,-0.4, or a curve: "calm@1 tense@9"',
    )  # fmt: skip
    add("--bars", type=int, help="how many bars (default: 16, or the preset's)")
    add("--key", help='such as "D minor", Bb, f#')
    add("--meter", help="such as 3/4")
    add("--tempo", type=float, help="quarter notes a minute")
    add("--ensemble", help="who plays, such as string-quartet")
    add("--instruments", metavar="LIST", help="instead of an ensemble: violin,cello,piano")
    add("--chords", help='bar by bar, such as "Dm7 G7 | Cmaj7" or, with a key, "ii7 V7 | I"')
    add("--form", help="sections by letter, such as AABA; equal letters repeat note for note")
    add("--seconds", type=float, help="last exactly so long, for film; the bars follow")
    add("--hit", metavar="SECOND", type=float, help="where a bar and the climax begin")
    add(
        "--melody", metavar="FILE", type=Path,
        help="begin with this melody, note for note; it decides key, meter and bars (at least)",
    )  # fmt: skip
    add(
        "--like", metavar="FILE", type=Path,
        help="an influence: its style, players, meter, tempo, form and texture, none of its notes",
    )  # fmt: skip
    add(
        "--sketch", metavar="FILE", type=Path,
        help="write the notes under this sketch, edited or not (see --sketch-only)",
    )  # fmt: skip
    add("--preset", help="a shorthand for several flags, such as film-epic")
    add("--title", help="printed on the score")
    sampling = parser.add_argument_group("how it is sampled")
    add = sampling.add_argument
    add("--seed", type=int, help="the same seed gives the same piece (default: a new one)")
    add("--guidance", type=float, help="above 0 strengthens style and mood (default: 0)")
    add("--temperature", type=float, help="above 1 wilder, below 1 tamer (default: 1)")
    add("--top-p", type=float, help="keep the likeliest that make up this share (default: 1)")
    add("--min-p", type=float, help="drop what is so much rarer than the likeliest (default: 0.02)")
    add(
        "--best-of", metavar="N", type=int,
        help="write N candidates side by side and keep the one the critic likes best (default: 4)",
    )  # fmt: skip
    add("--weights", metavar="FILE", type=Path, help="weights of your own training")
    many = parser.add_argument_group("many pieces")
    many.add_argument(
        "--count", metavar="N", type=int,
        help="N pieces, of the seed and those that follow; the same command goes on if stopped",
    )  # fmt: skip
    add_processes(many, "write a piece each, beside --count")
    outputs = parser.add_argument_group("what is written")
    add_outputs(outputs, "pieces")
    outputs.add_argument(
        "--sketch-only", action="store_true",
        help="no notes: chords, phrases and form bar by bar, as JSON and over empty staves",
    )  # fmt: skip
    add_json(outputs)


def compose(given: argparse.Namespace) -> None:
    import composer

    formats = parse_formats(given.format)
    check_writable(given.out)
    check_soundfont(given.soundfont)
    request = _request(given)
    _check(request)
    if given.sketch_only and given.count is not None:
        raise RequestError("--count is not possible beside --sketch-only; leave one of them out")
    if given.sketch_only:
        _sketch(request, given, formats)
        return
    if given.count is not None:
        _many(request, given, formats)
        return
    composition = _composed(request)
    if given.loop:
        composition = composer.looped(composition, weights=given.weights)
    paths = _written(composition, given, formats)
    if given.json:
        print_json(composition.report() | {"files": [str(path) for path in paths]})
        return
    print_report(composition.report())
    print_paths(paths)


def _sketch(request: dict[str, Any], given: argparse.Namespace, formats: Sequence[str]) -> None:
    """The sketch of a piece as JSON that `--sketch` reads, and as sheets with chord symbols."""
    import composer
    from composer.composing.report import write_report
    from composer.rendering.formats import SOUND_FORMATS

    sketched = composer.sketch(**request)
    sheets = [name for name in formats if name not in SOUND_FORMATS]
    paths = composer.write_piece(
        sketched.piece, given.out, sketched.name, sheets, paper=given.paper, chords=sketched.chords
    )
    paths.append(write_report(sketched.plain(), given.out, sketched.name))
    if given.json:
        print_json(sketched.plain() | {"files": [str(path) for path in paths]})
        return
    print_table("", ["bar", "chords", ""], sketched.lines())
    print_paths(paths)


def _request(given: argparse.Namespace) -> dict[str, Any]:
    """What the user said, by parameter of `composer.compose`; what was left out is left out."""
    values = {key: getattr(given, key) for key in _REQUESTED}
    if given.instruments is not None:
        values["instruments"] = given.instruments
    if given.sketch is not None:
        values["sketch"] = _read_sketch(given.sketch)
    for name in ("melody", "like"):
        if getattr(given, name) is not None:
            values[name] = read_music(getattr(given, name))
    asked = {key: value for key, value in values.items() if value is not None}
    return _said_in_words(given.text, asked) | asked


def _said_in_words(text: str, flags: dict[str, Any]) -> dict[str, Any]:
    """What a sentence asks for beside flags; words that nobody understood are told."""
    import composer

    read = composer.request_from_text(text)
    if read.unknown:
        print(f"composer: not understood: {', '.join(read.unknown)}", file=sys.stderr)
    players = ("ensemble", "instruments")
    has_players = any(name in flags for name in players)
    return {
        name: value for name, value in read.fields.items() if not (has_players and name in players)
    }


def _read_sketch(path: Path) -> Sketched:
    """Raises FileError, or RequestError for what is no sketch."""
    import composer
    from composer.errors import FileError

    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from None
    except ValueError:
        raise FileError(f"{path} is no sketch: not JSON") from None
    return composer.read_sketch(value if isinstance(value, dict) else {})


def _check(request: dict[str, Any]) -> None:
    """Refuse what cannot be met before a model is loaded. Raises RequestError."""
    from composer.composing.compose import task_asked

    task_asked(**{key: value for key, value in request.items() if key != "weights"})


def _many(request: dict[str, Any], given: argparse.Namespace, formats: Sequence[str]) -> None:
    """A batch, and a line for each of its pieces. Raises SystemExit where some failed."""
    import composer

    with progress_bar() as bar:
        task = bar.add_task("composing", total=None)

        def progress(done: float, total: int) -> None:
            bar.update(task, completed=done, total=total)

        made = composer.compose_many(
            request, given.count, given.out, formats,
            processes=given.processes, progress=progress, **output_options(given),
        )  # fmt: skip
    failed = [one for one in made if one.error]
    if given.json:
        print_json(
            {
                "pieces": [
                    one.report() | {"files": [str(path) for path in one.paths]}
                    for one in made
                    if not one.error
                ],
                "failed": [{"seed": one.seed, "error": one.error} for one in failed],
            }
        )
    else:
        columns = ["seed", "file", "key", "meter", "tempo", "notes", "kept", ""]
        print_table("", columns, [_line(one) for one in made])
    for one in failed:
        print(f"composer: seed {one.seed}: {' '.join(one.error.split())}", file=sys.stderr)
    if failed:
        raise SystemExit(SOME_FAILED)


def _line(made: Made) -> list[str]:
    """Of a piece: what it is, and how many of the fields that were asked for it keeps."""
    if made.error:
        return [str(made.seed), "", "", "", "", "", "", "failed"]
    report = made.report()
    fields = report["achieved"]
    kept = [field["kept"] for field in fields.values() if field["kept"] is not None]
    heard = [fields[name]["achieved"] for name in ("key", "meter", "tempo", "notes")]
    shown = [f"{value:g}" if isinstance(value, float) else str(value) for value in heard]
    became = "was there" if made.was_there else "written"
    if report["originality"]["too_close"]:
        became += ", too close to music it was learned from"
    stem = made.paths[-1].stem
    return [str(made.seed), stem, *shown, f"{sum(kept)} of {len(kept)}", became]


def _composed(request: dict[str, Any]) -> Composition:
    import composer

    with progress_bar() as bar:
        task = bar.add_task("composing", total=None)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return composer.compose(**request, progress=progress)


def _written(
    composition: Composition, given: argparse.Namespace, formats: Sequence[str]
) -> list[Path]:
    """The pieces of music and a report beside them."""
    import composer

    paths = composer.write(
        composition, given.out, formats, with_report=True, **output_options(given)
    )
    if (name := paths[-1].stem) != composition.name:
        taken = given.out / composition.name
        print(f"{taken} is taken by files that stay; written as {name}", file=sys.stderr)
    return paths
