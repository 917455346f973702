import zipfile
from collections import defaultdict
from pathlib import Path

import pytest

from composer.corpus.corpus import MANIFESTS, VALID_SHARE, find_corpora, packaged_corpus, split_of
from composer.corpus.manifest import read_manifest
from composer.corpus.statistics import corpus_stats, list_corpora, read_corpus
from composer.errors import CorpusError, FileError, UnreadablePieceError
from composer.music.piece import Tags
from tests.corpus.midi_files import BROKEN, ONE_NOTE, midi, named, off, on, tempo, track
from tests.shared import CORPORA, needs_corpora

MANIFEST = """\
title = "My tunes"
licence = "own work"

[tags]
style = "jazz"
ensemble = "band"
"""
TUNE = midi(track(named("Melody"), tempo(500_000), on(60), off(60), on(64), off(64)))
BOOK = b"%abc\nX:1\nT:One\nM:4/4\nL:1/4\nK:C\nCDEF|]\n\nX:2\nT:Two\nM:4/4\nL:1/4\nK:G\nGABc|]\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of one's own with a manifest, MIDI files in folders, a tune book, and rubbish."""
    mine = tmp_path / "mine"
    (mine / "suite").mkdir(parents=True)
    (mine / "corpus.toml").write_text(MANIFEST)
    (mine / "one.mid").write_bytes(TUNE)
    (mine / "suite" / "a.MID").write_bytes(TUNE)
    (mine / "suite" / "b.midi").write_bytes(TUNE)
    (mine / "suite" / "._b.midi").write_bytes(b"a Macintosh's shadow of a file")
    (mine / "book.abc").write_bytes(BOOK)
    (mine / "notes.txt").write_text("not music")
    return mine


def test_a_folder_with_a_manifest_is_a_corpus(folder):
    """Alone, or beside others in the data folder; every readable file is a work with its tags."""
    for place in (folder, folder.parent):
        (corpus,) = find_corpora(place)
        works = list(corpus.works())
        assert corpus.name == "mine"
        assert [work.path for work in works] == [
            "book.abc#1", "book.abc#2", "one.mid", "suite/a.MID", "suite/b.midi",
        ]  # fmt: skip
        assert len({work.work_id for work in works}) == 5
        piece = works[2].read()
        assert piece.tags == Tags(style="jazz", ensemble="band")
        assert piece.tempi[0].quarters_per_minute == 120
        assert [work.read().title for work in works[:2]] == ["One", "Two"]


def test_files_of_a_folder_can_be_one_work(folder):
    (folder / "corpus.toml").write_text('works = "folder"\n' + MANIFEST)
    works = list(find_corpora(folder)[0].works())
    assert [work.work_id for work in works[3:]] == ["mine:suite", "mine:suite"]
    assert works[3].split == works[4].split


def test_tags_may_differ_by_file_and_a_tempo_may_mean_nothing(folder):
    (folder / "corpus.toml").write_text(
        "tempo_known = false\n" + MANIFEST + '\n[tags_by_file]\n"suite/*" = { composer = "Bach" }\n'
    )
    works = list(find_corpora(folder)[0].works())
    assert works[3].tags == Tags(style="baroque", composer="bach", ensemble="band")
    assert works[2].read().tempi == ()


def test_a_corpus_may_be_said_to_be_played(folder):
    assert not any(work.is_played for work in find_corpora(folder)[0].works())
    (folder / "corpus.toml").write_text("played = true\n" + MANIFEST)
    assert all(work.is_played for work in find_corpora(folder)[0].works())


def test_a_zip_is_read_like_a_folder(folder, tmp_path):
    manifests = tmp_path / "manifests"
    (manifests / "mine").mkdir(parents=True)
    (folder / "corpus.toml").rename(manifests / "mine" / "corpus.toml")
    unzipped = list(find_corpora(tmp_path, manifests)[0].works())
    data = tmp_path / "data"
    data.mkdir()
    with zipfile.ZipFile(data / "mine.zip", "w") as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder))
    zipped = list(find_corpora(data, manifests)[0].works())
    assert [w.path for w in zipped] == [w.path for w in unzipped]
    assert [w.read() for w in zipped] == [w.read() for w in unzipped]


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ('title = "Mine"', "no licence"),
        ('licence = " "', "no licence"),
        ("licence = 3", "must be a text"),
        ("licence =", "not TOML"),
        ('licence = "PD"\ncolour = "red"', "'colour' is not a key"),
        ('licence = "PD"\nworks = "page"', "works = 'page' is unknown"),
        ('licence = "PD"\n[tags]\nstile = "jazz"', "'stile' is not a tag"),
        ('licence = "PD"\n[tags]\nstyle = "barok"', "did you mean"),
        ('licence = "PD"\n[tags]\nensemble = "kazoos"', "the ensembles are"),
    ],
)
def test_a_manifest_that_will_not_do_is_refused_by_name(folder, manifest, reason):
    """Above all one without a licence."""
    (folder / "corpus.toml").write_text(manifest)
    with pytest.raises(CorpusError, match=reason) as caught:
        find_corpora(folder)
    assert str(folder / "corpus.toml") in str(caught.value)
    with pytest.raises(CorpusError, match=reason):
        list_corpora(folder.parent)


def test_the_manifest_in_the_documentation_works(folder):
    """docs/contributing.md, "Your own corpus", word for word."""
    text = (Path(__file__).parents[2] / "docs" / "contributing.md").read_text(encoding="utf-8")
    (folder / "corpus.toml").write_text(text.split("```toml\n")[1].split("```")[0])
    (folder / "after-bach").mkdir()
    (folder / "after-bach" / "fugue.mid").write_bytes(TUNE)
    works = {work.path: work for work in find_corpora(folder)[0].works()}
    assert works["one.mid"].tags == Tags(style="folk", ensemble="band")
    assert works["after-bach/fugue.mid"].tags == Tags("baroque", "bach", "organ")
    assert works["book.abc#2"].read().note_count == 4


def test_a_corpus_without_files_is_refused(folder):
    (folder / "corpus.toml").write_text('files = "*.krn"\n' + MANIFEST)
    with pytest.raises(CorpusError, match=r"no files match \*\.krn"):
        list(find_corpora(folder)[0].works())


def test_a_folder_without_any_corpus_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="holds no corpus"):
        find_corpora(tmp_path)
    with pytest.raises(CorpusError, match="not a folder"):
        find_corpora(tmp_path / "nowhere")


def test_every_file_is_read_or_named_with_the_reason(folder):
    for name, (data, _) in BROKEN.items():
        (folder / f"{name.replace('/', '-')}.mid").write_bytes(data)
    reading = read_corpus(find_corpora(folder)[0])
    assert reading.files == 5 + len(BROKEN)
    assert reading.read == 5
    assert reading.notes == 3 * 2 + 2 * 4
    assert {item.path for item in reading.unreadable} == {
        f"{name.replace('/', '-')}.mid" for name in BROKEN
    }
    assert {item.path: item.reason for item in reading.unreadable}["empty.mid"] == (
        "the file is empty"
    )


def test_a_file_that_vanishes_is_named_too(folder):
    work = next(iter(find_corpora(folder)[0].works()))
    (folder / "book.abc").unlink()
    with pytest.raises(FileError, match=r"book\.abc cannot be read"):
        work.read()


def test_stats_count_files_and_notes_and_who_made_them(folder):
    (folder / "corpus.toml").write_text('origin = "made by a program"\n' + MANIFEST)
    rows = {(row.field, row.value): row for row in corpus_stats(find_corpora(folder))}
    assert (rows["style", "jazz"].files, rows["style", "jazz"].notes) == (5, 14)
    assert rows["style", "jazz"].human_notes == 0
    assert rows["licence", "own work"].files == 5


def test_every_corpus_we_know_is_listed_wherever_it_comes_from(tmp_path):
    """With its licence and home, found or not."""
    rows = {row.name: row for row in list_corpora(tmp_path)}
    assert len(rows) == 30
    assert all(row.licence and row.source and row.title for row in rows.values())
    assert rows["pop909"].location is None
    assert rows["music21_corpus"].files > 1000


def test_every_manifest_of_ours_says_whom_to_credit_and_cite():
    for path in MANIFESTS.glob("*/corpus.toml"):
        manifest = read_manifest(path)
        assert manifest.name == path.parent.name
        assert manifest.attribution
        assert manifest.citation


def test_a_corpus_of_an_installed_package_needs_no_download():
    corpus = packaged_corpus("music21_corpus")
    works = list(corpus.works())
    assert {work.tags.style for work in works} == {"baroque", "folk"}
    assert all(work.path.startswith(("bach/", "ryansMammoth/")) for work in works)


def test_a_split_is_stable_and_a_twentieth():
    splits = [split_of(f"work {n}") for n in range(20_000)]
    assert abs(splits.count("valid") / len(splits) - VALID_SHARE) < 0.01
    assert split_of("bach:bwv1080") == split_of("bach:bwv1080")


@needs_corpora
def test_the_shared_catalogue_is_all_there_and_no_work_is_in_two_splits():
    works = [work for corpus in find_corpora(CORPORA) for work in corpus.works()]
    assert len(works) == 17_458
    splits = defaultdict(set)
    for work in works:
        splits[work.work_id].add(work.split)
        assert work.licence
        assert work.attribution
        assert work.tags.style
        assert work.tags.ensemble
    assert all(len(found) == 1 for found in splits.values())


@needs_corpora
def test_files_without_a_tempo_of_their_own_have_none():
    works = next(c for c in find_corpora(CORPORA) if c.name == "openscore_lieder").works()
    work = next(work for work in works if not work.tempo_known)
    assert work.read().tempi == ()


@needs_corpora
def test_the_one_unreadable_file_of_the_catalogue_is_named():
    """Its bar of 17/1 is longer than any bar we know; all others are read (see docs)."""
    works = next(c for c in find_corpora(CORPORA) if c.name == "polish_scores").works()
    work = next(work for work in works if "officium-secundum-et-in-terra" in work.path)
    with pytest.raises(UnreadablePieceError, match=r"a bar of 17/1, longer than 64 quarters"):
        work.read()


def test_a_single_note_is_a_piece(folder):
    (folder / "short.mid").write_bytes(midi(ONE_NOTE))
    assert read_corpus(find_corpora(folder)[0]).read == 6
