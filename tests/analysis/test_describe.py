"""A description holds what its users were promised."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from composer.analysis.describe import describe
from composer.analysis.ensemble import estimate_ensemble
from composer.analysis.style import estimate_style
from composer.measures.style_agreement import evaluate, sample
from composer.music.ensembles import ensembles
from composer.music.piece import KeyChange, MeterChange, Note, Part, Piece, TempoChange
from composer.music.styles import styles
from tests.analysis.playing import played
from tests.shared import CORPORA, needs_corpora

KEYS = {"key", "meter", "quarters_per_minute", "bars", "notes", "ensemble", "style", "mood", "form"}


def test_a_waltz_is_described() -> None:
    """Every promised key, ready for JSON, in the units promised."""
    waltz = played(
        "Dm | Dm | A7 | A7 | A7 | A7 | Dm | Dm | Gm | Gm | Dm | Dm | A7 | A7 | Dm | Dm", (3, 4)
    )
    told = describe(replace(waltz, tempi=(TempoChange(0, 150.0),)))
    assert {*KEYS, "chords"} <= set(told)
    assert json.loads(json.dumps(told)) == told
    assert told["key"] == "D minor"
    assert told["meter"] == "3/4"
    assert told["quarters_per_minute"] == 150
    assert told["bars"] == 16
    assert told["notes"] == waltz.note_count
    assert told["ensemble"] == "solo-piano"
    assert told["mood"]["valence"] < 0
    assert told["chords"][:2] == [
        {"bar": 1, "beat": 1, "symbol": "Dm"},
        {"bar": 3, "beat": 1, "symbol": "A7"},
    ]
    assert sum(told["style"].values()) <= 1.001


def test_chords_are_spelled_as_the_signature_writes_them() -> None:
    """F# major chords are not Gb in six sharps, and the other way round."""
    piece = played("Gb | Cb | Db7 | Gb")
    flats = describe(replace(piece, keys=(KeyChange(0, -6, "major"),)))
    sharps = describe(replace(piece, keys=(KeyChange(0, 6, "major"),)))
    assert [chord["symbol"] for chord in flats["chords"]] == ["Gb", "Cb", "Db7", "Gb"]
    assert [chord["symbol"] for chord in sharps["chords"]] == ["F#", "B", "C#7", "F#"]


def test_nothing_is_described_as_nothing() -> None:
    """An empty piece has no key, no chords, no style, and no error."""
    told = describe(Piece((), (MeterChange(0, 4, 4),), 96))
    assert told["key"] is None
    assert told["chords"] == []
    assert told["style"] == {}
    assert told["mood"] == {"valence": None, "arousal": None, "word": None}


LINE = tuple(Note(24 * i, 24, 60 + i % 5) for i in range(16))
CHORDS = tuple(Note(24 * (i // 3), 24, 50 + 4 * (i % 3)) for i in range(48))


@pytest.mark.parametrize(
    ("instruments", "expected"),
    [
        (["flute"], "melody"),
        (["piano"], "solo-piano"),
        (["piano", "piano"], "solo-piano"),
        (["voice", "piano"], "voice-and-piano"),
        (["soprano", "alto", "tenor", "bass"], "choir"),
        (["violin", "violin", "viola", "cello"], "string-quartet"),
        (["flute", "violin", "cello"], "chamber"),
        (["drums"], "drums"),
        (["electric-bass", "electric-guitar", "drums"], "band"),
        (["flute", "oboe", "clarinet", "horn", "trumpet", "timpani", "violin", "violin", "viola",
          "cello", "contrabass"], "orchestra"),
        (["guitar"], "guitar"),
        (["organ"], "organ"),
        ([], ""),
    ],
)  # fmt: skip
def test_ensembles_are_known_by_their_instruments(instruments: list[str], expected: str) -> None:
    """And every answer is an ensemble one can ask for."""
    keyboards = {"piano", "organ", "guitar"}
    parts = tuple(Part(name, 0, CHORDS if name in keyboards else LINE) for name in instruments)
    piece = Piece(parts, (MeterChange(0, 4, 4),), 384)
    assert estimate_ensemble(piece) == expected
    assert expected in {"", *(ensemble.name for ensemble in ensembles())}


def test_style_names_are_ours() -> None:
    """Every style that the classifier knows can be asked for."""
    known = {style.name for style in styles()}
    assert set(estimate_style(played("C | F | G7 | C"), most=99)) <= known


@needs_corpora
def test_styles_of_works_it_never_saw() -> None:
    """Two times in three the right one of 28, on two works a style of the held-out split."""
    shares = evaluate(sample(CORPORA, "valid", most=2))
    assert shares["accuracy"] > 0.6
    assert shares["in three"] > 0.85
