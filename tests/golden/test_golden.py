"""A seed keeps its notes and a page its bytes while the code is rearranged."""

from __future__ import annotations

import json

from tests.golden.digests import GOLDEN, files_of_works, notes_of_requests


def test_a_seed_keeps_its_notes() -> None:
    """Twelve requests give the notes that they gave when the hashes were recorded."""
    assert notes_of_requests() == _golden()["notes"]


def test_a_piece_keeps_its_files() -> None:
    """Three works give the MIDI, MusicXML and pages that they gave when they were recorded."""
    assert files_of_works() == _golden()["files"]


def _golden() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return found
