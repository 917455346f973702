"""`composer session`: many steps on one piece, kept in one file, with undo, branches and locks."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from composer.cli import partner
from composer.cli.files import read_music
from composer.cli.flags import (
    add_command,
    add_json,
    check_soundfont,
    check_writable,
    name_for,
    parse_formats,
    words,
)
from composer.cli.printing import print_json, print_table, progress_bar
from composer.errors import FileError
from composer.music.bars import parse_bars

if TYPE_CHECKING:
    from composer.cli.flags import Commands
    from composer.composing.session.session import Session
    from composer.composing.session.tree import Version

PARTNER_VERBS = ("continue", "infill", "harmonize", "arrange", "vary")


def add_to(commands: Commands) -> None:
    parser = add_command(
        commands,
        "session",
        "work on a piece step by step, with undo, branches and locks",
        lambda _: parser.print_help(),
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION")
    new = _add(actions, "new", "begin a session with a piece of music", begin)
    new.add_argument("music", metavar="MUSIC", type=Path, help="MIDI, MusicXML, kern or ABC")
    add_json(_add(actions, "show", "list the versions and what is locked", show))
    _add(actions, "undo", "go back to what the current version was made of", undo)
    _add(actions, "redo", "go forward again", redo)
    go = _add(actions, "go", "go to any version; steps from there are a branch", go_to)
    go.add_argument("version", metavar="VERSION", help="its number or its label")
    label = _add(actions, "label", "name the current version", set_label)
    label.add_argument("text", metavar="TEXT", help="the name")
    for name, summary, run in (
        ("lock", "lock bars, parts, or bars of parts: steps write around them", lock),
        ("unlock", "take a lock away as it was set, or all of them", unlock),
    ):
        action = _add(actions, name, summary, run)
        action.add_argument("--bars", default="", help="which bars, such as 9-12 or 9")
        action.add_argument("--parts", metavar="LIST", default="", help="which parts, by name")
    replay = _add(actions, "replay", "make the current version again, step by step", make_again)
    replay.add_argument("--weights", metavar="FILE", type=Path, help="the weights it was made with")
    partner.add_to(actions)
    for verb in PARTNER_VERBS:
        actions.choices[verb].set_defaults(run=step)


def _add(actions: Commands, name: str, summary: str, run: Any) -> argparse.ArgumentParser:
    parser = add_command(actions, name, summary, run)
    parser.add_argument("file", metavar="SESSION", type=Path, help="the file of the session")
    return parser


def begin(given: argparse.Namespace) -> None:
    from composer.composing.session.session import Session

    if given.file.exists():
        raise FileError(f"{given.file} is there already; give the session another name")
    _save(Session(read_music(given.music)), given.file)


def show(given: argparse.Namespace) -> None:
    session = _opened(given)
    if given.json:
        print_json({"locks": session.locks, "versions": [_told(v) for v in session.versions]})
        return
    rows = [
        [
            f"{'*' if version is session.current else ' '} {version.number}",
            "" if version.parent is None else str(version.parent),
            version.label,
            _words(version),
            str(version.piece.note_count),
        ]
        for version in session.versions
    ]
    print_table("", ["", "of", "label", "step", "notes"], rows)
    print(f"locked: {'; '.join(_locks(session)) or 'nothing'}")


def undo(given: argparse.Namespace) -> None:
    session = _opened(given)
    session.undo()
    _save(session, given.file)


def redo(given: argparse.Namespace) -> None:
    session = _opened(given)
    session.redo()
    _save(session, given.file)


def go_to(given: argparse.Namespace) -> None:
    session = _opened(given)
    is_label = given.version in [version.label for version in session.versions]
    session.go_to(int(given.version) if given.version.isdigit() and not is_label else given.version)
    _save(session, given.file)


def set_label(given: argparse.Namespace) -> None:
    session = _opened(given)
    session.label(given.text)
    _save(session, given.file)


def lock(given: argparse.Namespace) -> None:
    session = _opened(given)
    session.lock(parse_bars(given.bars) if given.bars else None, words(given.parts))
    _save(session, given.file)


def unlock(given: argparse.Namespace) -> None:
    session = _opened(given)
    session.unlock(parse_bars(given.bars) if given.bars else None, words(given.parts))
    _save(session, given.file)


def make_again(given: argparse.Namespace) -> None:
    session = _opened(given)
    session.replay()
    print(f"version {session.current.number}: the same notes, step by step")


def step(given: argparse.Namespace) -> None:
    """Do what the command of that name does, to the current version; alternatives are branches."""
    formats = parse_formats(given.format)
    check_writable(given.out)
    check_soundfont(given.soundfont)
    arguments = _arguments(given)
    from composer.composing.writing.weights import new_seed

    session = _opened(given)
    start = session.current
    alternatives, chain = getattr(given, "alternatives", 1), getattr(given, "dream", 1)
    partner.check_count("alternatives", alternatives)
    partner.check_count("dream", chain)
    first_seed = new_seed(given.seed)
    for seed in range(first_seed, first_seed + max(alternatives, chain)):
        if chain == 1:
            session.go_to(start.number)
        with progress_bar() as bar:
            task = bar.add_task(given.command, total=None)

            def progress(done: int, total: int, bar: Any = bar, task: Any = task) -> None:
                bar.update(task, completed=done, total=total)

            session.do(given.command, seed=seed, progress=progress, **arguments)
        session.save(given.file)
        name = f"{given.file.stem}-{session.current.number}"
        name = name_for(given, name, formats, has_report=True)
        partner.write(session.piece, given, name, formats, seed)
        partner.write_report_beside(session.piece, given, name, seed, start.piece)
    print(_line(session))


def _arguments(given: argparse.Namespace) -> dict[str, Any]:
    """The flags of a verb as its keyword arguments."""
    arguments: dict[str, Any] = {"style": given.style, "mood": given.mood}
    match given.command:
        case "continue":
            arguments |= {"bars": given.bars}
        case "infill":
            first, last = parse_bars(given.bars)
            arguments |= {"first_bar": first, "last_bar": last, "parts": words(given.parts or "")}
            arguments |= {"chords": given.chords}
        case "harmonize":
            arguments |= {"ensemble": given.ensemble, "chords": given.chords}
        case "arrange":
            arguments |= {"ensemble": given.ensemble, "instruments": given.instruments}
        case "vary":
            arguments |= {"strength": given.strength, "keep": words(given.keep)}
            arguments |= {"bars": partner.bars_named(given.bars)}
    return {name: value for name, value in arguments.items() if value not in ("", [])}


def _opened(given: argparse.Namespace) -> Session:
    from composer.composing.session.session import Session

    return Session.open(given.file, getattr(given, "weights", None))


def _save(session: Session, path: Path) -> None:
    session.save(path)
    print(_line(session))


def _line(session: Session) -> str:
    locks = "; ".join(_locks(session))
    return f"{_words(session.current, number=True)}{f'; locked: {locks}' if locks else ''}"


def _locks(session: Session) -> list[str]:
    """The locks as `session lock` takes them: --bars 1-4 --parts "Viola,Cello"."""
    typed = []
    for lock in session.current.locks:
        bars = f"--bars {lock.first_bar}-{lock.last_bar}" if lock.first_bar else ""
        parts = [session.piece.parts[place] for place in lock.places]
        names = ",".join(part.name or part.instrument for part in parts)
        typed.append(
            " ".join(word for word in (bars, f'--parts "{names}"' if names else "") if word)
        )
    return typed


def _words(version: Version, *, number: bool = False) -> str:
    """A step in a line: "vary strength=0.5, seed 3"."""
    made = version.step
    text = "given"
    if made:
        said = [f"{name}={value}" for name, value in _plain(made.arguments).items()]
        text = ", ".join([" ".join([made.verb, *said]), f"seed {made.seed}"])
    return f"version {version.number}: {text}" if number else text


def _plain(arguments: Any) -> dict[str, Any]:
    return {
        name: ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
        for name, value in arguments.items()
    }


def _told(version: Version) -> dict[str, Any]:
    made = version.step
    return {
        "number": version.number,
        "parent": version.parent,
        "label": version.label,
        "verb": made.verb if made else None,
        "arguments": _plain(made.arguments) if made else {},
        "seed": made.seed if made else None,
        "weights": made.fingerprint if made else None,
        "notes": version.piece.note_count,
    }
