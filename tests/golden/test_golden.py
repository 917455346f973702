"""A seed keeps its notes and a page its bytes while the code is rearranged.

Processors and libraries differ in the last bits of logits and in bytes of pages, so hashes hold
where they were recorded.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.golden.digests import (
    GOLDEN,
    files_of_works,
    notes_of_requests,
    where_notes_are_chosen,
    where_pages_are_set,
)


def test_a_seed_keeps_its_notes() -> None:
    """Twelve requests give the notes that they gave when the hashes were recorded."""
    golden = _golden()
    if golden["notes_on"] != (here := where_notes_are_chosen()):
        pytest.skip(f"recorded on {golden['notes_on']}, not on {here}")
    assert notes_of_requests() == golden["notes"]


def test_a_piece_keeps_its_files() -> None:
    """Three works give the MIDI, MusicXML and pages that they gave when they were recorded."""
    golden = _golden()
    if golden["files_with"] != (here := where_pages_are_set()):
        pytest.skip(f"recorded with {golden['files_with']}, not with {here}")
    assert files_of_works() == golden["files"]


def _golden() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(GOLDEN.read_text(encoding="utf-8"))
    return found
