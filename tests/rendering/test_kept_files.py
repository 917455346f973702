"""What we wrote is remembered, whoever else writes meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from composer.rendering.kept_files import is_ours, remember


def test_many_who_remember_at_once_lose_nothing(tmp_path: Path) -> None:
    """Each reads the record, adds to it and writes it."""
    paths = [tmp_path / f"{number}.mid" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda path: remember({path: path.name.encode()}), paths))
    for path in paths:
        path.write_bytes(path.name.encode())
    assert all(map(is_ours, paths))


def test_what_was_to_be_written_is_ours_once_it_lies_there(tmp_path: Path) -> None:
    """So a run that is killed in between leaves nothing that counts as another's."""
    path = tmp_path / "a.mid"
    remember({path: b"music"})
    assert not is_ours(path)
    path.write_bytes(b"music")
    assert is_ours(path)
    path.write_bytes(b"edited")
    assert not is_ours(path)
