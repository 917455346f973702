"""Defaults of one's own hold until a flag says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.cli import main
from composer.cli.config import VARIABLE, config_path, set_defaults
from composer.cli.parser import build_parser
from composer.errors import ComposerError, FileError

CONFIG = """
[defaults]
out = "music"
format = ["mid", "pdf"]
paper = "LETTER"
no-repeats = true
seed = 7

[compose]
style = "jazz"
temperature = 1.2

["session vary"]
strength = 0.25
"""


def parsed(text: str, folder: Path, *words: str) -> dict[str, object]:
    """What a command line means beside a file."""
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    parser = build_parser()
    set_defaults(parser, path)
    return vars(parser.parse_args(words))


def test_flags_that_are_not_given_come_from_the_file(tmp_path: Path) -> None:
    """Of all types: folders, lists, switches, choices, numbers."""
    given = parsed(CONFIG, tmp_path, "compose")
    assert given["out"] == Path("music")
    assert given["format"] == "mid,pdf"
    assert given["paper"] == "letter"
    assert given["repeats"] is False
    assert given["seed"] == 7
    assert given["style"] == "jazz"
    assert given["temperature"] == 1.2


def test_a_flag_wins_over_the_file(tmp_path: Path) -> None:
    """As said."""
    given = parsed(CONFIG, tmp_path, "compose", "--style", "folk", "--paper", "a4")
    assert given["style"] == "folk"
    assert given["paper"] == "a4"


def test_a_command_has_only_what_it_takes(tmp_path: Path) -> None:
    """What stands under `[defaults]` need not be a flag of every command."""
    assert parsed(CONFIG, tmp_path, "vary", "x.mid")["strength"] == 0.5
    assert parsed(CONFIG, tmp_path, "session", "vary", "x.session")["strength"] == 0.25
    assert "out" not in parsed(CONFIG, tmp_path, "styles")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[compos]\n", "no command [compos]"),
        ("[compose]\nstile = 'jazz'\n", "no flag 'stile'"),
        ("[styles]\nstyle = 'jazz'\n", "no flag 'style'"),
        ("[defaults]\npaper = 'a3'\n", "'a3' is unknown; allowed: a4, letter"),
        ("[compose]\nbars = 'many'\n", "bars = 'many'"),
        ("[compose]\nloop = 'yes'\n", "true or false"),
        ("[compose]\nbars = true\n", "a text or a number"),
        ("style = 'jazz'\n", "in no table"),
        ("[compose\n", "is not TOML"),
    ],
)
def test_a_mistake_names_the_file_in_one_line(tmp_path: Path, text: str, words: str) -> None:
    """And says what is allowed."""
    with pytest.raises(ComposerError) as caught:
        parsed(text, tmp_path, "compose")
    assert words in str(caught.value)
    assert "config.toml" in str(caught.value)


def test_the_file_lies_where_settings_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the user's folder of settings, or where a variable says."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert config_path() is None
    (tmp_path / "composer").mkdir()
    path = tmp_path / "composer" / "config.toml"
    path.write_text("[defaults]\n", encoding="utf-8")
    assert config_path() == path
    monkeypatch.setenv(VARIABLE, "")
    assert config_path() is None
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none.toml"))
    with pytest.raises(FileError, match=r"none\.toml"):
        config_path()


def test_the_command_line_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bad file is one line and status 2, before anything is done."""
    path = tmp_path / "mine.toml"
    path.write_text("[styles]\njson = true\n", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(path))
    assert main(["styles", "moods"]) == 0
    assert capsys.readouterr().out.startswith("{")
    path.write_text("[styles]\njson = 3\n", encoding="utf-8")
    assert main(["styles", "moods"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
