"""Pages: all of the score, and all of its words, on paper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from composer.corpus.corpus import find_corpora
from composer.errors import RequestError
from composer.music.normalise import normalise
from composer.played.quantise import quantise
from composer.rendering.musicxml.musicxml import musicxml_text
from composer.rendering.page import SMALLEST_STAFF_MILLIMETRES, STAFF_MILLIMETRES, zoom_for
from composer.rendering.pages import fonts
from composer.rendering.pages.engraving import pdf_bytes, png_pages, svg_pages
from tests.rendering.pieces import part_of, piece_of
from tests.shared import CORPORA, needs_corpora

NOTES = [(beat, 1, 60 + beat % 12) for beat in range(8)]


@pytest.fixture(scope="module")
def musicxml() -> str:
    piece = piece_of(part_of("violin", NOTES), part_of("piano", NOTES), meter=(6, 8))
    return musicxml_text(piece, subtitle="The subtitle", credit="The credit")


def test_title_subtitle_credit_and_tempo_are_on_the_page(musicxml: str) -> None:
    """Words stay text; the metronome's note is an outline, for no viewer has its font."""
    (page,) = svg_pages(musicxml)
    for words in ("A Piece", "The subtitle", "The credit", "Violin", "Piano", "= 64"):
        assert words in page
    assert 'font-family="Leipzig"' not in page
    assert "font-family: 'Leipzig'" not in page


def test_pages_come_as_pdf_and_png(musicxml: str) -> None:
    """Both formats, from wheels alone."""
    assert pdf_bytes(musicxml).startswith(b"%PDF")
    (image,) = png_pages(musicxml)
    assert image.startswith(b"\x89PNG")


def test_pages_are_the_same_each_time(musicxml: str) -> None:
    """The same score gives the same bytes."""
    assert pdf_bytes(musicxml) == pdf_bytes(musicxml)
    assert svg_pages(musicxml) == svg_pages(musicxml)


def test_paper_is_a4_or_letter(musicxml: str) -> None:
    """Another paper is refused by name."""
    assert svg_pages(musicxml, paper="letter") != svg_pages(musicxml, paper="a4")
    with pytest.raises(RequestError, match=r"'a5'.*a4, letter"):
        svg_pages(musicxml, paper="a5")


def test_many_scores_in_one_process_are_engraved(musicxml: str) -> None:
    """Verovio is used again and again without a fresh process."""
    assert len({svg_pages(musicxml)[0] for _ in range(20)}) == 1


@pytest.mark.parametrize("bars", range(16, 23))
def test_no_piece_ends_with_a_lonely_bar_on_a_page_of_its_own(bars: int) -> None:
    """Whatever its length: staves shrink or grow a little until the last page is worth turning."""
    line = [(beat, 1, 60 + beat % 12) for beat in range(4 * bars)]
    voices = [part_of(name, line) for name in ("soprano", "alto", "tenor", "bass")]
    pages = svg_pages(musicxml_text(piece_of(*voices)))
    assert len(pages) == 1 or pages[-1].count('class="system"') > 1
    last_system = pages[-1].rpartition('class="system"')[2]
    assert last_system.count('class="measure"') > 1


def test_a_page_holds_two_systems_of_an_orchestra_as_long_as_they_can_be_read() -> None:
    """Thirteen staves twice, down to four millimetres a staff; of more, those that play."""
    line = [(beat, 1, 60 + beat % 12) for beat in range(4 * 16)]
    names = ["flute", "oboe", "bassoon", "horn", "trumpet", "violin", "viola", "cello"]
    full = [part_of(name, line) for name in [*names, "soprano", "alto", "tenor", "bass"]]
    assert svg_pages(musicxml_text(piece_of(*full)))[0].count('class="system"') == 2
    silent = [part_of(name, line[:1]) for name in names]
    last = svg_pages(musicxml_text(piece_of(*full[:8], *silent)))[-1]
    assert last.count('class="system"') >= 2
    assert STAFF_MILLIMETRES / zoom_for(13, "a4").factor > SMALLEST_STAFF_MILLIMETRES
    assert STAFF_MILLIMETRES / zoom_for(14, "a4").factor > 6


def test_words_that_no_font_here_can_draw_are_left_out_with_a_notice(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Not printed as boxes, and never silently; a font of the system draws them."""
    text = musicxml_text(replace(piece_of(part_of("violin", NOTES)), title="月光 Moonlight"))
    (page,) = svg_pages(text)
    assert "月光" in page
    monkeypatch.setattr(fonts, "_has_east_asian_font", lambda: True)
    assert fonts.drawable([page]) == [page]
    assert not caplog.records
    monkeypatch.setattr(fonts, "_has_east_asian_font", lambda: False)
    assert "Moonlight" in fonts.drawable([page])[0]
    assert "月" not in fonts.drawable([page])[0]
    assert "月光 is left out" in caplog.text


@needs_corpora
def test_a_song_that_ends_with_a_rolled_chord_is_engraved() -> None:
    """Verovio died of one whose last bar would have stood alone on its line."""
    (work,) = (
        work
        for corpus in find_corpora(CORPORA)
        if corpus.name == "pop909"
        for work in corpus.works()
        if work.path == "550.mid"
    )
    musicxml = musicxml_text(normalise(quantise(work.read())), repeats=True)
    assert "<arpeggiate" in musicxml
    assert len(svg_pages(musicxml)) == 5


def test_pages_are_engraved_in_any_thread() -> None:
    """In the second and third as in the first: servers work in threads."""
    from concurrent.futures import ThreadPoolExecutor

    text = musicxml_text(piece_of(part_of("flute", [(0, 4, 72)])))
    with ThreadPoolExecutor(3) as pool:
        pages = list(pool.map(lambda _: svg_pages(text), range(6)))
    assert all(page == pages[0] for page in pages)
    alone = []
    for _ in range(2):
        with ThreadPoolExecutor(1) as pool:
            alone.append(pool.submit(svg_pages, text).result())
    assert alone == [pages[0]] * 2


def test_staves_that_rest_are_hidden_in_bands_and_shown_in_quartets() -> None:
    """A guitar with a note in the first of 40 bars stands in the first system, not in the last."""
    groove = [(beat, 1, 40) for beat in range(160)]
    once = [(0, 4, 64)]
    band = piece_of(
        part_of("electric-guitar", once), part_of("electric-bass", groove), part_of("drums", groove)
    )
    quartet = piece_of(part_of("violin", once), part_of("viola", groove), part_of("cello", groove))
    for piece, hides in ((band, True), (quartet, False)):
        pages = "".join(svg_pages(musicxml_text(piece)))
        systems = pages.split('class="system"')[1:]
        staves = [_staves_of(system) for system in systems]
        assert staves[0] == 3
        assert staves[-1] == (2 if hides else 3)


def _staves_of(system: str) -> int:
    """The staves of the first measure of a system."""
    return system.split('class="measure"')[1].count('class="staff"')


def test_a_part_that_never_plays_is_not_printed() -> None:
    """Unless nobody plays."""
    piece = piece_of(part_of("violin", NOTES), part_of("oboe", []))
    assert musicxml_text(piece).count("<score-part ") == 1
    assert musicxml_text(replace(piece, parts=piece.parts[1:])).count("<score-part ") == 1


def test_the_tempo_over_a_hidden_staff_is_printed_over_the_next() -> None:
    """The flute on top of a band rests in the first system: the metronome does not go with it."""
    groove = [(beat, 1, 40) for beat in range(160)]
    late = part_of("flute", [(156, 4, 76)])
    piece = piece_of(late, part_of("electric-bass", groove), part_of("drums", groove))
    first, *_ = svg_pages(musicxml_text(piece))
    assert _staves_of(first.split('class="system"')[1]) == 2
    assert "= 96" in first
