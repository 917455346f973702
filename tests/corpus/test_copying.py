import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.corpus.archive import Files
from composer.corpus.copying import (
    INDEX_PATH,
    HumanShare,
    build_index,
    copying_index,
    human_shares,
    longest_shared,
    write_index,
)
from composer.corpus.corpus import Work, find_corpora
from composer.corpus.duplicates import (
    fingerprinted,
    held_out,
    near_duplicates,
    write_held_out,
)
from composer.corpus.fingerprints import (
    GRAMS_A_WINDOW,
    SURE_NOTES,
    Line,
    fingerprints,
    lines,
    steps,
)
from composer.errors import FileError
from composer.music.piece import MeterChange, Note, Part, Piece, Tags
from tests.corpus.midi_files import midi, off, on, track
from tests.shared import CORPORA, needs_corpora


def melody(seed: int, notes: int = 60) -> list[tuple[int, int]]:
    """(onset in 24ths of a quarter, pitch) of a random tune."""
    chance = random.Random(seed)
    onset, tune = 0, []
    for _ in range(notes):
        tune.append((onset, chance.randint(55, 84)))
        onset += chance.choice((6, 12, 12, 24, 36))
    return tune


def piece_of(tune: list[tuple[int, int]], role: str = "") -> Piece:
    notes = tuple(Note(onset, 6, pitch, 64) for onset, pitch in tune)
    end_tick = -(-(tune[-1][0] + 6) // 96) * 96
    return Piece((Part("violin", 40, notes, "Violin", role),), (MeterChange(0, 4, 4),), end_tick)


def work_of(name: str, split: str = "train") -> Work:
    return Work(
        "test", name, name.title(), Tags(), f"id:{name}", split, "CC0-1.0", "", "human", True,
        Files(Path()),
    )  # fmt: skip


def indexed(**tunes: list[tuple[int, int]]):
    return build_index((work_of(name), piece_of(tune)) for name, tune in tunes.items())


def longest_common(first: Line, second: Line) -> int:
    """Notes of the longest passage of two lines, the slow and certain way."""
    rows, columns = steps(first), steps(second)
    longest, before = 0, [0] * (len(columns) + 1)
    for row in rows:
        now = [0] * (len(columns) + 1)
        for j, column in enumerate(columns, 1):
            # The first step of a passage counts by its interval alone.
            now[j] = (
                before[j - 1] + 1 if before[j - 1] and row == column else row // 25 == column // 25
            )
        longest = max(longest, *now)
        before = now
    return longest + 1


def hashes_of(piece: Piece) -> list[int]:
    return [value for line in lines(piece) for value in fingerprints(line).hashes.tolist()]


@settings(deadline=None)
@given(st.integers(0, 99), st.integers(-12, 12), st.sampled_from([1, 2, 4]))
def test_a_tune_in_another_key_and_other_values_has_the_same_fingerprints(seed, up, longer):
    tune = melody(seed)
    moved = [(onset * longer + 96, pitch + up) for onset, pitch in tune]
    assert hashes_of(piece_of(tune)) == hashes_of(piece_of(moved))


def test_a_line_is_the_highest_note_at_each_onset_and_drums_have_none():
    chords = tuple(Note(24 * n, 24, pitch) for n in range(3) for pitch in (60, 64, 67 + n))
    piece = Piece((Part("piano", 0, chords), Part("drums", 0, chords)), (MeterChange(0, 3, 4),), 72)
    (line,) = lines(piece)
    assert line.pitches.tolist() == [67, 68, 69]
    assert line.onsets.tolist() == [0, 24, 48]


def test_scales_and_repeated_notes_say_nothing_and_have_no_fingerprint():
    for interval in (0, 1):
        tune = [(12 * n, 40 + interval * n) for n in range(30)]
        assert len(hashes_of(piece_of(tune))) == 0


def test_a_short_line_is_no_trouble():
    for length in range(1, 10):
        assert len(fingerprints(lines(piece_of(melody(1, length)))[0]).hashes) <= 1


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**6), st.integers(SURE_NOTES, 40), st.integers(-7, 7))
def test_a_copied_passage_is_found_and_never_overstated(seed, length, up):
    """Any passage of 16 notes or more, whatever stands around it."""
    source = melody(seed, 80)
    mine = melody(seed + 1, 20)
    start = mine[-1][0] + 24 - source[30][0]
    copied = [(onset + start, pitch + up) for onset, pitch in source[30 : 30 + length]]
    rest = [(onset + copied[-1][0] + 24, pitch) for onset, pitch in melody(seed + 2, 20)]
    piece = piece_of(mine + copied + rest)
    index = indexed(other=melody(seed + 3), source=source)
    passage = index.passages(piece)[0]
    true = longest_common(lines(piece)[0], lines(piece_of(source))[0])
    assert passage.source.path == "source"
    assert passage.source.licence == "CC0-1.0"
    assert true - 2 * (GRAMS_A_WINDOW - 1) <= passage.notes <= true
    assert copied[0][0] <= passage.start_tick + 24 <= copied[-1][0] + 24
    assert passage.start_tick < passage.last_tick <= copied[-1][0] + 24
    offset = copied[0][0] - source[30][0]
    assert passage.source_bar == (passage.start_tick - offset) // 96 + 1


def test_music_of_ones_own_shares_nothing():
    assert longest_shared(piece_of(melody(1)), indexed(other=melody(2))) == 0


def test_what_many_works_have_is_nobodys():
    """A fingerprint of more than eight works starts no passage."""
    tune = melody(5, 40)
    index = indexed(**{f"work{n}": tune for n in range(9)})
    assert index.passages(piece_of(tune)) == []


def test_a_machine_made_work_is_known_by_its_melody_alone():
    machine = replace(work_of("band"), origin="generated accompaniment")
    for role, is_known in (("melody", True), ("chords", False)):
        index = build_index([(machine, piece_of(melody(1), role))])
        assert (longest_shared(piece_of(melody(1)), index) > 0) is is_known


def test_what_people_share_is_told_by_length():
    """A piece counts for every stretch that it is long enough for."""
    index = indexed(source=melody(1, 200))
    pieces = [piece_of(melody(1, 40)), piece_of(melody(1, 160))]
    shares = human_shares(pieces, index)
    assert [share.bars for share in shares] == [8, 16, 32]
    assert [share.works for share in shares] == [2, 1, 1]
    assert shares[0].median < shares[1].median < shares[2].median


def test_an_index_is_read_as_it_was_written(tmp_path):
    index = replace(indexed(a=melody(1), b=melody(2)), human=(HumanShare(32, 9, 8, 17, 29),))
    write_index(index, tmp_path / "index.npz")
    read = copying_index(tmp_path / "index.npz")
    assert (read.hashes == index.hashes).all()
    assert (read.works == index.works).all()
    assert (read.bars == index.bars).all()
    assert (read.sources, read.human) == (index.sources, index.human)
    assert [path.name for path in tmp_path.iterdir()] == ["index.npz"]


def test_a_file_that_is_no_index_is_refused(tmp_path):
    (tmp_path / "index.npz").write_bytes(b"nothing of the kind")
    for path in (tmp_path / "index.npz", tmp_path / "missing.npz"):
        with pytest.raises(FileError, match="is not a copying index"):
            copying_index(path)


def test_the_index_that_is_shipped_is_small_and_knows_what_people_share():
    assert INDEX_PATH.stat().st_size < 10_000_000
    index = copying_index()
    assert len(index.sources) > 10_000
    for share in index.human:
        assert share.median < share.percentile_95 < share.percentile_99
    assert index.human_share(1).bars == 8
    assert index.human_share(17).bars == 32
    assert index.human_share(10_000) == index.human[-1]
    assert (np.diff(index.hashes.astype(np.int64)) >= 0).all()


def test_works_alike_are_found_whatever_their_ids():
    tune = melody(1, 80)
    lower = [(onset, pitch - 5) for onset, pitch in tune[:60]]
    items = [
        fingerprinted(work_of("first", "valid"), piece_of(tune)),
        fingerprinted(work_of("second"), piece_of(lower)),
        fingerprinted(work_of("third"), piece_of(melody(2, 80))),
        fingerprinted(replace(work_of("fourth", "valid"), work_id="id:first"), piece_of(tune)),
    ]
    pairs = near_duplicates(items)
    assert {(p.first.path, p.second.path) for p in pairs} == {
        ("first", "second"),
        ("second", "fourth"),
    }
    assert [item.work_id for item in held_out(pairs)] == ["id:second"]


def test_a_copy_of_a_copy_is_held_out_too_and_training_pairs_stay():
    tunes = [melody(n, 40) for n in range(4)]
    pieces = {
        "valid": tunes[0],
        "copy": joined(tunes[0], tunes[1]),
        "copy of copy": joined(tunes[1], tunes[2]),
        "one": tunes[3],
        "two": tunes[3],
    }
    items = [
        fingerprinted(work_of(name, "valid" if name == "valid" else "train"), piece_of(tune))
        for name, tune in pieces.items()
    ]
    moved = held_out(near_duplicates(items))
    assert [(item.work_id, item.like) for item in moved] == [
        ("id:copy", "id:valid"),
        ("id:copy of copy", "id:copy"),
    ]


def joined(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> list[tuple[int, int]]:
    return first + [(onset + first[-1][0] + 24, pitch) for onset, pitch in second]


def test_a_machines_accompaniment_is_no_duplicate():
    work = replace(work_of("band"), origin="generated accompaniment")
    assert len(fingerprinted(work, piece_of(melody(1))).hashes) == 0
    assert len(fingerprinted(work, piece_of(melody(1), "melody")).hashes) > 0


def test_one_tune_in_two_harmonisations_is_a_duplicate():
    """However much else the voices below it have of their own."""
    tune = melody(1, 30)
    pieces = [
        replace(
            piece_of(tune),
            parts=tuple(piece_of(t).parts[0] for t in (tune, *(melody(n, 60) for n in below))),
        )
        for below in ((2, 3, 4), (5, 6, 7))
    ]
    items = [fingerprinted(work_of(str(n)), piece) for n, piece in enumerate(pieces)]
    assert len(near_duplicates(items)) == 1


def test_a_held_out_work_of_ones_own_is_in_the_validation_split(tmp_path):
    (tmp_path / "corpus.toml").write_text('name = "mine"\nlicence = "own work"\n')
    for name in ("a", "b"):
        (tmp_path / f"{name}.mid").write_bytes(midi(track(on(60), off(60))))
    before = {w.work_id: w.split for w in find_corpora(tmp_path)[0].works()}
    assert before["mine:a"] == "train"
    mine = replace(work_of("a"), work_id="mine:a")
    pairs = near_duplicates(
        [fingerprinted(work, piece_of(melody(1))) for work in (work_of("x", "valid"), mine)]
    )
    write_held_out(find_corpora(tmp_path), held_out(pairs))
    after = {w.work_id: w.split for w in find_corpora(tmp_path)[0].works()}
    assert after == before | {"mine:a": "valid"}
    assert {w.split for w in find_corpora(tmp_path, use_held_out=False)[0].works()} == {"train"}


@needs_corpora
def test_no_known_near_duplicate_straddles_the_split():
    """The list beside the manifests is in force, and names works that are there."""
    works = [w for c in find_corpora(CORPORA) for w in c.works() if c.name == "open_hymnal"]
    carol = [work for work in works if work.work_id == "hymn:adeste-fideles"]
    assert carol
    assert all(work.split == "valid" for work in carol)
