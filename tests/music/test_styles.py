import csv
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import RequestError
from composer.music.styles import (
    COMPOSER_SLOTS,
    STYLE_SLOTS,
    composer_index,
    composers,
    find_style,
    style_index,
    style_of_catalogue,
    style_of_composer,
    styles,
)
from tests.shared import CORPORA, needs_corpora


def test_the_first_tokens_never_move():
    """The order is part of the event format: what weights have learned must keep its index."""
    assert [style.name for style in styles()[:6]] == [
        "renaissance", "baroque", "classical", "romantic", "impressionist", "modern",
    ]  # fmt: skip
    assert styles()[28].name == "world"
    assert [composer.name for composer in composers()[:3]] == ["beethoven", "chopin", "bach"]
    assert composers()[60].name == "gershwin"
    assert [s.index for s in styles()] == list(range(1, len(styles()) + 1))
    assert len(styles()) < STYLE_SLOTS
    assert len(composers()) < COMPOSER_SLOTS


def test_names_are_unique_across_both_levels():
    names = [entry.name for entry in (*styles(), *composers())]
    assert len(set(names)) == len(names)


def test_every_composer_has_a_style_as_parent():
    known = {style.name for style in styles()}
    assert all(composer.parent in known for composer in composers())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ragtime", "ragtime"),
        ("RAGTIME ", "ragtime"),
        ("Hip Hop", "hip-hop"),
        ("hiphop", "hip-hop"),
        ("soul", "funk"),
        ("funk_soul", "funk"),
        ("bach", "bach"),
        ("J.S. Bach", "bach"),
        ("JS Bach", "bach"),
        ("Bach, Johann Sebastian", "bach"),
        ("van Beethoven", "beethoven"),
        ("Ludwig Beethoven", "beethoven"),
        ("Frédéric Chopin", "chopin"),
        ("frederic chopin", "chopin"),
        ("Żeleński", "zelenski"),
        ("George Gershwin-Ira Gershwin", "gershwin"),
    ],
)
def test_people_may_write_a_style_as_they_like(text, name):
    assert find_style(text).name == name


def test_other_people_of_the_name_are_not_meant():
    assert style_of_composer("Bach, Carl Philipp Emanuel") is None
    assert style_of_composer("Schumann, Clara") is None
    assert style_of_composer("Wieniawski, Józef") is None
    assert style_of_composer("Haydn, Michael") is None


@pytest.mark.parametrize("text", ["barok", "bahc", "beethven"])
def test_a_misspelling_is_answered_with_what_was_meant(text):
    with pytest.raises(RequestError, match=r"did you mean .*`composer styles` lists all 90"):
        find_style(text)


@settings(deadline=None)
@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_style_or_refused(text):
    with suppress(RequestError):
        assert find_style(text).name


@settings(deadline=None)
@given(st.sampled_from((*styles(), *composers())), st.booleans())
def test_every_name_and_label_finds_itself(style, upper):
    for text in (style.name, style.label):
        assert find_style(text.upper() if upper else text) == style


def test_an_index_needs_the_exact_name():
    assert style_index("jazz") == 17
    assert composer_index("bach") == 3
    assert style_index("") == style_index("Jazz") == composer_index("jazz") == 0


def test_support_says_who_made_the_music():
    assert find_style("baroque").support == "human"
    assert find_style("jazz").support == "human, mostly machine-made accompaniment"
    assert find_style("reggae").support == "machine-made accompaniment, human drums"
    assert find_style("polka").support == "machine-made accompaniment"
    assert find_style("reggae").human_notes == 0


@needs_corpora
def test_every_style_of_the_catalogue_is_ours_and_its_support_is_counted():
    """The support shown to people is that of the catalogue's training split."""
    human = dict.fromkeys((style.name for style in styles()), 0)
    with (CORPORA / "catalog.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            style = style_of_catalogue(row["style"])
            assert style is not None, row["style"]
            if row["split"] == "train" and row["origin"] == "human" and row["ensemble"] != "drums":
                human[style.name] += int(row["notes"])
    assert human == {style.name: style.human_notes for style in styles()}
