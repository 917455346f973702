"""Defaults of one's own: a TOML file with a table a command, and one for all of them.

    [defaults]
    out = "music"
    format = ["mid", "pdf"]
    paper = "letter"

    [compose]
    style = "jazz"

A flag that is given wins over a command's table, and that over `[defaults]`, which may name flags
that only some commands have.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from composer.errors import FileError, RequestError

VARIABLE = "COMPOSER_CONFIG"
"""Names another file; empty for none."""
_FOR_ALL = "defaults"
_NOT_DEFAULTS = ("help", "version")


def config_path() -> Path | None:
    """The file that holds, where there is one.

    Raises FileError where the variable names a file that is not there.
    """
    named = os.environ.get(VARIABLE)
    if named is not None:
        if named and not Path(named).is_file():
            raise FileError(f"{VARIABLE} names {named}, and there is no such file")
        return Path(named) if named else None
    path = _folder() / "composer" / "config.toml"
    return path if path.is_file() else None


def _folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home()))
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def set_defaults(parser: argparse.ArgumentParser, path: Path) -> None:
    """Make the values of a file the defaults of the commands.

    Raises FileError for what cannot be read and RequestError, naming the file, for a command or a
    flag that there is not and for a value that it does not take.
    """
    tables = _read(path)
    commands = dict(_commands(parser))
    for name, table in tables.items():
        if not isinstance(table, dict):
            raise RequestError(f"{path}: {name!r} stands in no table; put it under [{_FOR_ALL}]")
        if name != _FOR_ALL and name not in commands:
            known = ", ".join((_FOR_ALL, *commands))
            raise RequestError(f"{path}: there is no command [{name}]; there are {known}")
    everywhere = tables.get(_FOR_ALL, {})
    known_flags = {flag for command in commands.values() for flag in _flags(command)}
    for flag in everywhere:
        _check_flag(flag, known_flags, path, _FOR_ALL)
    for name, command in commands.items():
        flags = _flags(command)
        for flag in tables.get(name, {}):
            _check_flag(flag, flags, path, name)
        for flag, value in (everywhere | tables.get(name, {})).items():
            if flag in flags:
                action = flags[flag]
                command.set_defaults(**{action.dest: _value(action, value, path, flag)})


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RequestError(f"{path} is not TOML: {error}") from None


def _commands(
    parser: argparse.ArgumentParser, before: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command by name; those of `session` and `corpora` as "session vary"."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield f"{before}{name}", command
                yield from _commands(command, f"{before}{name} ")


def _flags(command: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """The flags of a command, without dashes before them."""
    return {
        option.removeprefix("--"): action
        for action in command._actions
        for option in action.option_strings
        if option.startswith("--") and action.dest not in _NOT_DEFAULTS
    }


def _check_flag(
    flag: str, flags: Mapping[str, object] | set[str], path: Path, command: str
) -> None:
    if flag not in flags:
        raise RequestError(
            f"{path}: [{command}] has no flag {flag!r}; `composer COMMAND --help` lists them"
        )


def _value(action: argparse.Action, value: Any, path: Path, flag: str) -> Any:
    """A value as its flag would give it."""
    is_switch = action.nargs == 0
    if is_switch != isinstance(value, bool):
        wanted = "true or false" if is_switch else "a text or a number"
        raise RequestError(f"{path}: {flag} = {value!r} is not possible; give {wanted}")
    if is_switch:
        return action.const if value else not action.const
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    read = action.type if callable(action.type) else str
    try:
        given = read(text)
    except (ValueError, argparse.ArgumentTypeError):
        raise RequestError(f"{path}: {flag} = {value!r} is not possible") from None
    if action.choices is not None and given not in action.choices:
        allowed = ", ".join(map(str, action.choices))
        raise RequestError(f"{path}: {flag} = {value!r} is unknown; allowed: {allowed}")
    return given.expanduser() if isinstance(given, Path) else given
