"""What there are many of stands in one table: a line added there is all that it takes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from composer.music.styles import CONVENTIONS, styles
from composer.tokens.grammar import Grammar
from composer.tokens.part_state import Allowed

ADDED = """
from dataclasses import replace
import composer.music.instruments as instruments
import composer.music.styles as styles

serpent = instruments.Instrument(
    "serpent", "Serpent", "brass", 58, 36, 65, 1, "bass", short="Serp."
)
instruments.INSTRUMENTS += (serpent,)
instruments.BY_NAME["serpent"] = serpent
tables = styles._tables()
row = {"name": "new-swing", "label": "New Swing", "swing": 1, "conventions": ["band"]}
tables["style"].append(row)

import composer
from composer.cli import main
from composer.music.piece import MeterChange, Note, Part, Piece, Tags, TempoChange
from composer.composing.verbs.harmonizing import rules_for
from composer.rendering.performance.performance import perform

assert styles.find_style("New Swing").conventions == ("band",)
low = Part("serpent", 58, tuple(Note(24 * i, 12 if i % 2 else 24, 40 + i) for i in range(32)))
part = replace(low, notes=tuple(note._replace(onset_tick=12 * i, length_ticks=12)
                                for i, note in enumerate(low.notes[:26])))
piece = Piece((part, replace(part, name="Serpent 2")), (MeterChange(0, 4, 4),), 384,
              tempi=(TempoChange(0, 120.0),), tags=Tags(style="new-swing"))
from composer.rendering.musicxml.musicxml import musicxml_text
text = musicxml_text(piece)
assert "swing" in text and "Serp." in text, text[:3000]
swung = perform(piece).piece
off = swung.parts[0].notes[1].onset_tick / swung.ticks_per_quarter
assert off > 0.55, off
made = composer.arrange(piece, instruments="serpent,piano", seed=1)
assert made.parts[0].instrument == "serpent"
assert main(["styles", "instruments"]) == main(["styles", "styles", "--json"]) == 0
"""


def test_a_style_and_an_instrument_are_added_in_one_place() -> None:
    """A row of each table, and they are found by name, listed, performed, arranged for, printed."""
    done = subprocess.run(
        [sys.executable, "-c", ADDED], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "serpent" in done.stdout
    assert "new-swing" in done.stdout


def test_every_convention_of_a_style_is_one_that_somebody_reads() -> None:
    """A mistyped word would be followed by nobody."""
    used = {word for style in styles() for word in style.conventions}
    assert used == CONVENTIONS.keys()
    package = Path(__file__).resolve().parents[1] / "composer"
    code = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    assert [word for word in CONVENTIONS if code.count(f'"{word}"') < 2] == []


def test_a_mistyped_override_of_the_grammar_fails_where_it_is_written() -> None:
    """It would else allow every value of the field in silence."""
    with pytest.raises(TypeError, match=r"Mistyped\._note_pich is named after no field"):

        class Mistyped(Grammar):
            def _note_pich(self, row: list[int]) -> Allowed:
                return self._note_pitch(row)
