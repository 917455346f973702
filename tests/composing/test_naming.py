"""Names of files and titles: one piece, one name."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.composing.asking.request import make_request
from composer.composing.compose import compose
from composer.composing.naming import file_stem, remove_later_pages, title_of
from composer.composing.writing.sampling import Chance
from composer.music.keys import parse_key, printed_key_name
from composer.music.piece import MeterChange, Piece, Tags

USUAL = Chance()


def stem(*, chance: Chance = USUAL, weights: str = "", seed: int = 7, **asked: object) -> str:
    return file_stem(make_request(**asked), seed, chance, weights)  # type: ignore[arg-type]


def test_a_plain_request_has_a_plain_name() -> None:
    """Style, mood and seed; the usual number of bars says nothing more."""
    assert stem(style="baroque", mood="melancholy") == "baroque-melancholic-7"
    assert stem(style="baroque", mood="melancholy", bars=16) == "baroque-melancholic-7"
    assert stem() == "piece-7"


def test_whatever_else_is_asked_makes_another_name() -> None:
    """And the same again the same name."""
    asked: list[dict[str, object]] = [
        {},
        {"key": "D minor"},
        {"key": "D major"},
        {"ensemble": "choir"},
        {"instruments": ["flute"]},
        {"bars": 8},
        {"title": "Sunday"},
        {"mood": "0.6,-0.4"},
        {"mood": "0.6,-0.41"},
        {"style": "bach:0.6,joplin:0.4"},
        {"style": "bach:0.7,joplin:0.3"},
        {"seconds": 20.0},
        {"seconds": 20.0, "hit": 9.0},
        {"chance": Chance(temperature=1.1)},
        {"weights": "abc"},
        {"weights": "abd"},
    ]
    names = [stem(**one) for one in asked]  # type: ignore[arg-type]
    assert len(set(names)) == len(names)
    assert names == [stem(**one) for one in asked]  # type: ignore[arg-type]


def test_pages_of_an_earlier_longer_version_go(tmp_path: Path) -> None:
    """Of the formats that were written, and of no other piece."""
    stay = ["a-7.png", "a-7-2.png", "a-7-2.svg", "a-7-3.svg", "b-7-3.png"]
    for name in [*stay, "a-7-3.png", "a-7-4.png"]:
        (tmp_path / name).write_text("x")
    remove_later_pages(tmp_path, "a-7", [tmp_path / "a-7.png", tmp_path / "a-7-2.png"])
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(stay)


@pytest.mark.parametrize(
    ("key", "printed"),
    [("Eb", "E♭ major"), ("f#", "F♯ minor"), ("Bb minor", "B♭ minor"), ("B", "B major")],
)
def test_keys_are_printed_with_their_signs(key: str, printed: str) -> None:
    """Flats and sharps as on paper."""
    assert printed_key_name(parse_key(key)) == printed


@pytest.mark.parametrize(
    ("style", "title"),
    [
        ("waltz", "Waltz Piece"),
        ("bach", "Piece"),
        ("", "Piece"),
        ("folk:0.4,jazz:0.6", "Folk and Jazz Piece"),
        ("chopin:0.7,jazz:0.2,folk:0.1", "Jazz and Folk Piece"),
    ],
)
def test_the_styles_that_were_asked_for_are_in_the_title(style: str, title: str) -> None:
    """Whatever composer the model thought of; composers stand in the subtitle."""
    written = Piece((), (MeterChange(0, 4, 4),), 96, tags=Tags(style="baroque", composer="bach"))
    assert title_of(written, make_request(style=style)) == title


def test_title_signature_and_report_name_one_key() -> None:
    """That which is heard, where none was asked for."""
    for seed in (1, 2):
        made = compose(style="hymn", ensemble="choir", bars=4, seed=seed)
        (signature,) = made.piece.keys
        assert str(made.achieved["key"]) in made.piece.title.replace("♭", "b").replace("♯", "#")
        assert made.piece.title.endswith(printed_key_name(signature))
