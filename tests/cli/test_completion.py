"""A shell completes what the command line takes."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from composer.cli import main
from composer.cli.completion import SHELLS


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_a_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With the commands in it, and names of styles."""
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "harmonize" in script
    assert "baroque" in script


@pytest.mark.skipif(shutil.which("bash") is None, reason="a bash is the subject")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["com"], {"compose", "completion"}),
        (["compose", "--style", "baro"], {"baroque"}),
        (["compose", "--gui"], {"--guidance"}),
        (["render", "song.mi"], {"song.mid"}),
    ],
)
def test_bash_completes_commands_flags_names_and_files(
    words: list[str], found: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a real bash, as when the tabulator key is pressed."""
    main(["completion", "bash"])
    script = tmp_path / "composer.bash"
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    (tmp_path / "song.mid").write_text("")
    line = " ".join(f"'{word}'" for word in ["composer", *words])
    press = (
        f"source {script}; COMP_WORDS=({line}); COMP_CWORD={len(words)}; "
        "$(complete -p composer | sed 's/.*-F \\([^ ]*\\).*/\\1/'); "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    press = press.replace("$(complete", 'f="$(complete').replace("\\1/');", "\\1/')\"; $f;")
    shown = subprocess.run(
        ["bash", "-c", press], cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout
    assert found <= {word.strip() for word in shown.splitlines()}
